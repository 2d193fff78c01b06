import { reservationName } from "@berth/protocol"
import type { Hex } from "viem"
import { eventsIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/** What time had decided and this call posted. */
export interface LapseDaysResult {
  readonly hash: Hex
  /** UTC days that this call let lapse. */
  readonly lapsed: readonly number[]
  /** The day at which three lapsed ones ended the term; undefined when they didn't. */
  readonly endDay: number | undefined
}

/**
 * Posts what time has decided of a reservation: days past their deadline lapse. Needed by nobody (every other call does it first), but it puts
 * the events on chain that indexers show.
 * @throws BerthError `reverted` (no such reservation), `rpc`, `no_wallet`
 *
 * @example
 * const { lapsed } = await lapseDays(client, { id })
 */
export async function lapseDays(client: BerthClient, options: { readonly id: bigint }): Promise<LapseDaysResult> {
  const { id } = options
  const receipt = await transactReservations(client, "lapseDays", [id], `posting lapsed days of reservation ${reservationName(id)}`)
  return {
    hash: receipt.transactionHash,
    lapsed: eventsIn(receipt, "DayLapsed").map((e) => e.day),
    endDay: eventsIn(receipt, "TermEnded")[0]?.endDay,
  }
}
