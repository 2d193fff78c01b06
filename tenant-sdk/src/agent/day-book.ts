import { MINUTES_PER_DAY } from "@berth/protocol"
import type { DayRow } from "../store/reservation-rows.ts"

/** Days of a reservation that can be missed: from the first on, up to but not with the last. */
export interface DayRange {
  readonly startDay: number
  readonly endDay: number
}

const BYTES = MINUTES_PER_DAY / 8
const MINUTE = 60n
/** Two looks in vain that are further apart, by the agent's own clock, say nothing of the time between: it was not looking (asleep, off). */
const LONGEST_GAP_MS = 5 * 60_000

/**
 * What one agent saw of one reservation: the minutes in which its node was missed. A minute is missed when the node was asked in vain in it, or
 * between two such askings that follow closely, and answered not once in it. Minutes in which nobody looked count as served. No I/O.
 */
export class DayBook {
  readonly #days: Map<number, DayRow>
  /** The last look, while nothing is known of the time since. */
  #last: { readonly minute: number; readonly served: boolean; readonly clock: number } | undefined
  #served = Number.NEGATIVE_INFINITY

  constructor(days: ReadonlyMap<number, DayRow>) {
    this.#days = new Map(days)
  }

  /**
   * One look at the node.
   * @param now chain time, unix seconds: the minutes are the chain's
   * @param clock the agent's own time, ms, of which only differences are used: whether it was looking in between
   * @param served undefined: it can't be told, such as without any line to the network
   * @returns the days that changed, to be stored
   */
  see(now: bigint, clock: number, served: boolean | undefined, { startDay, endDay }: DayRange): Map<number, DayRow> {
    const minute = Number(now / MINUTE)
    const changed = new Map<number, DayRow>()
    const set = (at: number, missed: boolean) => {
      const day = Math.floor(at / MINUTES_PER_DAY)
      const before = changed.get(day) ?? this.#days.get(day)
      if (before?.signed !== undefined || day < startDay || day >= endDay) return
      const next = withBit(before?.missed ?? new Uint8Array(BYTES), at % MINUTES_PER_DAY, missed)
      if (next !== before?.missed && (before || missed)) changed.set(day, { missed: next, signed: undefined })
    }
    if (served) {
      this.#served = minute
      set(minute, false)
    } else if (served === false) {
      const since = this.#last?.served === false && clock - this.#last.clock <= LONGEST_GAP_MS ? this.#last.minute : minute
      const from = Math.max(since, this.#served + 1, startDay * MINUTES_PER_DAY)
      for (let at = from; at <= Math.min(minute, endDay * MINUTES_PER_DAY - 1); at++) set(at, true)
    }
    this.#last = served === undefined ? undefined : { minute, served, clock }
    for (const [day, row] of changed) this.#days.set(day, row)
    return changed
  }

  /** The day of the last look; undefined before the first, and when the last one told nothing. */
  get lookedOn(): number | undefined {
    return this.#last && Math.floor(this.#last.minute / MINUTES_PER_DAY)
  }

  /** Minutes of a day to sign for: as signed before, if it was. */
  servedOn(day: number): number {
    const row = this.#days.get(day)
    return row?.signed ?? MINUTES_PER_DAY - count(row?.missed)
  }

  isSigned(day: number): boolean {
    return this.#days.get(day)?.signed !== undefined
  }

  /** From now on these days are as they are now. @returns those that were not signed before, to be stored before anything is sent */
  sign(days: readonly number[]): Map<number, DayRow> {
    const fresh = days.filter((day) => !this.isSigned(day))
    const rows = fresh.map((day) => {
      const missed = this.#days.get(day)?.missed ?? new Uint8Array(BYTES)
      return [day, { missed, signed: MINUTES_PER_DAY - count(missed) }] as const
    })
    for (const [day, row] of rows) this.#days.set(day, row)
    return new Map(rows)
  }

  /** From now on a day that was not signed is one on which nothing was served. @returns it, to be stored before anything is sent */
  signAsMissed(day: number): Map<number, DayRow> {
    if (this.isSigned(day)) return new Map()
    const row = { missed: this.#days.get(day)?.missed ?? new Uint8Array(BYTES), signed: 0 }
    this.#days.set(day, row)
    return new Map([[day, row]])
  }

  /** Days of which something is kept. */
  known(): number[] {
    return [...this.#days.keys()].sort((a, b) => a - b)
  }
}

/** The same bytes when the bit is so already. */
function withBit(bytes: Uint8Array, index: number, on: boolean): Uint8Array {
  const [at, mask] = [index >> 3, 1 << (index & 7)]
  if (((bytes[at]! & mask) !== 0) === on) return bytes
  const next = Uint8Array.from(bytes)
  next[at]! ^= mask
  return next
}

function count(bytes: Uint8Array = new Uint8Array()): number {
  let bits = 0
  for (let byte of bytes) for (; byte > 0; byte &= byte - 1) bits++
  return bits
}
