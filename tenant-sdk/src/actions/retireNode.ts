import type { Address } from "@berth/protocol"
import type { Hex } from "viem"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

/**
 * Ends new tabs and reservations at a node, for ever. What runs goes on and is paid. Only its operator may.
 * @throws BerthError `reverted` (not its operator, retired before), `rpc`, `no_wallet`
 *
 * @example
 * await retireNode(client, { node })
 */
export async function retireNode(client: BerthClient, options: { readonly node: Address }): Promise<{ hash: Hex }> {
  const { node } = options
  const receipt = await transact(client, { functionName: "retireNode", args: [node] }, `retiring node ${node}`)
  return { hash: receipt.transactionHash }
}
