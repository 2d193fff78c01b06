import type { Address } from "@berth/protocol"
import type { Hex } from "viem"

/** A reservation of this node as last read from the chain. Days are UTC days. */
export interface Reservation {
  /** 0x hex of 32 bytes. */
  readonly id: Hex
  readonly holder: Address
  readonly class: string
  readonly gpus: number
  readonly startDay: number
  readonly term: number
  /** First day that is not part of it (any more). */
  readonly endDay: number
  readonly pricePerDay: bigint
  readonly collateralPerDay: bigint
  readonly claimPeriod: number
  /** Every day before it is resolved. */
  readonly openDay: number
  /** Days from `openDay` on that are resolved, lowest bit first. */
  readonly resolved: bigint
  /** Who signs on `day` and on the day after. Only nobody (zero) for the day after can still change, to somebody: other changes act later. */
  readonly signers: { readonly day: number; readonly today: Address; readonly next: Address }
}

/** A signed claim as it was handed to us. */
export interface StoredClaim {
  readonly reservation: Hex
  readonly firstDay: number
  /** Minutes of each day from `firstDay` on. */
  readonly minutes: readonly number[]
  readonly signature: Uint8Array
}

export function isReserved(r: Reservation, day: number): boolean {
  return day >= r.startDay && day < r.endDay
}

/** Whether a day is paid or gone back to the holder. */
export function isResolved(r: Reservation, day: number): boolean {
  return day < r.openDay || day >= r.endDay || ((r.resolved >> BigInt(day - r.openDay)) & 1n) === 1n
}

/** Nothing of it can change any more. */
export function isOver(r: Reservation, today: number): boolean {
  return today >= r.endDay && r.openDay >= r.endDay
}

/** GPUs of a class that are reserved on a day. */
export function reservedOn(reservations: Iterable<Reservation>, gpuClass: string, day: number): number {
  let sum = 0
  for (const r of reservations) if (r.class === gpuClass && isReserved(r, day)) sum += r.gpus
  return sum
}

/** Who signs on a day; undefined when that was not read yet, or may have changed since. */
export function signerOn({ signers }: Reservation, day: number): Address | undefined {
  if (day === signers.day) return signers.today
  return day === signers.day + 1 && BigInt(signers.next) !== 0n ? signers.next : undefined
}

/** Minutes that a claim gives a day; undefined when it says nothing of it. */
export function minutesOf(claim: Pick<StoredClaim, "firstDay" | "minutes">, day: number): number | undefined {
  return claim.minutes[day - claim.firstDay]
}

/** Days that are over and not resolved, in their order. */
export function openDays(r: Reservation, today: number): number[] {
  const days: number[] = []
  for (let day = Math.max(r.openDay, r.startDay); day < Math.min(r.endDay, today); day++) if (!isResolved(r, day)) days.push(day)
  return days
}

/** The first day that is over, not resolved, and of which no claim says anything; where there is none, the first that is not over. */
export function unheardDay(r: Reservation, claims: readonly StoredClaim[], today: number): number {
  const unheard = openDays(r, today).find((day) => claims.every((claim) => minutesOf(claim, day) === undefined))
  return unheard ?? Math.min(r.endDay, today)
}

/**
 * A claim is sent at the latest this many days before the deadline of its first day: a quorum is heard in the last two, and a day before that
 * the holder's agent posts what is missing.
 */
const MARGIN_DAYS = 4

/**
 * The claim to post now; undefined while more days can be gathered. A week of days in one transaction costs little more than one.
 * @param everyDays a claim is posted when its oldest day is so long ago
 */
export function dueClaim(r: Reservation, claims: readonly StoredClaim[], today: number, everyDays: number): StoredClaim | undefined {
  const open = openDays(r, today)
  // The contract passes over a day of 0 minutes: a claim is posted for a day that it pays.
  const pays = (claim: StoredClaim, day: number) => (minutesOf(claim, day) ?? 0) > 0
  const first = open.find((day) => claims.some((claim) => pays(claim, day)))
  if (first === undefined) return undefined
  const complete = today >= r.endDay && unheardDay(r, claims, today) >= r.endDay
  const deadline = first + 1 + r.claimPeriod
  if (!complete && today - first < everyDays && deadline - today > MARGIN_DAYS) return undefined
  const worth = (claim: StoredClaim) => open.reduce((sum, day) => sum + (minutesOf(claim, day) ?? 0), 0)
  return claims.filter((claim) => pays(claim, first)).sort((a, b) => worth(b) - worth(a) || b.minutes.length - a.minutes.length)[0]
}

/** Whether `claim` says all that `other` says, and nowhere less. */
export function supersedes(claim: StoredClaim, other: StoredClaim): boolean {
  return other.minutes.every((minutes, i) => (minutesOf(claim, other.firstDay + i) ?? -1) >= minutes)
}
