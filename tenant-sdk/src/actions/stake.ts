import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/**
 * Turns credits of the wallet into stake of its own: what an operator puts behind its nodes. `setLockable` then says how much each node's
 * quotes may lock.
 * @returns `free`: stake that no node may lock, credits
 * @throws BerthError `insufficient_credits`, `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * await stake(client, { amount: parseCredits("500") })
 */
export async function stake(client: BerthClient, options: { readonly amount: bigint }): Promise<{ hash: Hex; free: bigint }> {
  const receipt = await transactReservations(client, "stake", [options.amount], "staking")
  return { hash: receipt.transactionHash, free: eventIn(receipt, "Staked").free }
}
