import {
  addressOfKey,
  emptyBooks,
  keccakText,
  type Market,
  ProtocolError,
  priced,
  propose,
  publicTermsHash,
  receiptDigest,
  recordsHashOf,
  tabId,
  windowAmount,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { proposalToWire, WireProposal } from "@berth/protocol/wire"
import { expect } from "chai"
import fc from "fast-check"
import { boundsOf, type Case, judge, type KnownLease } from "./judge.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const nodeKey = keccakText("node")
const node = addressOfKey(nodeKey)
const signer = addressOfKey(keccakText("signer"))
const tab = tabId(market, signer, node)
const DAY = 20_000
const PRICE = 3_600_000n
const WINDOW = windowAmount(60_000, 1, PRICE)

function leaseOf(leaseNo: number, more: Partial<KnownLease> = {}): KnownLease {
  const terms = {
    tab,
    leaseNo,
    class: "cpu/x86-64",
    count: 1,
    price: PRICE,
    meter: 0,
    start: 1n,
    window: 60_000,
    pause: 120_000,
    stop: 900_000,
    idle: 900_000,
  }
  return { leaseNo, price: PRICE, count: 1, termsHash: publicTermsHash(terms), elapsedMs: 10_000, ahead: WINDOW, ...more }
}

function caseOf(leases: KnownLease[] = [leaseOf(1), leaseOf(2)]): Case {
  return { market, books: emptyBooks(tab, node), leases: new Map(leases.map((l) => [l.leaseNo, l])), today: DAY, ecdsa: nativeEcdsa }
}

/** What an honest node sends: two leases' terms and records. */
function honest(at: Case, more: { seq?: number; advance?: bigint; ms?: bigint; day?: number } = {}): WireProposal {
  const { seq = 1, advance = 0n, ms = 4_000n, day = DAY } = more
  const usages = [1, 2].map((leaseNo) => ({ block: 7n, leaseNo, cumulativeMs: ms, requests: 0, tokens: 0n }))
  const terms = at.books.seq > 0 ? [] : [1, 2].map((leaseNo) => ({ leaseNo, publicTermsHash: leaseOf(leaseNo).termsHash }))
  const proposal = propose(at.books, { seq, day, block: 7n, advance, terms, records: priced(at.books, usages, () => PRICE) })
  return proposalToWire(proposal, nativeEcdsa.sign(receiptDigest(market, proposal.receipt), nodeKey))
}

/** Signed anew by the node, as a cheating one would do. */
function resigned(wire: WireProposal): WireProposal {
  const receipt = { node, day: wire.day, gpuMs: wire.gpuMs, amount: wire.amount, recordsHash: recordsHashOfWire(wire) }
  return { ...wire, nodeSignature: nativeEcdsa.sign(receiptDigest(market, receipt), nodeKey) }
}

function refused(at: Case, wire: WireProposal): ProtocolError {
  try {
    judge(at, wire)
  } catch (error) {
    expect(error).to.be.instanceOf(ProtocolError)
    return error as ProtocolError
  }
  throw new Error("it was not refused")
}

describe("the agent's judgement of a receipt", () => {
  it("signs what an honest node sends, and its books then hold the same totals", () => {
    const at = caseOf()
    const wire = honest(at)
    const { proposal } = judge(at, WireProposal.decode(WireProposal.encode(wire)))
    expect(proposal.next.used).to.equal(8_000n)
    expect(proposal.next.gpuMs).to.equal(8_000n)
  })

  it("refuses a receipt with any one field changed, whatever the change, also when the node signs the change", () => {
    const at = caseOf()
    const good = honest(at, { advance: 5n })
    const change = fc.oneof(
      fc.record({
        field: fc.constantFrom("day", "gpuMs", "used", "amount", "treeSize", "seq" as const),
        by: fc.integer({ min: 1, max: 1_000_000 }),
      }),
      fc.record({ field: fc.constantFrom("treeRoot", "previousDayRecordsHash" as const), by: fc.integer({ min: 0, max: 255 }) }),
      fc.record({
        field: fc.constantFrom(
          "cumulativeMs",
          "recordAmount",
          "leaseNo",
          "recordBlock",
          "requests",
          "tokens",
          "termsHash",
          "termsNo" as const,
        ),
        by: fc.integer({ min: 1, max: 100_000 }),
      }),
    )
    fc.assert(
      fc.property(change, fc.boolean(), ({ field, by }, sign) => {
        const wire = altered(good, field, by)
        // A node may choose the day (within one) and the advance (up to a window): signed by it, these are other receipts, judged below.
        const chosen = field === "day" || field === "amount"
        refused(at, sign && !chosen ? resigned(wire) : wire)
      }),
      { numRuns: 400 },
    )
  })

  it("names an overbilled record of one credit", () => {
    const at = caseOf()
    const wire = altered(honest(at), "recordAmount", 1)
    const error = refused(at, resigned({ ...wire, used: wire.used + 1n, amount: wire.amount + 1n }))
    expect(error.code).to.equal("bad_receipt")
    expect(error.message).to.contain("lease 1").and.contain("block 7").and.contain("4001 credits")
  })

  it("refuses what was replayed, reordered, or made for another tab, chain or contract", () => {
    const at = caseOf()
    const first = honest(at)
    const next = { ...at, books: judge(at, first).proposal.next }
    expect(refused(next, first).code).to.equal("stale")
    const second = honest(next, { seq: 5, ms: 6_000n })
    const later = { ...next, books: judge(next, second).proposal.next }
    expect(refused(later, honest(next, { seq: 3, ms: 5_000n })).code).to.equal("stale")
    const elsewhere: Case[] = [
      { ...at, market: { ...market, chainId: 1 } },
      { ...at, market: { ...market, contract: "0x00000000000000000000000000000000000000cc" } },
      { ...at, books: emptyBooks(tabId(market, node, node), node) },
      { ...at, books: emptyBooks(tab, signer) },
    ]
    for (const other of elsewhere) refused(other, first)
  })

  it("takes a seq that skips: receipts that were never signed leave no trace", () => {
    const at = caseOf()
    expect(judge(at, honest(at, { seq: 9 })).proposal.next.seq).to.equal(9)
  })

  it("bounds the time by its own clock, and says how far it would go", () => {
    const at = caseOf([leaseOf(1, { elapsedMs: 2_000 }), leaseOf(2)])
    const error = refused(at, honest(at))
    expect(error.code).to.equal("overclaim")
    expect(error.field).to.equal("cumulativeMs")
    expect(boundsOf(at)).to.deep.equal([
      { leaseNo: 1, cumulativeMs: 3_002n, ahead: WINDOW },
      { leaseNo: 2, cumulativeMs: 11_010n, ahead: WINDOW },
    ])
  })

  it("pays as much ahead for what runs as each lease may have, and not a credit more", () => {
    const at = caseOf([leaseOf(1), leaseOf(2, { ahead: 0n })])
    judge(at, honest(at, { advance: WINDOW }))
    expect(refused(at, honest(at, { advance: WINDOW + 1n })).code).to.equal("overclaim")
    expect(refused(caseOf([leaseOf(1, { ahead: 0n }), leaseOf(2, { ahead: 0n })]), honest(at, { advance: 1n })).code).to.equal("overclaim")
    const both = caseOf([leaseOf(1, { ahead: 10_000n }), leaseOf(2, { ahead: 10_000n })])
    judge(both, honest(both, { advance: 20_000n }))
    const error = refused(both, honest(both, { advance: 20_001n }))
    expect([error.code, error.field]).to.deep.equal(["overclaim", "amount"])
    expect(boundsOf(both).map((bound) => bound.ahead)).to.deep.equal([10_000n, 10_000n])
  })

  it("refuses leases that it did not sign, terms that are not those it signed, and days that are not now", () => {
    const at = caseOf()
    expect(refused(caseOf([leaseOf(1)]), honest(at)).code).to.equal("no_lease")
    expect(refused(caseOf([leaseOf(1), leaseOf(2, { termsHash: keccakText("other") })]), honest(at)).code).to.equal("terms_mismatch")
    judge(at, honest(at, { day: DAY + 1 }))
    expect(refused(at, honest(at, { day: DAY + 2 })).field).to.equal("day")
  })
})

function recordsHashOfWire(wire: WireProposal): Uint8Array {
  return recordsHashOf({ ...wire, tab })
}

function altered(wire: WireProposal, field: string, by: number): WireProposal {
  const n = BigInt(by)
  const record = wire.records[0]!
  const terms = wire.terms[0]!
  const withRecord = (patch: Partial<typeof record>) => ({ ...wire, records: [{ ...record, ...patch }, ...wire.records.slice(1)] })
  const flipped = (bytes: Uint8Array) => bytes.map((b, i) => (i === by % 32 ? b ^ 0x55 : b))
  switch (field) {
    case "gpuMs":
    case "used":
    case "amount":
      return { ...wire, [field]: wire[field] + n }
    case "day":
    case "treeSize":
    case "seq":
      return { ...wire, [field]: wire[field] + by }
    case "treeRoot":
    case "previousDayRecordsHash":
      return { ...wire, [field]: flipped(wire[field]) }
    case "cumulativeMs":
      return withRecord({ cumulativeMs: record.cumulativeMs + n })
    case "recordAmount":
      return withRecord({ amount: record.amount + n })
    case "leaseNo":
      return withRecord({ leaseNo: record.leaseNo + by })
    case "recordBlock":
      return withRecord({ block: record.block + n })
    case "requests":
      return withRecord({ requests: record.requests + by })
    case "tokens":
      return withRecord({ tokens: record.tokens + n })
    case "termsHash":
      return { ...wire, terms: [{ ...terms, publicTermsHash: flipped(terms.publicTermsHash) }, ...wire.terms.slice(1)] }
    default:
      return { ...wire, terms: [{ ...terms, leaseNo: terms.leaseNo + by }, ...wire.terms.slice(1)] }
  }
}
