import { reservationName } from "@berth/protocol"
import { transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"
import { type ClaimDaysResult, claimed } from "./claimDays.ts"

/** A run of UTC days of a reservation for which nobody is named to sign. */
export interface ClaimUnsignedDaysOptions {
  readonly id: bigint
  /** UTC day of the first. */
  readonly firstDay: number
  readonly count: number
}

/**
 * Claims days in full for which the holder named nobody to sign. Anyone may; usually the node does.
 * @throws BerthError `reverted` (a signer is named, a day that is not over, nothing left), `rpc`, `no_wallet`
 *
 * @example
 * const { paid } = await claimUnsignedDays(client, { id, firstDay, count: 7 })
 */
export async function claimUnsignedDays(client: BerthClient, options: ClaimUnsignedDaysOptions): Promise<ClaimDaysResult> {
  const { id, firstDay, count } = options
  const doing = `claiming unsigned days of reservation ${reservationName(id)}`
  return claimed(await transactReservations(client, "claimUnsignedDays", [id, firstDay, count], doing))
}
