import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/**
 * Starts the unbonding of free stake; `finishUnstake` takes it 7 days later. Asking again begins the days anew for all that is unbonding.
 * @returns `unbonding`: all that is on its way, credits; `unbondsAt`: unix seconds, chain time
 * @throws BerthError `insufficient_stake` (less is free: lower a node's lockable stake first), `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * const { unbondsAt } = await requestUnstake(client, { amount: (await stakeOf(client)).free })
 */
export async function requestUnstake(
  client: BerthClient,
  options: { readonly amount: bigint },
): Promise<{ hash: Hex; unbonding: bigint; unbondsAt: bigint }> {
  const receipt = await transactReservations(client, "requestUnstake", [options.amount], "asking for stake")
  const { unbonding, unbondsAt } = eventIn(receipt, "UnstakeRequested")
  return { hash: receipt.transactionHash, unbonding, unbondsAt: BigInt(unbondsAt) }
}
