import { hexToBytes, MINUTES_PER_DAY, servedAmount, unpackServed } from "@berth/protocol"

type Hex = `0x${string}`

/** What a day of a reservation costs, and what backs it. */
export interface DayTerms {
  readonly pricePerDay: bigint
  readonly collateralPerDay: bigint
}

/** A `DaysPaid` event's figures. */
export interface PaidRun {
  /** UTC day of bit 0 of `days_` and of the first two bytes of `served`. */
  readonly firstDay: number
  /** Bitmap of the days that were resolved. Those that `served` has with 0 minutes were not: they stay open. */
  readonly days_: bigint
  /** Minutes, two bytes a day; empty: all of each day. */
  readonly served: Hex
  readonly paid: bigint
  readonly owed: bigint
  readonly collateral: bigint
}

/** One day that was resolved by somebody's word. */
export interface PaidDay {
  readonly day: number
  readonly minutes: number
  /** To the operator, fee included. */
  readonly paid: bigint
  /** Into the token. */
  readonly owed: bigint
}

/**
 * The days of a `DaysPaid` event, each with what it moved, as the contract rounds it.
 * @throws Error when they don't sum to the event's own figures: then one of the two is misread, and every total after it would be wrong
 */
export function paidDays(terms: DayTerms, run: PaidRun): PaidDay[] {
  const minutes = run.served === "0x" ? undefined : unpackServed(hexToBytes(run.served))
  const days: PaidDay[] = []
  for (let k = 0; run.days_ >> BigInt(k) !== 0n; k++)
    if ((run.days_ >> BigInt(k)) & 1n) days.push(paidDay(terms, run.firstDay + k, minutes ? minutes[k]! : MINUTES_PER_DAY))
  const paid = days.reduce((sum, day) => sum + day.paid, 0n)
  const owed = days.reduce((sum, day) => sum + day.owed, 0n)
  const all = BigInt(days.length) * (terms.pricePerDay + terms.collateralPerDay)
  if (paid !== run.paid || owed !== run.owed || paid + owed + run.collateral !== all)
    throw new Error(`days from ${run.firstDay} on pay ${paid} and owe ${owed}, the event says ${run.paid} and ${run.owed}`)
  return days
}

function paidDay({ pricePerDay }: DayTerms, day: number, minutes: number): PaidDay {
  const paid = servedAmount(pricePerDay, minutes)
  return { day, minutes, paid, owed: pricePerDay - paid }
}

/** How many days an early end or a cancel cut off: all that their prices were, over the price of one. */
export function daysCut({ pricePerDay }: DayTerms, prices: bigint): number {
  const days = prices / pricePerDay
  if (days * pricePerDay !== prices) throw new Error(`${prices} is no whole number of days at ${pricePerDay}`)
  return Number(days)
}

/** A token's id as the index has it: 32 bytes of hex. */
export function reservationKey(id: bigint): Hex {
  return `0x${id.toString(16).padStart(64, "0")}`
}

/** A reservation's state from its own days and whether it was cancelled. */
export function stateOf(row: { openDays: number; cancelledAt: bigint | null }): "active" | "over" | "cancelled" {
  if (row.cancelledAt !== null) return "cancelled"
  return row.openDays > 0 ? "active" : "over"
}
