import { expect } from "chai"
import fc from "fast-check"
import { type Books, emptyBooks, encodeBooks, priced, propose } from "../books.ts"
import { MAX_U32, MAX_U64 } from "../bytes.ts"
import { ProtocolError } from "../errors.ts"
import { type Market, tabId } from "../ids.ts"
import { keccakText } from "../keccak.ts"
import { nativeEcdsa } from "../native.ts"
import { receiptDigest } from "../receipt.ts"
import { addressOfKey, recoverAddress } from "../signature.ts"
import { proposalToWire } from "./convert.ts"
import { WireProposal } from "./generated/messages.js"
import { checkProposal, openProposal } from "./proposal.ts"

const market: Market = { chainId: 31337, contract: "0xb581c9264f59bf0289fa76d61b2d0746dce3c30d" }
const nodeKey = keccakText("node")
const node = addressOfKey(nodeKey)
const signer = addressOfKey(keccakText("signer"))
const prices = new Map([
  [1, 350_000n],
  [2, 1_999_999n],
])
function priceOf(leaseNo: number): bigint {
  const price = prices.get(leaseNo)
  if (price === undefined) throw new ProtocolError("bad_receipt", `lease ${leaseNo} is not known`, { field: "records" })
  return price
}

function made(books: Books, seq: number, day: number, blocks: readonly bigint[], terms: readonly number[]) {
  const usages = blocks.flatMap((block) =>
    [1, 2].map((leaseNo) => ({ block, leaseNo, cumulativeMs: block * 1_777n * BigInt(leaseNo), requests: 3, tokens: 4n })),
  )
  const claim = {
    seq,
    day,
    block: blocks.at(-1)!,
    advance: 972n,
    terms: terms.map((leaseNo) => ({ leaseNo, publicTermsHash: keccakText(`${leaseNo}`) })),
    records: priced(books, usages, priceOf),
  }
  const proposal = propose(books, claim)
  const wire = proposalToWire(proposal, nativeEcdsa.sign(receiptDigest(market, proposal.receipt), nodeKey))
  return { proposal, wire: WireProposal.decode(WireProposal.encode(wire)) }
}

const start = emptyBooks(tabId(market, signer, node), node)
const first = made(start, 1, 20_000, [1n], [1, 2])
const books = first.proposal.next
const { wire, proposal } = made(books, 2, 20_000, [2n, 3n], [])

/** What the agent does before it signs: recompute, and see that the node signed just that. */
function accept(at: Books, received: WireProposal, in_: Market = market) {
  const checked = checkProposal(at, received, priceOf)
  if (recoverAddress(nativeEcdsa, receiptDigest(in_, checked.receipt), received.nodeSignature) !== node) {
    throw new ProtocolError("bad_signature", "not by the node", { field: "nodeSignature" })
  }
  return checked
}

function expectRefused(at: Books, received: WireProposal, fields: readonly string[], in_: Market = market) {
  const before = encodeBooks(at)
  expect(() => accept(at, received, in_))
    .throw(ProtocolError)
    .with.property("field")
    .satisfies((field: string) => fields.includes(field))
  expect(encodeBooks(at)).equal(before)
}

const other64 = (not: bigint) => fc.bigInt({ min: 0n, max: MAX_U64 }).filter((v) => v !== not)
const other32 = (not: number) => fc.integer({ min: 0, max: MAX_U32 }).filter((v) => v !== not)
const otherBytes = (not: Uint8Array) =>
  fc
    .tuple(fc.nat(not.length - 1), fc.integer({ min: 1, max: 255 }))
    .map(([at, flip]) => not.map((byte, i) => (i === at ? byte ^ flip : byte)))

/** Per field: other values of it, and the fields that an error about it may name (a change may be seen first where it leads to). */
const changes: Record<Exclude<keyof WireProposal, "terms" | "records">, [fc.Arbitrary<unknown>, string[]]> = {
  day: [other32(wire.day), ["day", "treeSize", "nodeSignature"]],
  seq: [other32(wire.seq), ["seq", "treeRoot"]],
  block: [other64(wire.block), ["block", "records", "nodeSignature"]],
  gpuMs: [other64(wire.gpuMs), ["gpuMs"]],
  used: [other64(wire.used), ["used", "amount"]],
  amount: [other64(wire.amount), ["amount", "nodeSignature"]],
  treeSize: [other32(wire.treeSize), ["treeSize"]],
  treeRoot: [otherBytes(wire.treeRoot), ["treeRoot"]],
  previousDayRecordsHash: [otherBytes(wire.previousDayRecordsHash), ["previousDayRecordsHash"]],
  nodeSignature: [otherBytes(wire.nodeSignature), ["nodeSignature"]],
}

describe("a proposal on the agent's side", () => {
  it("is what the node made, field for field", () => {
    const checked = accept(books, wire)
    expect(checked.receipt).deep.equal(proposal.receipt)
    expect(encodeBooks(checked.next)).equal(encodeBooks(proposal.next))
    expect(encodeBooks(accept(start, first.wire).next)).equal(encodeBooks(books))
  })

  for (const [field, [values, named]] of Object.entries(changes)) {
    it(`with another ${field} is refused`, () => {
      fc.assert(fc.property(values, (value) => expectRefused(books, { ...wire, [field]: value } as WireProposal, named)))
    })
  }

  it("with any field of any record changed is refused", () => {
    const change = fc.nat(wire.records.length - 1).chain((at) => {
      const r = wire.records[at]!
      const altered = fc.oneof(
        other64(r.block).map((block) => ({ ...r, block })),
        other32(r.leaseNo).map((leaseNo) => ({ ...r, leaseNo })),
        other64(r.cumulativeMs).map((cumulativeMs) => ({ ...r, cumulativeMs })),
        other64(r.amount).map((amount) => ({ ...r, amount })),
        other32(r.requests).map((requests) => ({ ...r, requests })),
        other64(r.tokens).map((tokens) => ({ ...r, tokens })),
      )
      return altered.map((record) => wire.records.with(at, record))
    })
    fc.assert(
      fc.property(change, (records) => expectRefused(books, { ...wire, records }, ["records", "used", "gpuMs", "treeRoot"])),
      { numRuns: 300 },
    )
  })

  it("with one credit too much in one record names that record", () => {
    const records = wire.records.with(2, { ...wire.records[2]!, amount: wire.records[2]!.amount + 1n })
    expect(() => checkProposal(books, { ...wire, records, used: wire.used + 1n, amount: wire.amount + 1n }, priceOf))
      .throw(ProtocolError, /record 2 of lease 1 at block 3 claims/)
      .include({ code: "bad_receipt", field: "records" })
  })

  it("with records dropped, doubled or swapped, or terms changed, is refused", () => {
    const [a, b, c, d] = wire.records as [never, never, never, never]
    for (const records of [[], [a, b, c], [b, c, d], [a, b, c, d, d], [b, a, c, d]]) {
      expectRefused(books, { ...wire, records }, ["records", "used", "gpuMs"])
    }
    const terms = first.wire.terms
    const altered = { ...terms[0]!, publicTermsHash: keccakText("others") }
    for (const wrong of [[], [terms[0]!], [terms[1]!, terms[0]!], [altered, terms[1]!]]) {
      expectRefused(start, { ...first.wire, terms: wrong }, ["terms", "records", "treeRoot"])
    }
    expectRefused(books, { ...wire, terms }, ["terms"])
  })

  it("replayed, reordered, or for another tab, chain or contract is refused", () => {
    expectRefused(books, first.wire, ["seq"])
    expectRefused(proposal.next, wire, ["seq"])
    expectRefused(start, wire, ["records", "terms"])
    const otherTab = { ...books, tab: keccakText("another tab") }
    expectRefused(otherTab, wire, ["treeRoot"])
    expectRefused(books, wire, ["nodeSignature"], { ...market, chainId: 1 })
    expectRefused(books, wire, ["nodeSignature"], { ...market, contract: node })
  })

  it("with bytes of the wrong size is malformed, before anything is computed", () => {
    for (const field of ["treeRoot", "previousDayRecordsHash", "nodeSignature"] as const) {
      for (const bytes of [new Uint8Array(0), wire[field].slice(1), new Uint8Array([...wire[field], 0])]) {
        expect(() => openProposal(books, { ...wire, [field]: bytes }), field)
          .throw(ProtocolError)
          .include({ code: "malformed", field })
      }
    }
  })

  it("of random bytes: an Error, or a proposal that is refused with a ProtocolError", () => {
    const frame = WireProposal.encode(wire)
    const near = fc.array(fc.tuple(fc.nat(frame.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((edits) => {
      const bytes = frame.slice()
      for (const [at, byte] of edits) bytes[at] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), near), (bytes) => {
        let decoded: WireProposal
        try {
          decoded = WireProposal.decode(bytes)
        } catch (error) {
          expect(error).instanceOf(Error)
          return
        }
        try {
          expect(accept(books, decoded).receipt).deep.equal(proposal.receipt)
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
