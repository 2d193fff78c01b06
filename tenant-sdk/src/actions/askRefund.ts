import { reservationName } from "@berth/protocol"
import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/**
 * Asks for what lies in a reservation's token; `takeRefund` gives it 24 hours later, to the same owner. A transfer forgets it.
 * @returns `availableAt`: unix seconds, chain time
 * @throws BerthError `reverted` (not the owner, nothing owed), `rpc`, `no_wallet`
 *
 * @example
 * const { availableAt } = await askRefund(client, { id })
 */
export async function askRefund(client: BerthClient, options: { readonly id: bigint }): Promise<{ hash: Hex; availableAt: bigint }> {
  const { id } = options
  const receipt = await transactReservations(client, "askRefund", [id], `asking for the refund of reservation ${reservationName(id)}`)
  return { hash: receipt.transactionHash, availableAt: BigInt(eventIn(receipt, "RefundAsked").availableAt) }
}
