import { packServed, unpackServed } from "@berth/protocol"
import type { Hex } from "viem"
import type { Reservation, StoredClaim } from "../reservations/reservation.ts"
import type { Journal } from "./journal.ts"

const WHERE = "chain_id=:chain AND contract=:contract"
const CURSOR = "reservations_read_to"

/** Reservations as last read from the chain, and the claims that agents handed in. */
export class ReservationStore {
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  all(): Reservation[] {
    return this.#journal.all<{ seen: string }>(`SELECT seen FROM reservations WHERE ${WHERE} ORDER BY id`).map(({ seen }) => decode(seen))
  }

  /** The block up to which events were read; undefined before the first time. */
  get cursor(): bigint | undefined {
    const row = this.#journal.get<{ value: string }>(`SELECT value FROM settings WHERE ${WHERE} AND name='${CURSOR}'`)
    return row && BigInt(row.value)
  }

  /** What one look at the chain found, all of it or nothing. */
  save(seen: readonly Reservation[], gone: readonly Hex[], cursor: bigint): void {
    this.#journal.transaction(() => {
      for (const r of seen)
        this.#journal.run(
          `INSERT INTO reservations (chain_id, contract, id, seen) VALUES (:chain, :contract, :id, :seen)
           ON CONFLICT DO UPDATE SET seen=excluded.seen`,
          { id: r.id, seen: encode(r) },
        )
      for (const id of gone) this.#journal.run(`DELETE FROM reservations WHERE ${WHERE} AND id=:id`, { id })
      this.#journal.run(
        `INSERT INTO settings (chain_id, contract, name, value) VALUES (:chain, :contract, '${CURSOR}', :value)
         ON CONFLICT DO UPDATE SET value=excluded.value`,
        { value: cursor.toString() },
      )
    })
  }

  claims(): StoredClaim[] {
    return this.#journal
      .all<{ reservation: string; first_day: number; served: Uint8Array; signature: Uint8Array }>(
        `SELECT * FROM day_claims WHERE ${WHERE} ORDER BY reservation, first_day`,
      )
      .map((row) => ({
        reservation: row.reservation as Hex,
        firstDay: row.first_day,
        minutes: unpackServed(row.served),
        signature: row.signature,
      }))
  }

  /** Keeps a claim in the place of others. */
  putClaim(claim: StoredClaim, instead: readonly StoredClaim[]): void {
    this.#journal.transaction(() => {
      this.#dropClaims(instead)
      this.#journal.run(
        `INSERT INTO day_claims (chain_id, contract, reservation, first_day, served, signature)
         VALUES (:chain, :contract, :reservation, :first_day, :served, :signature)`,
        { ...keyOf(claim), signature: claim.signature },
      )
    })
  }

  dropClaims(claims: readonly StoredClaim[]): void {
    if (claims.length > 0) this.#journal.transaction(() => this.#dropClaims(claims))
  }

  #dropClaims(claims: readonly StoredClaim[]): void {
    for (const claim of claims)
      this.#journal.run(
        `DELETE FROM day_claims WHERE ${WHERE} AND reservation=:reservation AND first_day=:first_day AND served=:served`,
        keyOf(claim),
      )
  }
}

function keyOf({ reservation, firstDay, minutes }: StoredClaim) {
  return { reservation, first_day: firstDay, served: packServed(minutes) }
}

const BIG = ["pricePerDay", "collateralPerDay", "resolved"] as const

function encode(r: Reservation): string {
  return JSON.stringify(r, (_, v) => (typeof v === "bigint" ? v.toString() : v))
}

function decode(text: string): Reservation {
  const r = JSON.parse(text)
  return { ...r, ...Object.fromEntries(BIG.map((field) => [field, BigInt(r[field])])) }
}
