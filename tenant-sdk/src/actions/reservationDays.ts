import type { ReservationHistory, Witness } from "../chain/reservation-history.ts"

/**
 * What became of a day: `upcoming`, `running` (today), `open` (over; can still be claimed), `paid` (claimed or attested;
 * `minutes` of it), `lapsed` (not claimed in time: all of it came back, with its collateral), `ended` (no part of the reservation any more: a
 * cancel, or three lapsed days running). A day that was claimed with 0 minutes is not claimed: it stays open and may still be paid.
 */
export type DayState = "upcoming" | "running" | "open" | "paid" | "lapsed" | "ended"

/** What became of one day of a reservation. */
export interface ReservationDay {
  /** UTC day. */
  readonly day: number
  readonly state: DayState
  /** Minutes served, of 1,440, once that is decided. */
  readonly minutes: number | undefined
  /** By whose word, of paid days. */
  readonly witness: Witness | undefined
  /** Unix seconds until which an open day can be claimed. */
  readonly claimUntil: bigint | undefined
}

interface DaysOf {
  readonly startDay: number
  readonly term: number
  readonly endDay: number
  readonly openDay: number
  readonly claimPeriod: number
}

/** Every day of a reservation as of day `today`. Pure: the contract's view says what time has decided, the events what was claimed. */
export function reservationDays(view: DaysOf, history: Pick<ReservationHistory, "paid">, today: number): ReservationDay[] {
  return Array.from({ length: view.term }, (_, i) => dayOf(view, history, view.startDay + i, today))
}

function dayOf(view: DaysOf, history: Pick<ReservationHistory, "paid">, day: number, today: number): ReservationDay {
  const unknown = { day, minutes: undefined, witness: undefined, claimUntil: undefined }
  // A day that was claimed stays paid, also beyond an early end.
  const claim = history.paid.get(day)
  if (claim) return { ...unknown, ...claim, state: "paid" }
  if (day >= view.endDay) return { ...unknown, state: "ended" }
  if (day < view.openDay) return { ...unknown, state: "lapsed", minutes: 0 }
  if (day > today) return { ...unknown, state: "upcoming" }
  if (day === today) return { ...unknown, state: "running" }
  return { ...unknown, state: "open", claimUntil: BigInt(day + 1 + view.claimPeriod) * 86_400n }
}
