import { type Address, halvesOf } from "@berth/protocol"
import type { Hex } from "viem"
import type { NodeOffer } from "../chain/directory.ts"
import { type NodeListing, profileArg } from "../chain/listing.ts"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

/** A node key's entry: its consent to the wallet as operator, and what the node says of itself. */
export interface RegisterNodeOptions {
  readonly node: Address
  /** The node key's EIP-2098 signature over `NodeRegistration(operator)`, operator = the wallet; 64 bytes. */
  readonly signature: Uint8Array
  readonly listing: NodeListing
  /** What it sells, at most 8 discounts each; informative: quotes bind. */
  readonly offers: readonly NodeOffer[]
}

/**
 * Puts a node on chain with the wallet as its operator, for ever: who is paid for its work. `berth-node init --register` does the same.
 * @throws BerthError `bad_signature` (not the node key's, or for another operator), `reverted` (registered before, a listing out of bounds),
 * `rpc`, `no_wallet`
 *
 * @example
 * const signature = nobleEcdsa.sign(digestOf(client.market, "NodeRegistration", { operator }), nodeKey)
 * await registerNode(client, { node: addressOfKey(nodeKey), signature, listing, offers })
 */
export async function registerNode(client: BerthClient, options: RegisterNodeOptions): Promise<{ hash: Hex }> {
  const { node, signature, listing, offers } = options
  const call = { functionName: "registerNode", args: [node, ...halvesOf(signature), profileArg(listing), offers] }
  return { hash: (await transact(client, call, `registering node ${node}`)).transactionHash }
}
