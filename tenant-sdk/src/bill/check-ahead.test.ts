import {
  addressOfKey,
  type Bundle,
  bytesToHex,
  emptyBooks,
  keccakText,
  type Market,
  priced,
  propose,
  publicTermsHash,
  receiptDigest,
  tabId,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { bundleOf } from "../../../test/support/bundle-of.ts"
import type { Settlement } from "../chain/settlements.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { ReceiptRow } from "../store/receipt-rows.ts"
import { aheadsOf, type BlockTimes, blocksThatDecide, checkAhead } from "./check-ahead.ts"
import { checkTab } from "./check-tab.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const { contract } = market
const elsewhere = { computeRecords: contract, reserve: contract, reservations: contract, verifiers: contract }
const deployment = { chainId: 31337, berth: contract, ...elsewhere, startBlock: 1n }
const [nodeKey, signerKey] = [keccakText("node"), keccakText("signer")]
const [node, signer] = [addressOfKey(nodeKey), addressOfKey(signerKey)]
const tab = tabId(market, signer, node)
const PRICE = 3_600_000n
/** Credits of a minute of it. */
const WINDOW = 60_000n
/** Of the terms: what a lease may be without work, or paused, before it is ended. */
const REST_MS = 900_000

const terms = (leaseNo: number) => ({
  ...{ tab, leaseNo, class: "cpu/x86-64", count: 1, price: PRICE, meter: 0, start: 1n },
  ...{ window: 60_000, pause: 120_000, stop: REST_MS, idle: REST_MS },
})
const ALL = Array.from({ length: 12 }, (_, i) => i + 1)
const leases = new Map(
  ALL.map((no) => [no, { leaseId: `0x${no}`, leaseNo: no, terms: terms(no), privateTerms: "{}" } as unknown as LeaseRow]),
)

interface Step {
  /** Minutes since block 0: a block a minute. */
  readonly at: number
  readonly opens?: readonly number[]
  readonly works?: readonly number[]
  /** Windows ahead. */
  readonly ahead?: number
  readonly day?: number
}

/** Receipts as a node makes them for an agent that signs anything. */
async function play(steps: readonly Step[]): Promise<{ bundle: Bundle; settled: Settlement[] }> {
  let books = emptyBooks(tab, node)
  const receipts: ReceiptRow[] = []
  const settled: Settlement[] = []
  for (const { at, opens = [], works = [], ahead = 0, day = 100 } of steps) {
    const usage = (leaseNo: number) => ({
      block: BigInt(at),
      leaseNo,
      cumulativeMs: (books.leases.get(leaseNo) ?? 0n) + 60_000n,
      requests: 0,
      tokens: 0n,
    })
    const proposal = propose(books, {
      ...{ seq: books.seq + 1, day, block: BigInt(at), advance: BigInt(ahead) * WINDOW },
      terms: opens.map((leaseNo) => ({ leaseNo, publicTermsHash: publicTermsHash(terms(leaseNo)) })),
      records: priced(books, works.map(usage), () => PRICE),
    })
    const digest = receiptDigest(market, proposal.receipt)
    const wire = proposalToWire(proposal, nativeEcdsa.sign(digest, nodeKey))
    receipts.push({ seq: proposal.opening.seq, day, proposal: wire, countersignature: nativeEcdsa.sign(digest, signerKey) })
    const { gpuMs, amount, recordsHash } = proposal.receipt
    settled.push({ node, signer, day, gpuMs, amount, paid: 0n, recordsHash: bytesToHex(recordsHash), block: 999n, hash: "0x" })
    books = proposal.next
  }
  return { bundle: await bundleOf(deployment, node, [{ node, signer, leases, receipts }]), settled }
}

/** What is found ahead: `seq: credits found / credits at most`. */
function found(bundle: Bundle, settled: readonly Settlement[] = [], times?: BlockTimes): string[] {
  const [first] = bundle.tabs
  const checked = checkTab(market, first!)
  expect(checked.findings).to.deep.equal([])
  const aheads = aheadsOf(first!, checked, settled)
  const read = times ?? new Map(blocksThatDecide(checked, aheads).map((b) => [b, b * 60n]))
  return checkAhead(first!, checked, aheads, read).map((f) => `${f.kind}@${f.seq}: ${f.actual} / ${f.expected}`)
}

/** Ten leases that worked for a minute each, one after another, and ended. */
const TEN: Step[] = ALL.slice(0, 10).flatMap((no, i) => [
  { at: 10 + 2 * i, opens: [no], ahead: 1 },
  { at: 11 + 2 * i, works: [no] },
])

describe("what is paid ahead", () => {
  it("is a window of each lease that ran then: ten that were over long before let no window through", async () => {
    const { bundle, settled } = await play([...TEN, { at: 500, opens: [11], works: [11], ahead: 10 }])
    expect(found(bundle)).to.deep.equal([`advance@21: ${10n * WINDOW} / at most ${WINDOW}`])
    expect(found(bundle, settled.slice(-1))).to.deep.equal([
      `advance@21: ${10n * WINDOW} / at most ${WINDOW}`,
      `settlement@21: ${10n * WINDOW} / at most ${WINDOW}`,
    ])
  })

  it("is no more for leases that come later, in a receipt that was settled before them", async () => {
    const { bundle, settled } = await play([
      { at: 1, opens: [1], ahead: 2 },
      { at: 2, works: [1] },
      { at: 3, opens: [2, 3] },
      { at: 4, works: [2, 3] },
    ])
    expect(found(bundle, settled)).to.deep.equal([`settlement@1: ${2n * WINDOW} / at most ${WINDOW}`])
  })

  it("counts leases that have no record for as long as their terms let them rest, and longer before their first", async () => {
    // Stop and idle are a quarter of an hour each, ten minutes are allowed on top.
    const rested = (at: number) =>
      play([
        { at: 1, opens: [1, 2], works: [1, 2], ahead: 2 },
        { at, works: [2], ahead: 2 },
      ])
    expect(found((await rested(41)).bundle)).to.deep.equal([])
    expect(found((await rested(42)).bundle)).to.deep.equal([`advance@2: ${2n * WINDOW} / at most ${WINDOW}`])
    const pulls = (at: number) =>
      play([
        { at: 1, opens: [1, 2], works: [2], ahead: 2 },
        { at, works: [2], ahead: 2 },
      ])
    expect(found((await pulls(91)).bundle)).to.deep.equal([])
    expect(found((await pulls(92)).bundle)).to.deep.equal([`advance@2: ${2n * WINDOW} / at most ${WINDOW}`])
  })

  it("counts a lease that has a record later on, however long it had none", async () => {
    const { bundle } = await play([
      { at: 1, opens: [1, 2], works: [1, 2], ahead: 2 },
      { at: 900, works: [2], ahead: 2 },
      { at: 901, works: [1], ahead: 0, day: 101 },
    ])
    expect(found(bundle)).to.deep.equal([])
  })

  it("asks for the time of no block where nothing depends on it, and takes a block that the chain does not have for no excuse", async () => {
    const honest = await play([
      { at: 1, opens: [1], ahead: 1 },
      { at: 2, works: [1], ahead: 1 },
    ])
    const [first] = honest.bundle.tabs
    const checked = checkTab(market, first!)
    expect(blocksThatDecide(checked, aheadsOf(first!, checked, honest.settled))).to.deep.equal([])
    const future = await play([...TEN, { at: 2_000_000, works: [10], ahead: 2 }])
    expect(found(future.bundle, [], new Map())).to.deep.equal([`advance@21: ${2n * WINDOW} / at most ${WINDOW}`])
  })
})
