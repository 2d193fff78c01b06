import type { Hex } from "viem"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

/**
 * Refuses new deposits, tabs and reservations, or allows them again. Nothing that runs is touched, and withdrawals go on. Only the owner of the
 * market may.
 * @throws BerthError `reverted` (not the owner), `rpc`, `no_wallet`
 *
 * @example
 * await setPaused(client, { paused: true })
 */
export async function setPaused(client: BerthClient, options: { readonly paused: boolean }): Promise<{ hash: Hex }> {
  const { paused } = options
  const receipt = await transact(client, { functionName: "setPaused", args: [paused] }, paused ? "pausing" : "ending the pause")
  return { hash: receipt.transactionHash }
}
