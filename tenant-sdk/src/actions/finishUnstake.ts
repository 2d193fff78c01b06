import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/**
 * Gives unbonded stake back to the wallet's credits.
 * @returns `amount`: credits
 * @throws BerthError `reverted` (nothing is unbonding, or not yet), `rpc`, `no_wallet`
 *
 * @example
 * const { amount } = await finishUnstake(client)
 */
export async function finishUnstake(client: BerthClient): Promise<{ hash: Hex; amount: bigint }> {
  const receipt = await transactReservations(client, "finishUnstake", [], "taking unbonded stake")
  return { hash: receipt.transactionHash, amount: eventIn(receipt, "Unstaked").amount }
}
