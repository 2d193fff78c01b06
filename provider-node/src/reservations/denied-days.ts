import { type Address, LEAST_MINUTES } from "@berth/protocol"
import type { Logger } from "pino"
import type { Hex } from "viem"
import type { DenialStore, DeniedDay } from "../store/denial-store.ts"
import { isResolved, minutesOf, openDays, type Reservation, type StoredClaim } from "./reservation.ts"

export interface DeniedDaysModules {
  readonly store: DenialStore
  readonly log: Logger
}

/** Of few minutes nothing is proved, and agents sign 0 for them; less than half of what was counted is no difference between two clocks. */
const isDenial = (minutes: number, counted: number) => counted >= LEAST_MINUTES && minutes * 2 < counted

/**
 * Days that a holder had and denies: each further day would be a gift, so its reservation is served no more. It stays with the reservation,
 * whoever holds it: else a transfer to another account of the same holder would end it.
 */
export class DeniedDays {
  readonly #allowed: ReadonlySet<string>
  readonly #modules: DeniedDaysModules
  readonly #byId = new Map<Hex, DeniedDay[]>()
  /** Minutes used, by reservation and day, of days that were over for a day: no receipt of theirs comes any more. */
  readonly #used = new Map<string, number>()

  /** @param allowed reservations that the operator wants served all the same */
  constructor(allowed: readonly string[], modules: DeniedDaysModules) {
    this.#allowed = new Set(allowed.map((id) => id.toLowerCase()))
    this.#modules = modules
    for (const denied of modules.store.all()) this.#remember(denied)
  }

  /** Days that were resolved on chain for less than was counted here, by any difference. */
  of(id: Hex): readonly DeniedDay[] {
    return this.#byId.get(id) ?? []
  }

  /**
   * Compares what the chain resolved since the last look with what was counted here.
   * @param paid minutes of each day that was paid; what was resolved otherwise has lapsed
   * @param claims as handed in by the signer. One that is here still and lapsed was ours to post, and denies nothing
   */
  compare(old: Reservation, r: Reservation, paid: ReadonlyMap<number, number>, claims: readonly StoredClaim[]): void {
    for (let day = old.openDay; day < r.endDay; day++) {
      if (isResolved(old, day) || !isResolved(r, day)) continue
      const minutes = paid.get(day)
      const signed = signedFor(claims, day)
      if (minutes === undefined && signed !== undefined) continue
      const counted = Math.max(signed ?? 0, this.#modules.store.usedMinutes(r.id, r.gpus, day))
      if ((minutes ?? 0) < counted) this.#note({ reservation: r.id, day, minutes: minutes ?? 0, counted, holder: r.holder })
    }
  }

  /** Why a reservation is not served; undefined when nothing speaks against it. */
  why(r: Reservation, today: number, claims: readonly StoredClaim[]): string | undefined {
    if (this.#allowed.has(r.id)) return undefined
    const denied = this.of(r.id).find(({ minutes, counted }) => isDenial(minutes, counted))
    if (denied)
      return `the chain has ${denied.minutes} minutes for ${dateOf(denied.day)}, ${denied.counted} were counted here: this node serves the reservation no more unless its operator allows it`
    for (const day of openDays(r, today - 1)) {
      const signed = signedFor(claims, day) ?? 0
      const used = this.#usedOn(r, day)
      if (isDenial(signed, used))
        return `of ${dateOf(day)}, when it was used for ${used} minutes, ${signed} are signed for so far: this node serves the reservation when its signer has signed for the day`
    }
    return undefined
  }

  /** Whether an account held a reservation when days of it were denied. */
  deniedBy(holder: Address): boolean {
    return [...this.#byId.entries()].some(
      ([id, days]) => !this.#allowed.has(id) && days.some((d) => d.holder === holder && isDenial(d.minutes, d.counted)),
    )
  }

  #note(denied: DeniedDay): void {
    const { store, log } = this.#modules
    store.add(denied)
    this.#remember(denied)
    const { reservation, day, minutes, counted, holder } = denied
    log.warn({ reservation, holder, day: dateOf(day), minutes, counted }, "a day was resolved for less than was counted here")
  }

  #remember(denied: DeniedDay): void {
    const others = this.of(denied.reservation).filter(({ day }) => day !== denied.day)
    this.#byId.set(denied.reservation, [...others, denied])
  }

  #usedOn({ id, gpus }: Reservation, day: number): number {
    const key = `${id} ${day}`
    const known = this.#used.get(key) ?? this.#modules.store.usedMinutes(id, gpus, day)
    this.#used.set(key, known)
    return known
  }
}

/** The most that any claim gives a day; undefined when none says anything of it. */
function signedFor(claims: readonly StoredClaim[], day: number): number | undefined {
  const said = claims.flatMap((claim) => minutesOf(claim, day) ?? [])
  return said.length > 0 ? Math.max(...said) : undefined
}

const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
