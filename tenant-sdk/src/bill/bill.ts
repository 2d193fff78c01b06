import type { Address, PrivateTerms } from "@berth/protocol"
import type { Hex } from "viem"
import type { Settlement } from "../chain/settlements.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { ReceiptRow } from "../store/receipt-rows.ts"

/** What one lease used on one day. Credits and milliseconds. */
export interface BillLine {
  readonly day: number
  readonly node: Address
  readonly signer: Address
  readonly leaseId: Hex
  readonly leaseNo: number
  readonly image: string
  readonly class: string
  readonly count: number
  readonly price: bigint
  readonly activeMs: bigint
  readonly amount: bigint
}

/** A tab's day: its last countersigned receipt, and what was settled of it. */
export interface BillStatement {
  readonly day: number
  readonly node: Address
  readonly signer: Address
  readonly seq: number
  readonly receipts: number
  /** Over the tab's whole life. */
  readonly gpuMs: bigint
  readonly used: bigint
  readonly amount: bigint
  /** Settled on chain that names this day; undefined while nothing was. */
  readonly settled: { readonly amount: bigint; readonly paid: bigint } | undefined
  /** Paid by the tab's close; 0 on all but its last day. */
  readonly paidAtClose: bigint
  /** Credits above `used` that the chain has paid: paid ahead or under a standing order, and not worked. */
  readonly paidAhead: bigint
}

/** What tabs cost, by day and lease, and what of it was settled. Credits and milliseconds; `total.settled` counts closes too. */
export interface Bill {
  readonly lines: readonly BillLine[]
  readonly statements: readonly BillStatement[]
  readonly total: { readonly activeMs: bigint; readonly amount: bigint; readonly settled: bigint }
}

/** What a tab's bill is made from. */
export interface BillSource {
  readonly node: Address
  readonly signer: Address
  readonly leases: ReadonlyMap<number, LeaseRow>
  readonly receipts: readonly ReceiptRow[]
  /** What the tab's close paid the node, if it was closed. */
  readonly paidAtClose?: bigint | undefined
}

/** The bill of some tabs, by day and lease. Pure. `day`: only that one. */
export function makeBill(sources: readonly BillSource[], settlements: readonly Settlement[], day?: number): Bill {
  const only = <T extends { day: number }>(rows: T[]) => rows.filter((r) => day === undefined || r.day === day)
  const lines = only(sources.flatMap(linesOf)).sort((a, b) => a.day - b.day || (a.node < b.node ? -1 : 1) || a.leaseNo - b.leaseNo)
  const statements = only(sources.flatMap((s) => statementsOf(s, settlements))).sort((a, b) => a.day - b.day)
  const sum = (values: bigint[]) => values.reduce((total, v) => total + v, 0n)
  return {
    lines,
    statements,
    total: {
      activeMs: sum(lines.map((l) => l.activeMs)),
      amount: sum(lines.map((l) => l.amount)),
      settled: sum(statements.map((s) => (s.settled?.paid ?? 0n) + s.paidAtClose)),
    },
  }
}

function linesOf(source: BillSource): BillLine[] {
  const lines = new Map<string, { day: number; leaseNo: number; activeMs: bigint; amount: bigint }>()
  const before = new Map<number, bigint>()
  for (const { day, proposal } of source.receipts) {
    for (const record of proposal.records) {
      const key = `${day}/${record.leaseNo}`
      const line = lines.get(key) ?? { day, leaseNo: record.leaseNo, activeMs: 0n, amount: 0n }
      line.activeMs += record.cumulativeMs - (before.get(record.leaseNo) ?? 0n)
      line.amount += record.amount
      before.set(record.leaseNo, record.cumulativeMs)
      lines.set(key, line)
    }
  }
  return [...lines.values()].flatMap((line) => {
    const lease = source.leases.get(line.leaseNo)
    if (!lease) return []
    const { class: gpuClass, count, price } = lease.terms
    const { image } = JSON.parse(lease.privateTerms) as PrivateTerms
    return [{ ...line, node: source.node, signer: source.signer, leaseId: lease.leaseId, image, class: gpuClass, count, price }]
  })
}

function statementsOf(source: BillSource, settlements: readonly Settlement[]): BillStatement[] {
  const days = new Map<number, { last: ReceiptRow; receipts: number }>()
  for (const row of source.receipts) days.set(row.day, { last: row, receipts: (days.get(row.day)?.receipts ?? 0) + 1 })
  const mine = settlements.filter((s) => s.signer === source.signer && s.node === source.node)
  return [...days].map(([day, { last, receipts }]) => {
    const { gpuMs, used, amount, seq } = last.proposal
    const ofDay = mine.filter((s) => s.day === day)
    const paid = ofDay.reduce((sum, s) => sum + s.paid, 0n)
    const highest = ofDay.reduce((most, s) => (s.amount > most ? s.amount : most), 0n)
    return {
      day,
      node: source.node,
      signer: source.signer,
      seq,
      receipts,
      gpuMs,
      used,
      amount,
      settled: ofDay.length > 0 ? { amount: highest, paid } : undefined,
      paidAtClose: last === source.receipts.at(-1) ? (source.paidAtClose ?? 0n) : 0n,
      paidAhead: highest > used ? highest - used : 0n,
    }
  })
}
