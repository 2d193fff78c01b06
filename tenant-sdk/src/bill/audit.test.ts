import {
  addressOfKey,
  anchorRoot,
  type Bundle,
  bytesToHex,
  type Claim,
  emptyBooks,
  keccakText,
  type Market,
  type Proposal,
  packAnchor,
  priced,
  propose,
  publicTermsHash,
  receiptDigest,
  recordsHashOf,
  tabId,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { bundleOf as ofReceipts } from "../../../test/support/bundle-of.ts"
import type { Settlement } from "../chain/settlements.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { ReceiptRow } from "../store/receipt-rows.ts"
import { type Anchor, type AnchoredReceipt, receiptsOf } from "./anchored.ts"
import { makeBill, TabUse } from "./bill.ts"
import { aheadsOf, type BlockTimes, blocksThatDecide, checkAhead } from "./check-ahead.ts"
import { type ChainFacts, checkChain } from "./check-chain.ts"
import { checkTab } from "./check-tab.ts"
import type { Finding } from "./finding.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const deployment = {
  chainId: 31337,
  berth: market.contract,
  computeRecords: market.contract,
  reserve: market.contract,
  reservations: market.contract,
  verifiers: market.contract,
  startBlock: 1n,
}
const [nodeKey, signerKey] = [keccakText("node"), keccakText("signer")]
const [node, signer] = [addressOfKey(nodeKey), addressOfKey(signerKey)]
const tenant = addressOfKey(keccakText("tenant"))
const recorder = addressOfKey(keccakText("recorder"))
const tab = tabId(market, signer, node)
const PRICE = 3_600_000n

const terms = (leaseNo: number) => ({
  tab,
  leaseNo,
  class: "cpu/x86-64",
  count: 1,
  price: PRICE,
  meter: 0,
  start: 1n,
  window: 60_000,
  pause: 1,
  stop: 1,
  idle: 1,
})
const leases = new Map(
  [1, 2].map((no) => [no, { leaseId: `0x${no}`, leaseNo: no, terms: terms(no), privateTerms: '{"image":"x"}' } as unknown as LeaseRow]),
)

interface Made {
  readonly receipts: ReceiptRow[]
  readonly proposals: Proposal[]
}

/** Two days of receipts by an honest node, or by one that adds `overbill` credits to the record of lease 2 in receipt 3 before a blind agent. */
function made(overbill = 0n): Made {
  let books = emptyBooks(tab, node)
  const result: Made = { receipts: [], proposals: [] }
  const steps = [
    { seq: 1, day: 100, opens: [1], ms: { 1: 1_000n } },
    { seq: 2, day: 100, opens: [2], ms: { 1: 2_500n, 2: 700n } },
    { seq: 3, day: 100, opens: [], ms: { 1: 3_000n, 2: 1_000n } },
    { seq: 5, day: 101, opens: [], ms: { 2: 9_999n } },
  ]
  for (const { seq, day, opens, ms } of steps) {
    const usages = Object.entries(ms).map(([no, cumulativeMs]) => ({
      block: BigInt(seq * 10),
      leaseNo: Number(no),
      cumulativeMs,
      requests: 0,
      tokens: 0n,
    }))
    const records = priced(books, usages, () => PRICE).map((r) =>
      seq === 3 && r.leaseNo === 2 ? { ...r, amount: r.amount + overbill } : r,
    )
    const opened = opens.map((leaseNo) => ({ leaseNo, publicTermsHash: publicTermsHash(terms(leaseNo)) }))
    const claim: Claim = { seq, day, block: BigInt(seq * 10), advance: 0n, terms: opened, records }
    const proposal = propose(books, claim)
    const digest = receiptDigest(market, proposal.receipt)
    const wire = proposalToWire(proposal, nativeEcdsa.sign(digest, nodeKey))
    result.receipts.push({ seq, day, proposal: wire, countersignature: nativeEcdsa.sign(digest, signerKey) })
    result.proposals.push(proposal)
    books = proposal.next
  }
  return result
}

function bundleOf({ receipts }: Made): Promise<Bundle> {
  return ofReceipts(deployment, tenant, [{ node, signer, leases, receipts }])
}

function settled(p: Proposal, paid: bigint, more: Partial<Settlement> = {}): Settlement {
  const { day, gpuMs, amount, recordsHash } = p.receipt
  return { node, signer, day, gpuMs, amount, paid, recordsHash: bytesToHex(recordsHash), block: 1n, hash: "0x", ...more }
}

function factsOf({ proposals }: Made, more: Partial<ChainFacts> = {}): ChainFacts {
  const [, , third, last] = proposals
  const settlements = [settled(third!, third!.receipt.amount), settled(last!, last!.receipt.amount - third!.receipt.amount)]
  return {
    tenant,
    spent: last!.receipt.amount,
    settlements,
    orderedAtMost: 0n,
    paidAtClose: 0n,
    anchored: receiptsOf(anchorOf({ receipts: [], proposals })),
    ...more,
  }
}

/** All receipts in one anchor of the node's recorder. */
function anchorOf({ proposals }: Made): Anchor {
  const entries = proposals.map((p) => ({ tab, seq: p.opening.seq, terms: p.terms, records: p.records }))
  return { recorder, root: bytesToHex(anchorRoot(entries)), records: bytesToHex(packAnchor(entries)), block: 9n }
}

function found(bundle: Bundle, facts: ChainFacts): Finding[] {
  const [first] = bundle.tabs
  const checked = checkTab(market, first!)
  const aheads = aheadsOf(first!, checked, facts.settlements)
  const ahead = checkAhead(first!, checked, aheads, timesOf(blocksThatDecide(checked, aheads)))
  return [...checked.findings, ...checkChain(bundle.tenant, first!, checked, facts).findings, ...ahead]
}

/** A block a minute; there are none above 10,000. */
function timesOf(blocks: readonly bigint[]): BlockTimes {
  return new Map(blocks.filter((b) => b <= 10_000n).map((b) => [b, b * 60n]))
}

/** Findings as `kind@seq/lease/block`. */
function findings(bundle: Bundle, facts: ChainFacts): string[] {
  return found(bundle, facts).map((f) => `${f.kind}@${f.seq ?? "-"}/${f.leaseNo ?? "-"}/${f.block ?? "-"}`)
}

describe("audit of a bundle", () => {
  const honest = made()

  it("finds nothing wrong with an honest bill", async () => {
    expect(findings(await bundleOf(honest), factsOf(honest))).to.deep.equal([])
  })

  it("names the one record that a node overbilled by one credit before a blind agent, and nothing else", async () => {
    const cheated = made(1n)
    expect(findings(await bundleOf(cheated), factsOf(cheated))).to.deep.equal(["record@3/2/30"])
  })

  it("names the record that was changed in the bundle afterwards, by the anchor", async () => {
    const bundle = await bundleOf(honest)
    const record = bundle.tabs[0]!.statements[0]!.blocks[1]!.records[0]!
    Object.assign(record, { amount: record.amount + 1n })
    const found = findings(bundle, factsOf(honest))
    expect(found).to.include.members(["record@2/1/20", "anchor@2/1/20", "total@3/-/-", "tree@3/-/-"])
  })

  const tamper: [string, (b: Bundle) => void, RegExp][] = [
    ["a price in the terms", (b) => Object.assign(b.tabs[0]!.terms[0]!, { price: PRICE + 1n }), /^(record@1\/1\/10|tree@3)/],
    ["a start in the terms", (b) => Object.assign(b.tabs[0]!.terms[1]!, { start: 2n }), /^tree@3/],
    ["a record's time", (b) => Object.assign(b.tabs[0]!.statements[0]!.blocks[0]!.records[0]!, { cumulativeMs: 999n }), /^record@1\/1\/10/],
    ["a record's requests", (b) => Object.assign(b.tabs[0]!.statements[0]!.blocks[0]!.records[0]!, { requests: 3 }), /^tree@3/],
    ["a receipt taken out", (b) => b.tabs[0]!.statements[0]!.blocks.splice(1, 1), /^(terms|tree|total)@/],
    ["a receipt put twice", (b) => b.tabs[0]!.statements[0]!.blocks.push(b.tabs[0]!.statements[0]!.blocks[0]!), /^order@1/],
    ["a day taken out", (b) => b.tabs[0]!.statements.shift(), /^chain-of-days@5/],
    ["days in another order", (b) => b.tabs[0]!.statements.reverse(), /^(order|chain-of-days)@/],
    ["a used total", (b) => Object.assign(b.tabs[0]!.statements[1]!, { used: 1n }), /^total@5/],
    ["GPU time", (b) => Object.assign(b.tabs[0]!.statements[1]!, { gpuMs: 1n }), /^total@5/],
    ["an amount", (b) => Object.assign(b.tabs[0]!.statements[1]!, { amount: 99_999n }), /^signature@5/],
    ["an advance above a window", (b) => Object.assign(b.tabs[0]!.statements[1]!, { amount: 99_999_999n }), /^advance@5/],
    ["a tree's root", (b) => Object.assign(b.tabs[0]!.statements[1]!, { treeRoot: `0x${"1".repeat(64)}` }), /^tree@5/],
    ["a records hash", (b) => Object.assign(b.tabs[0]!.statements[1]!, { recordsHash: `0x${"1".repeat(64)}` }), /^records-hash@5/],
    ["the node's signature", (b) => swapSignature(b, "nodeSignature"), /^signature@5/],
    ["the signer's signature", (b) => swapSignature(b, "signerSignature"), /^signature@5/],
    ["the signer", (b) => Object.assign(b.tabs[0]!, { signer: tenant }), /^(tree|signature)@/],
    ["the tenant", (b) => Object.assign(b, { tenant: node }), /^tab@/],
  ]
  for (const [what, change, expected] of tamper)
    it(`finds ${what} that was changed`, async () => {
      const bundle = structuredClone(await bundleOf(honest))
      change(bundle)
      expect(findings(bundle, factsOf(honest)).some((f) => expected.test(f))).to.equal(true)
    })

  it("finds what was settled otherwise than signed", async () => {
    const [, , third, last] = honest.proposals
    const bundle = await bundleOf(honest)
    const facts = (more: Partial<Settlement>) =>
      factsOf(honest, {
        settlements: [settled(third!, third!.receipt.amount), settled(last!, last!.receipt.amount - third!.receipt.amount, more)],
      })
    expect(findings(bundle, facts({ gpuMs: 1n }))).to.deep.equal(["settlement@5/-/1"])
    expect(findings(bundle, facts({ amount: last!.receipt.amount + 5n }))).to.include("settlement@5/-/1")
    expect(findings(bundle, facts({ recordsHash: `0x${"2".repeat(64)}` }))).to.include("settlement@-/-/1")
    expect(findings(bundle, factsOf(honest, { spent: 7n }))).to.include("tab@-/-/-")
  })

  it("notes what a standing order paid for no receipt of ours; above what it can allow, that is found", async () => {
    const bundle = await bundleOf(honest)
    const [second, last] = [honest.proposals[1]!, honest.proposals[3]!]
    const unseen = { recordsHash: `0x${"2".repeat(64)}` } as const
    const ahead = second.receipt.amount
    const facts = (orderedAtMost: bigint) =>
      factsOf(honest, {
        settlements: [settled(second, ahead, unseen), settled(last, last.receipt.amount - ahead)],
        orderedAtMost,
      })
    expect(findings(bundle, facts(ahead))).to.deep.equal(["standing-order@-/-/1"])
    expect(findings(bundle, facts(ahead - 1n))).to.deep.equal(["settlement@-/-/1"])
  })

  it("takes a bundle that ends before the chain does: what was settled for later days is noted, and nothing made of it", async () => {
    const upTo = await bundleOf({ ...honest, receipts: honest.receipts.slice(0, 3) })
    const [notice, ...more] = found(upTo, factsOf(honest))
    expect(notice).to.include({ severity: "notice", message: "$0.008999 was settled for day 101; the bundle ends with day 100" })
    expect(more).to.deep.equal([])
    // What is missing of a day that it has is another thing.
    const [second] = factsOf(honest).settlements.slice(1)
    const unknown = factsOf(honest, { settlements: [factsOf(honest).settlements[0]!, { ...second!, day: 100 }] })
    expect(found(upTo, unknown).map((f) => `${f.severity} ${f.kind}`)).to.include("error settlement")
  })

  it("notes what is not settled yet, what was paid ahead, and takes a receipt settled in the middle of a day", async () => {
    const bundle = await bundleOf(honest)
    const second = honest.proposals[1]!
    const early = factsOf(honest, { settlements: [settled(second, second.receipt.amount)], spent: second.receipt.amount })
    expect(findings(bundle, early)).to.deep.equal(["unsettled@5/-/-"])
    const last = honest.proposals[3]!
    const ahead = factsOf(honest, {
      settlements: [settled(last, last.receipt.amount)],
      paidAtClose: 100n,
      spent: last.receipt.amount + 100n,
    })
    expect(findings(bundle, ahead)).to.deep.equal(["paid-ahead@5/-/-"])
    // What an order has paid is bounded by the order, and by no window.
    const says = (orderedAtMost: bigint) => found(bundle, { ...ahead, orderedAtMost })[0]!.message
    expect(says(0n)).to.equal("$0.0001 was paid ahead for work that was not done")
    expect(says(1n)).to.equal("$0.0001 was paid ahead or by the tab's standing order for work that is not signed")
  })

  it("counts the receipts that are anchored as they were recomputed: once each, no others", async () => {
    const bundle = await bundleOf(honest)
    const [first] = bundle.tabs
    const count = (anchored: readonly AnchoredReceipt[]) =>
      checkChain(tenant, first!, checkTab(market, first!), factsOf(honest, { anchored })).anchored
    const all = factsOf(honest).anchored
    expect(count(all)).to.equal(4)
    expect(count([...all, ...all])).to.equal(4)
    expect(count(all.slice(1, 3))).to.equal(2)
    expect(count(factsOf(made(1n)).anchored)).to.equal(3)
    // A receipt later than the bundle's last is compared with nothing.
    expect(count([{ ...all[0]!, entry: { ...all[0]!.entry, seq: 6 } }])).to.equal(0)
  })

  it("believes no anchor that is nonsense", async () => {
    const bundle = await bundleOf(honest)
    const forged = anchorOf(made(1n))
    expect(findings(bundle, factsOf(honest, { anchored: receiptsOf(forged) }))).to.deep.equal(["anchor@3/2/30"])
    expect(receiptsOf({ ...forged, records: "0x01ff" })).to.deep.equal([])
    expect(receiptsOf({ ...forged, records: "0x" })).to.deep.equal([])
    expect(receiptsOf({ ...forged, root: anchorOf(honest).root })).to.deep.equal([])
  })

  it("makes the same totals for the bill as for the bundle", async () => {
    const use = new TabUse()
    use.take(honest.receipts)
    const bill = makeBill([{ source: { node, signer, leases }, use, lastSeq: 5 }], factsOf(honest).settlements)
    const last = honest.proposals[3]!
    expect(bill.total).to.deep.equal({ activeMs: last.receipt.gpuMs, amount: last.opening.used, settled: last.receipt.amount })
    expect(bill.lines.map((l) => [l.day, l.leaseNo, l.amount])).to.deep.equal([
      [100, 1, 3_000n],
      [100, 2, 1_000n],
      [101, 2, 8_999n],
    ])
    expect(bytesToHex(recordsHashOf(last.opening))).to.equal((await bundleOf(honest)).tabs[0]!.statements[1]!.recordsHash)
  })
})

function swapSignature(bundle: Bundle, which: "nodeSignature" | "signerSignature"): void {
  const statement = bundle.tabs[0]!.statements[1]!
  const other = which === "nodeSignature" ? "signerSignature" : "nodeSignature"
  Object.assign(statement, { [which]: statement[other] })
}
