import { reservationName } from "@berth/protocol"
import { reservationsAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import type { VerifierSignature } from "../chain/quorum.ts"
import { eventsIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"
import { type ClaimDaysResult, claimed } from "./claimDays.ts"
import { collectQuorum } from "./collectQuorum.ts"

/** A run of days of a reservation, and the verifiers' signatures that they were served. */
export interface AttestDaysOptions {
  readonly id: bigint
  /** UTC day of the first. */
  readonly firstDay: number
  readonly count: number
  /** Over `ServedDays`, of members of the reservation's verifier set; at least its threshold, in any order. */
  readonly signatures: readonly VerifierSignature[]
}

/** A day of a statement that is open and early: the same signatures pay it in these UTC days. */
export interface LaterDay {
  readonly day: number
  /** First UTC day in which it can be posted. */
  readonly from: number
  /** Last one. */
  readonly until: number
}

export interface AttestDaysResult extends ClaimDaysResult {
  /** Days that this call left open because it is too early for them. The times of three days running share no day. */
  readonly later: readonly LaterDay[]
}

/** A quorum is heard in the last days of a claim period. */
const QUORUM_DAYS = 2

/**
 * Claims days in full on the word of a quorum of the reservation's verifiers: each in the last two days in which it can be claimed, at most
 * three running. Anyone may. Days for which it is too early are left open, and are paid when the same is posted again.
 * @throws BerthError `no_reservation`, `usage` (no verifiers, or a signature of no member), `bad_signature`, `reverted` (too early for all of
 * them, too many running, too few signatures, nothing left), `rpc`, `no_wallet`
 *
 * @example
 * const days = { id, firstDay, count: 1 }
 * const signatures = [await signServedDays(one, days), await signServedDays(two, days)]
 * const { paid, later } = await attestDays(client, { ...days, signatures })
 */
export async function attestDays(client: BerthClient, options: AttestDaysOptions): Promise<AttestDaysResult> {
  const { id, firstDay, count, signatures } = options
  const quorum = await collectQuorum(client, { statement: { reservation: id, firstDay, count }, signatures })
  const args = [id, firstDay, count, quorum.members, quorum.signatures]
  // Read first: what fails after the transaction would hide that it was done.
  const open = await openDays(client, options)
  const receipt = await transactReservations(client, "attestDays", args, `attesting days of reservation ${reservationName(id)}`)
  const paid = new Set(eventsIn(receipt, "DaysPaid").flatMap(({ firstDay, days_ }) => bitsOf(days_).map((k) => firstDay + k)))
  return { ...claimed(receipt), later: open.filter(({ day }) => !paid.has(day)) }
}

/** Days of the run that are not resolved, and when a quorum is heard of each. */
async function openDays(client: BerthClient, { id, firstDay, count }: AttestDaysOptions): Promise<LaterDay[]> {
  try {
    const contract = { address: client.deployment.reservations, abi: reservationsAbi } as const
    const view = await client.publicClient.readContract({ ...contract, functionName: "reservationOf", args: [id] })
    const isOpen = (day: number) => day >= view.openDay && day < view.endDay && ((view.resolved >> BigInt(day - view.openDay)) & 1n) === 0n
    const run = Array.from({ length: count }, (_, k) => firstDay + k).filter(isOpen)
    return run.map((day) => ({ day, from: day + 1 + view.claimPeriod - QUORUM_DAYS, until: day + view.claimPeriod }))
  } catch (error) {
    throw asChainError(error, `reading reservation ${reservationName(id)}`)
  }
}

function bitsOf(bitmap: bigint): number[] {
  return [...bitmap.toString(2)].reverse().flatMap((bit, k) => (bit === "1" ? [k] : []))
}
