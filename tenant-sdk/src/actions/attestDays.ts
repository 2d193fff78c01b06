import { reservationName } from "@berth/protocol"
import { quorumArgs, readVerifierSet, type VerifierSignature } from "../chain/quorum.ts"
import { transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"
import { type ClaimDaysResult, claimed } from "./claimDays.ts"
import { reservation } from "./reservation.ts"

export interface AttestDaysOptions {
  readonly id: bigint
  /** UTC day of the first. */
  readonly firstDay: number
  readonly count: number
  /** Over `ServedDays`, of members of the reservation's verifier set; at least its threshold. */
  readonly signatures: readonly VerifierSignature[]
}

/**
 * Claims days in full on the word of a quorum of the reservation's verifiers: in the last two days in which they can be claimed, at most three
 * running. Anyone may.
 * @throws BerthError `no_reservation`, `usage` (a signature of no member), `bad_signature`, `reverted` (too early, too many running, too few
 * signatures, nothing left), `rpc`, `no_wallet`
 *
 * @example
 * const digest = servedDaysDigest(client.market, { reservation: id, firstDay, count: 1 })
 * const signatures = keys.map((key) => ({ member: addressOfKey(key), signature: nobleEcdsa.sign(digest, key) }))
 * const { paid } = await attestDays(client, { id, firstDay, count: 1, signatures })
 */
export async function attestDays(client: BerthClient, options: AttestDaysOptions): Promise<ClaimDaysResult> {
  const { id, firstDay, count, signatures } = options
  const { verifierSet } = await reservation(client, { id })
  const set = verifierSet === 0 ? { id: 0, threshold: 0, members: [] } : await readVerifierSet(client, verifierSet)
  const args = [id, firstDay, count, ...(verifierSet === 0 ? [0n, []] : quorumArgs(set, signatures))]
  return claimed(await transactReservations(client, "attestDays", args, `attesting days of reservation ${reservationName(id)}`))
}
