import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { Once } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

/** How much to put behind one's nodes. */
export interface StakeOptions {
  /** Credits. */
  readonly amount: bigint
  /** Makes it one stake, however often it is asked for: see {@link Once}. */
  readonly once?: Once | undefined
}

/**
 * Turns credits of the wallet into stake of its own: what an operator puts behind its nodes. `setLockable` then says how much each node's
 * quotes may lock.
 * @returns `free`: stake that no node may lock, credits
 * @throws BerthError `insufficient_credits`, `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * await stake(client, { amount: parseCredits("500") })
 */
export async function stake(client: BerthClient, { amount, once }: StakeOptions): Promise<{ hash: Hex; free: bigint }> {
  const receipt = await transactReservations(client, "stake", [amount], "staking", once)
  return { hash: receipt.transactionHash, free: eventIn(receipt, "Staked").free }
}
