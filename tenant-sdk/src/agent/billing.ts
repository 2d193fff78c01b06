import type { Address } from "@berth/protocol"
import type { BundlePiece } from "../bill/assemble-bundle.ts"
import { type Bill, type BilledTab, type BillSource, makeBill, TabUse } from "../bill/bill.ts"
import { bundleHead, TabBundler } from "../bill/bundle.ts"
import { readClosePayments, readSettlements } from "../chain/settlements.ts"
import type { BerthClient } from "../client.ts"
import type { ReceiptRows } from "../store/receipt-rows.ts"
import type { LeaseBook } from "./lease-book.ts"

/** What bills are made from. */
export interface BillingModules {
  readonly client: BerthClient
  readonly book: Pick<LeaseBook, "ofTab">
  readonly store: { readonly receipts: Pick<ReceiptRows, "slices" | "slicesBefore" | "last"> }
}

/** A tab to be billed. */
export interface BillableTab {
  readonly node: Address
  readonly signer: Address
}

/**
 * The bill of some tabs, of one day or of all. Receipts are read in slices, and of one day only those of that day: whoever bills signs in between.
 * @throws BerthError `rpc`
 */
export async function billOf(m: BillingModules, tabs: readonly BillableTab[], signers: readonly Address[], day?: number): Promise<Bill> {
  const [settlements, closes] = await Promise.all([readSettlements(m.client, signers), readClosePayments(m.client, signers)])
  const billed: BilledTab[] = []
  for (const tab of tabs) {
    const paidAtClose = closes.find((c) => c.signer === tab.signer && c.node === tab.node)?.paid
    const lastSeq = m.store.receipts.last(tab.signer)?.seq ?? 0
    billed.push({ source: sourceOf(m, tab), use: await useOf(m, tab.signer, day), lastSeq, paidAtClose })
  }
  return makeBill(billed, settlements)
}

/** The bundle of some tabs, up to and with a day, piece by piece. */
export async function* bundleOf(
  m: BillingModules,
  tabs: readonly BillableTab[],
  tenant: Address,
  day?: number,
): AsyncGenerator<BundlePiece> {
  for (const tab of tabs) {
    const bundler = new TabBundler(m.client.market, sourceOf(m, tab))
    for await (const rows of m.store.receipts.slices(tab.signer, { ...(day !== undefined && { to: day }) })) yield* bundler.take(rows)
    yield* bundler.end()
  }
  yield bundleHead(m.client.deployment, tenant)
}

function sourceOf({ book }: BillingModules, { node, signer }: BillableTab): BillSource {
  return { node, signer, leases: book.ofTab(signer) }
}

async function useOf({ store: { receipts } }: BillingModules, signer: Address, day: number | undefined): Promise<TabUse> {
  const use = new TabUse()
  let first: number | undefined
  for await (const rows of receipts.slices(signer, day === undefined ? {} : { from: day, to: day })) {
    first ??= rows[0]!.seq
    use.take(rows)
  }
  if (first === undefined || use.begun.size === 0) return use
  // Back from the day's begin, until each lease that went on over it has shown what it had worked by then.
  for await (const rows of receipts.slicesBefore(signer, first)) {
    for (const { proposal } of rows)
      for (const { leaseNo, cumulativeMs } of proposal.records.toReversed()) use.hadWorked(leaseNo, cumulativeMs)
    if (use.begun.size === 0) break
  }
  return use
}
