import { bytesToHex, hexToBytes, type LeaseReason, type LeaseState } from "@berth/protocol"
import type { LeaseDeal, LeaseRow } from "../lease/lease.ts"
import type { LeaseId } from "../runner/runner.ts"
import type { Journal } from "./journal.ts"

interface StoredLease {
  lease_id: string
  tab: string
  terms: string
  state: string
  reason: string | null
  detail: string
  exit_code: number | null
  end_wish: string | null
  image_id: string
  active_ms: string
  forgiven_ms: string
  ended_at: number | null
  removed: number
}

const WHERE = "chain_id=:chain AND contract=:contract"
const CHANGE = `UPDATE leases SET state=:state, reason=:reason, detail=:detail, exit_code=:exit_code, end_wish=:end_wish,
  image_id=:image_id, active_ms=:active_ms, forgiven_ms=:forgiven_ms, ended_at=:ended_at, removed=:removed WHERE ${WHERE} AND lease_id=:lease_id`

/** Leases in the journal. */
export class LeaseStore {
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Leases whose container may still be there, and those of tabs named: what a node needs in memory. */
  load(): LeaseRow[] {
    return this.#journal.all<StoredLease>(`SELECT * FROM leases WHERE ${WHERE} AND removed=0`).map(decode)
  }

  ofTab(tab: string): LeaseRow[] {
    return this.#journal.all<StoredLease>(`SELECT * FROM leases WHERE ${WHERE} AND tab=:tab ORDER BY lease_no`, { tab }).map(decode)
  }

  find(leaseId: LeaseId): LeaseRow | undefined {
    const row = this.#journal.get<StoredLease>(`SELECT * FROM leases WHERE ${WHERE} AND lease_id=:id`, { id: leaseId })
    return row && decode(row)
  }

  insert(row: LeaseRow): void {
    this.#journal.run(
      `INSERT INTO leases (chain_id, contract, lease_id, tab, lease_no, terms, state, reason, detail, exit_code, end_wish, image_id, active_ms, forgiven_ms, ended_at, removed)
       VALUES (:chain, :contract, :lease_id, :tab, :lease_no, :terms, :state, :reason, :detail, :exit_code, :end_wish, :image_id, :active_ms, :forgiven_ms, :ended_at, :removed)`,
      { ...changing(row), tab: row.deal.tab, lease_no: row.deal.terms.leaseNo, terms: encodeDeal(row.deal) },
    )
  }

  update(row: LeaseRow): void {
    this.#journal.run(CHANGE, changing(row))
  }
}

function changing(row: LeaseRow) {
  return {
    lease_id: row.deal.leaseId,
    state: row.state,
    reason: row.reason,
    detail: row.detail,
    exit_code: row.exitCode,
    end_wish: row.endWish,
    image_id: row.imageId,
    active_ms: row.activeMs.toString(),
    forgiven_ms: row.forgivenMs.toString(),
    ended_at: row.endedAt,
    removed: row.removed ? 1 : 0,
  }
}

function encodeDeal({ leaseId: _, tab: __, ...deal }: LeaseDeal): string {
  return JSON.stringify({ ...deal, terms: { ...deal.terms, tab: undefined } }, (_key, value) =>
    typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? bytesToHex(value) : value,
  )
}

function decode(row: StoredLease): LeaseRow {
  const { terms, nodeSignature, ...deal } = JSON.parse(row.terms)
  const big = (text: string) => BigInt(text.slice(0, -1))
  return {
    deal: {
      ...deal,
      leaseId: row.lease_id,
      tab: row.tab,
      terms: { ...terms, tab: hexToBytes(row.tab as LeaseId), price: big(terms.price), start: big(terms.start) },
      startPrice: big(deal.startPrice),
      pullLimit: big(deal.pullLimit),
      nodeSignature: hexToBytes(nodeSignature),
    },
    state: row.state as LeaseState,
    reason: row.reason as LeaseReason | null,
    detail: row.detail,
    exitCode: row.exit_code,
    endWish: row.end_wish as LeaseReason | null,
    imageId: row.image_id,
    activeMs: BigInt(row.active_ms),
    forgivenMs: BigInt(row.forgiven_ms),
    endedAt: row.ended_at,
    removed: row.removed === 1,
  }
}
