import type { DatabaseSync } from "node:sqlite"
import type { Address, Market } from "@berth/protocol"
import type { Hex } from "viem"

/** A reservation whose days this agent signs for. Its key follows from the profile's and the id. */
export interface ReservationRow {
  /** 0x hex of 32 bytes. */
  readonly id: Hex
  readonly node: Address
  /** Nothing is signed for it: its tenant said so. */
  readonly silent: boolean
}

/** What was seen of one UTC day. */
export interface DayRow {
  /** A bit for each of its 1,440 minutes, lowest first: set where the node was missed. */
  readonly missed: Uint8Array
  /** Minutes signed as served: from then on no others are ever signed. */
  readonly signed: number | undefined
}

/** The reservations of one market, and their days. */
export class ReservationRows {
  readonly #db: DatabaseSync
  readonly #key: [number, string]

  constructor(db: DatabaseSync, market: Market) {
    this.#db = db
    this.#key = [market.chainId, market.contract.toLowerCase()]
  }

  all(): ReservationRow[] {
    const rows = this.#db
      .prepare("SELECT id, node, silent FROM reservations WHERE chainId = ? AND contract = ? ORDER BY rowid")
      .all(...this.#key) as unknown as (Omit<ReservationRow, "silent"> & { silent: number })[]
    return rows.map((row) => ({ ...row, silent: row.silent === 1 }))
  }

  insert({ id, node, silent }: ReservationRow): void {
    this.#db.prepare("INSERT OR IGNORE INTO reservations VALUES (?, ?, ?, ?, ?)").run(...this.#key, id, node, silent ? 1 : 0)
  }

  setSilent(id: Hex, silent: boolean): void {
    this.#db
      .prepare("UPDATE reservations SET silent = ? WHERE chainId = ? AND contract = ? AND id = ?")
      .run(silent ? 1 : 0, ...this.#key, id)
  }

  days(id: Hex): Map<number, DayRow> {
    const rows = this.#db
      .prepare("SELECT day, missed, signed FROM reservedDays WHERE chainId = ? AND contract = ? AND id = ? ORDER BY day")
      .all(...this.#key, id) as unknown as { day: number; missed: Uint8Array; signed: number | null }[]
    return new Map(rows.map(({ day, missed, signed }) => [day, { missed: Uint8Array.from(missed), signed: signed ?? undefined }]))
  }

  /** All of them or none. A day that is signed stays as it was signed. */
  saveDays(id: Hex, days: ReadonlyMap<number, DayRow>): void {
    const save = this.#db.prepare(
      `INSERT INTO reservedDays VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET missed = excluded.missed, signed = excluded.signed WHERE signed IS NULL`,
    )
    this.#db.exec("BEGIN IMMEDIATE")
    try {
      for (const [day, { missed, signed }] of days) save.run(...this.#key, id, day, missed, signed ?? null)
      this.#db.exec("COMMIT")
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK")
      throw error
    }
  }
}
