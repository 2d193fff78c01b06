import type { Address } from "@berth/protocol"
import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/** A node of the wallet's, and how much stake its quotes may lock. */
export interface SetLockableOptions {
  readonly node: Address
  /** Credits that its quotes may lock from now on, collateral of running reservations not counted; 0: none. */
  readonly amount: bigint
}

/**
 * Sets how much of the wallet's stake the quotes of one of its nodes may lock as collateral. More comes out of the free stake, less goes back
 * to it.
 * @returns `free`: stake that no node may lock, credits
 * @throws BerthError `insufficient_stake`, `reverted` (not its operator), `rpc`, `no_wallet`
 *
 * @example
 * await setLockable(client, { node, amount: parseCredits("200") })
 */
export async function setLockable(client: BerthClient, options: SetLockableOptions): Promise<{ hash: Hex; free: bigint }> {
  const { node, amount } = options
  const receipt = await transactReservations(client, "setLockable", [node, amount], `setting what node ${node} may lock`)
  return { hash: receipt.transactionHash, free: eventIn(receipt, "LockableSet").free }
}
