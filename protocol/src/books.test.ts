import { expect } from "chai"
import fc from "fast-check"
import { naiveDayRoot, naiveRecordLeaf, naiveRecordsHash, naiveRoot, naiveTermsLeaf, ZERO } from "../naive.ts"
import { type Books, type Claim, decodeBooks, emptyBooks, encodeBooks, type Proposal, priced, propose } from "./books.ts"
import { bytesToHex } from "./bytes.ts"
import { ProtocolError } from "./errors.ts"
import { keccakText } from "./keccak.ts"
import { amountOf } from "./money.ts"
import { DayTree } from "./tree.ts"

const tab = keccakText("tab")
const node = "0x00000000000000000000000000000000000000aa"
const priceOf = (leaseNo: number) => 350_000n + BigInt(leaseNo) * 77_777n
const termsOf = (leaseNo: number) => ({ leaseNo, publicTermsHash: keccakText(`terms ${leaseNo}`) })

/** One step of a tab's life: how many leases begin, how long each works, over how many blocks, whether the day turns, whether it is signed. */
interface Step {
  newLeases: number
  work: number[]
  blocks: number
  newDay: boolean
  signed: boolean
  advance: number
}
const step: fc.Arbitrary<Step> = fc.record({
  newLeases: fc.nat(2),
  work: fc.array(fc.nat(2_500), { minLength: 1, maxLength: 4 }),
  blocks: fc.integer({ min: 1, max: 3 }),
  newDay: fc.boolean(),
  signed: fc.boolean(),
  advance: fc.nat(2_000),
})

/** Everything a step claims, upon books, with the usage of all leases known by then. */
function claimOf(books: Books, seq: number, s: Step): Claim {
  const known = [...books.leases.keys()]
  const fresh = Array.from({ length: s.newLeases }, (_, i) => known.length + i + 1)
  const cumulative = new Map(books.leases)
  const usages = Array.from({ length: s.blocks }, (_, b) =>
    [...known, ...fresh].map((leaseNo, i) => {
      const cumulativeMs = (cumulative.get(leaseNo) ?? 0n) + BigInt(s.work[(i + b) % s.work.length]!)
      cumulative.set(leaseNo, cumulativeMs)
      return { block: books.block + BigInt(b) + 1n, leaseNo, cumulativeMs, requests: i, tokens: BigInt(b) }
    }),
  ).flat()
  return {
    seq,
    day: books.day + (s.newDay ? 1 : 0),
    block: books.block + BigInt(s.blocks),
    advance: BigInt(s.advance),
    terms: fresh.map(termsOf),
    records: priced(books, usages, priceOf),
  }
}

describe("books", () => {
  it("over any life of a tab: totals, roots and hashes are those of the naive implementation, and every credit is in one record", () => {
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), checkLife), { numRuns: 60 })
  })

  it("come back from a store as they were", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), (steps) => {
        const books = steps.reduce((b, s, i) => propose(b, claimOf(b, i + 1, s)).next, emptyBooks(tab, node))
        const kept = decodeBooks(encodeBooks(books))
        expect(encodeBooks(kept)).equal(encodeBooks(books))
        const claim = claimOf(books, 100, { newLeases: 1, work: [5], blocks: 1, newDay: false, signed: true, advance: 0 })
        expect(propose(kept, claim).receipt).deep.equal(propose(books, claim).receipt)
      }),
      { numRuns: 30 },
    )
  })

  describe("refuse, with the field at fault,", () => {
    const first = { newLeases: 2, work: [1_000], blocks: 2, newDay: true, signed: true, advance: 972 }
    const books = propose(emptyBooks(tab, node), claimOf(emptyBooks(tab, node), 5, first)).next
    const good = claimOf(books, 6, { ...first, newLeases: 1, newDay: false })
    const [one, two] = good.records
    const refused: [string, Partial<Claim>, string, string][] = [
      ["a replay", { seq: 5 }, "stale", "seq"],
      ["an older seq", { seq: 4 }, "stale", "seq"],
      ["an earlier day", { day: books.day - 1 }, "stale", "day"],
      ["an earlier block", { block: books.block - 1n }, "stale", "block"],
      ["less than was used", { advance: -1n }, "bad_receipt", "amount"],
      ["terms twice", { terms: [termsOf(3), termsOf(3)] }, "bad_receipt", "terms"],
      ["terms of a lease that has them", { terms: [termsOf(1)] }, "bad_receipt", "terms"],
      ["terms out of order", { terms: [termsOf(4), termsOf(3)] }, "bad_receipt", "terms"],
      ["lease 0", { terms: [termsOf(0)] }, "bad_receipt", "terms"],
      ["a record without terms", { terms: [] }, "bad_receipt", "records"],
      ["time that runs backwards", { records: [{ ...one!, cumulativeMs: 1n }] }, "bad_receipt", "records"],
      ["a record from the future", { records: [{ ...one!, block: good.block + 1n }] }, "bad_receipt", "records"],
      ["a record from before", { records: [{ ...one!, block: books.block - 1n }] }, "bad_receipt", "records"],
      ["records out of order", { records: [two!, one!] }, "bad_receipt", "records"],
      ["a record twice", { records: [one!, one!] }, "bad_receipt", "records"],
    ]
    for (const [name, change, code, field] of refused) {
      it(name, () => {
        const before = encodeBooks(books)
        expect(() => propose(books, { ...good, ...change }))
          .throw(ProtocolError)
          .include({ code, field })
        expect(encodeBooks(books)).equal(before)
      })
    }

    it("the 65,537th receipt of a day, and take it the day after", function () {
      this.timeout(10_000)
      let tree = DayTree.empty()
      while (!tree.full) tree = tree.append(tab)
      expect(() => propose({ ...books, tree }, good))
        .throw(ProtocolError)
        .include({ code: "bad_receipt", field: "treeSize" })
      expect(propose({ ...books, tree }, { ...good, day: good.day + 1 }).opening.treeSize).equal(1)
    })
  })
})

function checkLife(steps: Step[]) {
  let books = emptyBooks(tab, node)
  let dayLeaves: `0x${string}`[] = []
  let previous = ZERO
  for (const [i, s] of steps.entries()) {
    const claim = claimOf(books, i + 1, s)
    const p = propose(books, claim)
    const newDay = claim.day > books.day
    const before = newDay ? [] : dayLeaves
    const leaves = [...before, naiveBlockRoot(claim)]
    const previousDay = newDay ? bytesToHex(books.recordsHash) : previous
    checkProposalParts(p, claim, leaves, previousDay)
    // What is not signed leaves no trace: the next one starts from the same books.
    if (!s.signed) continue
    books = p.next
    dayLeaves = leaves
    previous = previousDay
  }
  const due = [...books.leases].reduce((sum, [leaseNo, ms]) => sum + amountOf(ms, priceOf(leaseNo)), 0n)
  expect(books.used).equal(due)
  expect(books.gpuMs).equal([...books.leases.values()].reduce((sum, ms) => sum + ms, 0n))
}

function checkProposalParts(p: Proposal, claim: Claim, leaves: `0x${string}`[], previousDay: `0x${string}`) {
  expect(bytesToHex(p.opening.treeRoot)).equal(naiveDayRoot(leaves))
  expect(p.opening.treeSize).equal(leaves.length)
  expect(bytesToHex(p.opening.previousDayRecordsHash)).equal(previousDay)
  const hash = naiveRecordsHash({ ...p.opening, tab: bytesToHex(tab), treeRoot: naiveDayRoot(leaves), previousDayRecordsHash: previousDay })
  expect(bytesToHex(p.receipt.recordsHash)).equal(hash)
  expect(p.receipt.amount).equal(p.opening.used + claim.advance)
}

function naiveBlockRoot(claim: Claim) {
  const t = bytesToHex(tab)
  const terms = claim.terms.map(({ leaseNo, publicTermsHash }) => naiveTermsLeaf(t, leaseNo, bytesToHex(publicTermsHash)))
  return naiveRoot([...terms, ...claim.records.map((r) => naiveRecordLeaf(t, claim.seq, r))])
}
