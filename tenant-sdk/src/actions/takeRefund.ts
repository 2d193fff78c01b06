import { reservationName } from "@berth/protocol"
import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/**
 * Takes what lies in a reservation's token into the wallet's credits: 24 hours after `askRefund`, and after a cancel at once.
 * @returns `amount`: credits
 * @throws BerthError `reverted` (not the owner, nothing owed, not asked for, or not yet), `rpc`, `no_wallet`
 *
 * @example
 * const { amount } = await takeRefund(client, { id })
 */
export async function takeRefund(client: BerthClient, options: { readonly id: bigint }): Promise<{ hash: Hex; amount: bigint }> {
  const { id } = options
  const receipt = await transactReservations(client, "takeRefund", [id], `taking the refund of reservation ${reservationName(id)}`)
  return { hash: receipt.transactionHash, amount: eventIn(receipt, "RefundTaken").amount }
}
