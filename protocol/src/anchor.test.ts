import { expect } from "chai"
import fc from "fast-check"
import { type AnchorEntry, anchorEntrySize, packAnchor, unpackAnchor } from "./anchor.ts"
import { MAX_U32, MAX_U64 } from "./bytes.ts"
import { ProtocolError } from "./errors.ts"
import { type ComputeRecord, packRecord, unpackRecord } from "./record.ts"

const u32 = fc.integer({ min: 0, max: MAX_U32 })
const u64 = fc.bigInt({ min: 0n, max: MAX_U64 })
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const record: fc.Arbitrary<ComputeRecord> = fc.record(
  { block: u64, leaseNo: u32, cumulativeMs: u64, amount: u64, requests: u32, tokens: u64 },
  { noNullPrototype: true },
)
const terms = fc.record({ leaseNo: u32, publicTermsHash: bytes32 }, { noNullPrototype: true })
const entry: fc.Arbitrary<AnchorEntry> = fc.record(
  { tab: bytes32, seq: u32, terms: fc.array(terms, { maxLength: 4 }), records: fc.array(record, { maxLength: 6 }) },
  { noNullPrototype: true },
)

describe("anchor data", () => {
  it("comes back as it was packed", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
        const packed = packAnchor(entries)
        expect(packed.length).equal(1 + entries.reduce((sum, e) => sum + anchorEntrySize(e), 0))
        expect(unpackAnchor(packed)).deep.equal(entries)
      }),
    )
    fc.assert(fc.property(record, (r) => void expect(unpackRecord(r.block, packRecord(r))).deep.equal(r)))
  })

  it("of anybody: either entries or ProtocolError `malformed`, whatever the bytes", () => {
    const looksRight = fc
      .tuple(fc.array(entry, { maxLength: 3 }), fc.uint8Array({ maxLength: 50 }), fc.nat())
      .map(([entries, junk, at]) => {
        const packed = packAnchor(entries)
        for (const [i, byte] of junk.entries()) packed[(at + i) % packed.length] = byte
        return packed.slice(0, packed.length - (at % 3))
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), looksRight), (bytes) => {
        try {
          expect(packAnchor(unpackAnchor(bytes))).deep.equal(bytes)
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
          expect(error.code).equal("malformed")
        }
      }),
      { numRuns: 500 },
    )
  })
})
