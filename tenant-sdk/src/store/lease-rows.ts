import type { DatabaseSync } from "node:sqlite"
import { type Address, bytesToHex, hexToBytes, type LeaseState, type Market, type PublicTerms } from "@berth/protocol"
import type { Hex } from "viem"
import type { ClockMark } from "../agent/clock.ts"

/** What the node last said of a lease. `quoted`: asked for, not yet accepted. */
export interface LeaseProgress {
  readonly state: LeaseState
  readonly reason: string
  readonly exitCode: number | undefined
  readonly detail: string
  readonly activeMs: bigint
  readonly pulledBytes: bigint
  readonly pullTotalBytes: bigint
  readonly imageId: string
  /** The node's engine does not answer: the state is the last one known. */
  readonly unknown: boolean
}

/** A lease as the agent keeps it: everything that was signed, and what became of it. */
export interface LeaseRow {
  readonly leaseId: Hex
  readonly signer: Address
  readonly leaseNo: number
  /** 16 bytes. */
  readonly clientId: Hex
  readonly terms: PublicTerms
  /** Canonical JSON. */
  readonly privateTerms: string
  /** The encoded SignedQuote. */
  readonly quote: Uint8Array
  readonly signature: Uint8Array
  readonly nodeSignature: Uint8Array | undefined
  /** When the opening was first sent: nothing can have run before. */
  readonly sent: ClockMark
  /** When we learned that it had ended: nothing can have run after. */
  readonly ended: ClockMark | undefined
  /** When the tenant first asked for its end: whatever the node says, nothing is owed that ran a window after. */
  readonly stopAsked: ClockMark | undefined
  readonly progress: LeaseProgress
}

/** As SQLite gives it back. */
type RawLease = Pick<LeaseRow, "leaseId" | "signer" | "leaseNo" | "clientId" | "privateTerms" | "quote" | "signature"> & {
  readonly terms: string
  readonly nodeSignature: Uint8Array | null
  readonly sent: string
  readonly ended: string | null
  readonly stopAsked: string | null
  readonly status: string
}

/** The leases of one market. */
export class LeaseRows {
  readonly #db: DatabaseSync
  readonly #key: [number, string]

  constructor(db: DatabaseSync, market: Market) {
    this.#db = db
    this.#key = [market.chainId, market.contract.toLowerCase()]
  }

  all(): LeaseRow[] {
    const rows = this.#db.prepare("SELECT * FROM leases WHERE chainId = ? AND contract = ? ORDER BY rowid").all(...this.#key)
    return (rows as unknown as RawLease[]).map(({ status, ...row }) => ({
      ...row,
      terms: decodeTerms(row.terms),
      nodeSignature: row.nodeSignature ?? undefined,
      sent: JSON.parse(row.sent),
      ended: row.ended ? JSON.parse(row.ended) : undefined,
      stopAsked: row.stopAsked ? JSON.parse(row.stopAsked) : undefined,
      progress: decodeProgress(status),
    }))
  }

  insert(row: LeaseRow): void {
    this.#db
      .prepare("INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        ...this.#key,
        row.leaseId,
        row.signer,
        row.leaseNo,
        row.clientId,
        encodeTerms(row.terms),
        row.privateTerms,
        row.quote,
        row.signature,
        row.nodeSignature ?? null,
        JSON.stringify(row.sent),
        markText(row.ended),
        encodeProgress(row.progress),
        markText(row.stopAsked),
      )
  }

  remove(leaseId: Hex): void {
    this.#db.prepare("DELETE FROM leases WHERE chainId = ? AND contract = ? AND leaseId = ?").run(...this.#key, leaseId)
  }

  update(row: Pick<LeaseRow, "leaseId" | "nodeSignature" | "ended" | "stopAsked" | "progress">): void {
    const { nodeSignature = null, ended, stopAsked, progress, leaseId } = row
    this.#db
      .prepare(
        "UPDATE leases SET nodeSignature = ?, ended = ?, stopAsked = ?, status = ? WHERE chainId = ? AND contract = ? AND leaseId = ?",
      )
      .run(nodeSignature, markText(ended), markText(stopAsked), encodeProgress(progress), ...this.#key, leaseId)
  }
}

const markText = (mark: ClockMark | undefined): string | null => (mark ? JSON.stringify(mark) : null)

function encodeTerms(t: PublicTerms): string {
  return JSON.stringify({ ...t, tab: bytesToHex(t.tab), price: `${t.price}`, start: `${t.start}` })
}

function decodeTerms(text: string): PublicTerms {
  const t = JSON.parse(text)
  return { ...t, tab: hexToBytes(t.tab), price: BigInt(t.price), start: BigInt(t.start) }
}

function encodeProgress(p: LeaseProgress): string {
  return JSON.stringify(p, (_, v) => (typeof v === "bigint" ? `${v}` : v))
}

function decodeProgress(text: string): LeaseProgress {
  const p = JSON.parse(text)
  return {
    ...p,
    exitCode: p.exitCode,
    activeMs: BigInt(p.activeMs),
    pulledBytes: BigInt(p.pulledBytes),
    pullTotalBytes: BigInt(p.pullTotalBytes),
  }
}
