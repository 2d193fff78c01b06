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

/** A tab whose bill is made. */
export interface BillSource {
  readonly node: Address
  readonly signer: Address
  readonly leases: ReadonlyMap<number, LeaseRow>
}

/** A tab with what its receipts say. */
export interface BilledTab {
  readonly source: BillSource
  readonly use: TabUse
  /** Seq of the tab's last receipt: what its close paid is shown on that day. */
  readonly lastSeq: number
  /** What the tab's close paid the node, if it was closed. */
  readonly paidAtClose?: bigint | undefined
}

interface UseLine {
  readonly day: number
  readonly leaseNo: number
  activeMs: bigint
  amount: bigint
}

/** What a tab's receipts say, by day and lease: takes them piece by piece and keeps the sums. */
export class TabUse {
  readonly lines = new Map<string, UseLine>()
  readonly days = new Map<number, { last: ReceiptRow; receipts: number }>()
  readonly #ms = new Map<number, bigint>()
  /** The first line of each lease that was opened before the first receipt taken. */
  readonly #begun = new Map<number, UseLine>()

  /** Leases whose time before the first receipt taken is not known. */
  get begun(): ReadonlySet<number> {
    return new Set(this.#begun.keys())
  }

  /** The next receipts, in order. */
  take(rows: readonly ReceiptRow[]): void {
    for (const row of rows) {
      this.days.set(row.day, { last: row, receipts: (this.days.get(row.day)?.receipts ?? 0) + 1 })
      for (const { leaseNo } of row.proposal.terms) this.#ms.set(leaseNo, 0n)
      for (const { leaseNo, cumulativeMs, amount } of row.proposal.records) {
        const key = `${row.day}/${leaseNo}`
        const line = this.lines.get(key) ?? { day: row.day, leaseNo, activeMs: 0n, amount: 0n }
        const before = this.#ms.get(leaseNo)
        if (before === undefined) this.#begun.set(leaseNo, line)
        line.activeMs += cumulativeMs - (before ?? 0n)
        line.amount += amount
        this.#ms.set(leaseNo, cumulativeMs)
        this.lines.set(key, line)
      }
    }
  }

  /** What a lease had worked in all before the first receipt taken. */
  hadWorked(leaseNo: number, cumulativeMs: bigint): void {
    const line = this.#begun.get(leaseNo)
    if (line) line.activeMs -= cumulativeMs
    this.#begun.delete(leaseNo)
  }
}

/** The bill of some tabs, by day and lease. Pure. */
export function makeBill(tabs: readonly BilledTab[], settlements: readonly Settlement[]): Bill {
  const lines = tabs.flatMap(linesOf).sort((a, b) => a.day - b.day || (a.node < b.node ? -1 : 1) || a.leaseNo - b.leaseNo)
  const statements = tabs.flatMap((s) => statementsOf(s, settlements)).sort((a, b) => a.day - b.day)
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

function linesOf({ source, use }: BilledTab): BillLine[] {
  return [...use.lines.values()].flatMap((line) => {
    const lease = source.leases.get(line.leaseNo)
    if (!lease) return []
    const { class: gpuClass, count, price } = lease.terms
    const { image } = JSON.parse(lease.privateTerms) as PrivateTerms
    return [{ ...line, node: source.node, signer: source.signer, leaseId: lease.leaseId, image, class: gpuClass, count, price }]
  })
}

function statementsOf({ source, use, lastSeq, paidAtClose = 0n }: BilledTab, settlements: readonly Settlement[]): BillStatement[] {
  const mine = settlements.filter((s) => s.signer === source.signer && s.node === source.node)
  return [...use.days].map(([day, { last, receipts }]) => {
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
      paidAtClose: seq === lastSeq ? paidAtClose : 0n,
      paidAhead: highest > used ? highest - used : 0n,
    }
  })
}
