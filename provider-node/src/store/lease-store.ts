import { bytesToHex, hexToBytes, type LeaseReason, type LeaseState, type PrivateTerms } from "@berth/protocol"
import type { LeaseDeal, LeaseRow } from "../lease/lease.ts"
import type { LeaseId } from "../runner/runner.ts"
import type { Journal } from "./journal.ts"

interface StoredLease {
  lease_id: string
  tab: string
  terms: string
  private_terms: string | null
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
const SELECT = `SELECT leases.*, private_terms.terms AS private_terms
  FROM leases LEFT JOIN private_terms USING (chain_id, contract, lease_id) WHERE ${WHERE}`
const CHANGE = `UPDATE leases SET state=:state, reason=:reason, detail=:detail, exit_code=:exit_code, end_wish=:end_wish,
  image_id=:image_id, active_ms=:active_ms, forgiven_ms=:forgiven_ms, ended_at=:ended_at, removed=:removed WHERE ${WHERE} AND lease_id=:lease_id`

/**
 * Spaces before the private terms, which JSON allows: of a text that does not fit a page SQLite keeps the first bytes, 1,002 at most, beside those of
 * other rows and the rest on pages of its own, which it overwrites when the row goes. What shares a page is copied when pages are split, and the
 * copies stay: of 3,000 leases removed without this some 2 were still to be read in the file.
 */
const APART = " ".repeat(4_096)

/**
 * Leases in the journal. A lease's row is kept: bills and receipts name it. Of what its tenant ran, command and environment, only the image's name
 * is kept when the lease is removed.
 */
export class LeaseStore {
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Leases whose container may still be there, and those of tabs named: what a node needs in memory. */
  load(): LeaseRow[] {
    return this.#journal.all<StoredLease>(`${SELECT} AND removed=0`).map(decode)
  }

  ofTab(tab: string): LeaseRow[] {
    return this.#journal.all<StoredLease>(`${SELECT} AND tab=:tab ORDER BY lease_no`, { tab }).map(decode)
  }

  find(leaseId: LeaseId): LeaseRow | undefined {
    const row = this.#journal.get<StoredLease>(`${SELECT} AND lease_id=:id`, { id: leaseId })
    return row && decode(row)
  }

  insert(row: LeaseRow): void {
    this.#journal.transaction(() => {
      this.#journal.run(
        `INSERT INTO leases (chain_id, contract, lease_id, tab, lease_no, terms, state, reason, detail, exit_code, end_wish, image_id, active_ms, forgiven_ms, ended_at, removed)
       VALUES (:chain, :contract, :lease_id, :tab, :lease_no, :terms, :state, :reason, :detail, :exit_code, :end_wish, :image_id, :active_ms, :forgiven_ms, :ended_at, :removed)`,
        { ...changing(row), tab: row.deal.tab, lease_no: row.deal.terms.leaseNo, terms: encodeDeal(row.deal) },
      )
      this.#journal.run("INSERT INTO private_terms (chain_id, contract, lease_id, terms) VALUES (:chain, :contract, :lease_id, :terms)", {
        lease_id: row.deal.leaseId,
        terms: APART + JSON.stringify(row.deal.privateTerms),
      })
    })
  }

  /** The lease's container is gone, and so goes what was to run in it. */
  remove(row: LeaseRow): void {
    this.#journal.transaction(() => {
      row.removed = true
      row.deal = { ...row.deal, privateTerms: keptOf(row.deal.privateTerms) }
      this.update(row)
      this.#journal.run(`DELETE FROM private_terms WHERE ${WHERE} AND lease_id=:lease_id`, { lease_id: row.deal.leaseId })
    })
  }

  /** Takes what `remove` deleted out of the journal's log as well. @returns false while another process reads the journal */
  wipe(): boolean {
    return this.#journal.emptyLog()
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

/** What a node may have to answer for later is which image it ran. */
function keptOf({ image }: PrivateTerms): PrivateTerms {
  return { image }
}

function encodeDeal({ leaseId: _, tab: __, privateTerms, ...deal }: LeaseDeal): string {
  return JSON.stringify({ ...deal, privateTerms: keptOf(privateTerms), terms: { ...deal.terms, tab: undefined } }, (_key, value) =>
    typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? bytesToHex(value) : value,
  )
}

function decode(row: StoredLease): LeaseRow {
  const { terms, nodeSignature, ...deal } = JSON.parse(row.terms)
  const big = (text: string) => BigInt(text.slice(0, -1))
  return {
    deal: {
      ...deal,
      ...(row.private_terms !== null && { privateTerms: JSON.parse(row.private_terms) }),
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
