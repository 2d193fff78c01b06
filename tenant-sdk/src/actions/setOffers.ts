import type { Address } from "@berth/protocol"
import type { Hex } from "viem"
import type { NodeOffer } from "../chain/directory.ts"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

/**
 * Replaces all offers of a node on chain; none at all: it sells nothing for now. Informative, quotes bind. Its operator may, or the node's own
 * key; `berth-node publish` does it from the config.
 * @throws BerthError `reverted` (neither of them, retired, out of bounds), `rpc`, `no_wallet`
 *
 * @example
 * await setOffers(client, { node, offers: [{ class: "nvidia/h200", count: 8, vramMiB: 144_384, price: parseCredits("3"), discounts: [] }] })
 */
export async function setOffers(
  client: BerthClient,
  options: { readonly node: Address; readonly offers: readonly NodeOffer[] },
): Promise<{ hash: Hex }> {
  const { node, offers } = options
  const receipt = await transact(client, { functionName: "setOffers", args: [node, offers] }, `setting the offers of node ${node}`)
  return { hash: receipt.transactionHash }
}
