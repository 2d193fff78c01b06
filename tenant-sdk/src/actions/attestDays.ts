import { reservationName } from "@berth/protocol"
import type { VerifierSignature } from "../chain/quorum.ts"
import { transactReservations } from "../chain/reservations.ts"
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

/**
 * Claims days in full on the word of a quorum of the reservation's verifiers: in the last two days in which they can be claimed, at most three
 * running. Anyone may.
 * @throws BerthError `no_reservation`, `usage` (no verifiers, or a signature of no member), `bad_signature`, `reverted` (too early, too many
 * running, too few signatures, nothing left), `rpc`, `no_wallet`
 *
 * @example
 * const days = { id, firstDay, count: 1 }
 * const signatures = [await signServedDays(one, days), await signServedDays(two, days)]
 * const { paid } = await attestDays(client, { ...days, signatures })
 */
export async function attestDays(client: BerthClient, options: AttestDaysOptions): Promise<ClaimDaysResult> {
  const { id, firstDay, count, signatures } = options
  const quorum = await collectQuorum(client, { statement: { reservation: id, firstDay, count }, signatures })
  const args = [id, firstDay, count, quorum.members, quorum.signatures]
  return claimed(await transactReservations(client, "attestDays", args, `attesting days of reservation ${reservationName(id)}`))
}
