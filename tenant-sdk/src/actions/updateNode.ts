import type { Address } from "@berth/protocol"
import type { Hex } from "viem"
import { type NodeListing, profileArg } from "../chain/listing.ts"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

/**
 * Replaces all that a node says about itself on chain. Its operator may, or the node's own key; `berth-node publish` does it from the config.
 * @throws BerthError `reverted` (neither of them, retired, out of bounds), `rpc`, `no_wallet`
 *
 * @example
 * await updateNode(client, { node, listing: { tier: "partner", region: "JP/Tokyo", addresses, recorders } })
 */
export async function updateNode(
  client: BerthClient,
  options: { readonly node: Address; readonly listing: NodeListing },
): Promise<{ hash: Hex }> {
  const { node, listing } = options
  const call = { functionName: "updateNode", args: [node, profileArg(listing)] }
  return { hash: (await transact(client, call, `updating the listing of node ${node}`)).transactionHash }
}
