import { type Address, dayOf } from "@berth/protocol"
import type { Hex } from "viem"
import type { ChainWatcher } from "../chain/watcher.ts"
import type { LiveLease } from "../lease/live-lease.ts"
import type { ReservationStore } from "../store/reservation-store.ts"
import type { DeniedDays } from "./denied-days.ts"
import { isReserved, type Reservation, reservedOn, type StoredClaim, signerOn } from "./reservation.ts"

export interface ReservationBookModules {
  readonly store: ReservationStore
  /** For its time: days are chain time. */
  readonly chain: Pick<ChainWatcher, "head">
  readonly denied: DeniedDays
}

/** This node's reservations in memory, as the journal has them: what the chain said last, and the claims that were handed in. */
export class ReservationBook {
  readonly #modules: ReservationBookModules
  readonly #byId = new Map<Hex, Reservation>()
  readonly #claims = new Map<Hex, StoredClaim[]>()

  constructor(modules: ReservationBookModules) {
    this.#modules = modules
    for (const r of modules.store.all()) this.#byId.set(r.id, r)
    for (const claim of modules.store.claims()) this.#claims.set(claim.reservation, [...this.claimsOf(claim.reservation), claim])
  }

  /** UTC day of chain time; undefined before the first block was seen. */
  get today(): number | undefined {
    const { head } = this.#modules.chain
    return head && dayOf(head.timestamp)
  }

  all(): Reservation[] {
    return [...this.#byId.values()]
  }

  find(id: Hex): Reservation | undefined {
    return this.#byId.get(id)
  }

  /** GPUs of a class that are reserved today. */
  reservedToday(gpuClass: string): number {
    return this.today === undefined ? 0 : reservedOn(this.#byId.values(), gpuClass, this.today)
  }

  /** A reservation that a signer may use today, if there is one. */
  heldBy(signer: Address): Reservation | undefined {
    const { today } = this
    if (today === undefined) return undefined
    return this.all().find((r) => isReserved(r, today) && signerOn(r, today) === signer)
  }

  /** Why a reservation is not served, though it is paid for: days of it that were served are denied. */
  denial(r: Reservation): string | undefined {
    return this.today === undefined ? undefined : this.#modules.denied.why(r, this.today, this.claimsOf(r.id))
  }

  /** Whether an account holds a reservation whose days are denied, or held it then. */
  isDenier(account: Address): boolean {
    return this.#modules.denied.deniedBy(account) || this.all().some((r) => r.holder === account && this.denial(r) !== undefined)
  }

  /** Whether others have posted less for days of it than was counted here. */
  isUndercut(id: Hex): boolean {
    return this.#modules.denied.of(id).length > 0
  }

  /** Whether a reservation still covers a lease. What was not read yet is unknown, and ends nothing. */
  covers({ row: { deal } }: LiveLease): boolean {
    if (!deal.reservation || this.today === undefined) return true
    const r = this.#byId.get(deal.reservation)
    if (!r || !isReserved(r, this.today) || this.denial(r) !== undefined) return false
    return (signerOn(r, this.today) ?? deal.signer) === deal.signer
  }

  /** Before a look at the chain is taken: what it resolved since the last, and `paid` of it, against what was counted here. */
  compare(r: Reservation, paid: ReadonlyMap<number, number>): void {
    const old = this.#byId.get(r.id)
    if (old) this.#modules.denied.compare(old, r, paid, this.claimsOf(r.id))
  }

  /** What one look at the chain found; stored before it is believed. */
  take(seen: readonly Reservation[], gone: readonly Hex[], cursor: bigint): void {
    this.#modules.store.save(seen, gone, cursor)
    for (const r of seen) this.#byId.set(r.id, r)
    for (const id of gone) this.#byId.delete(id)
  }

  claimsOf(id: Hex): readonly StoredClaim[] {
    return this.#claims.get(id) ?? []
  }

  /** Keeps a claim, in the place of those that it makes needless. */
  keep(claim: StoredClaim, instead: readonly StoredClaim[]): void {
    this.#modules.store.putClaim(claim, instead)
    this.#claims.set(claim.reservation, [...this.claimsOf(claim.reservation).filter((c) => !instead.includes(c)), claim])
  }

  /** Drops claims that say nothing any more. */
  drop(id: Hex, claims: readonly StoredClaim[]): void {
    this.#modules.store.dropClaims(claims)
    this.#claims.set(
      id,
      this.claimsOf(id).filter((c) => !claims.includes(c)),
    )
  }
}
