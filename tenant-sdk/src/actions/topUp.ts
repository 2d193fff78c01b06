import type { Address } from "@berth/protocol"
import type { Hex } from "viem"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

/** A tab on chain. */
export interface TabKey {
  readonly signer: Address
  readonly node: Address
}

/**
 * Moves more credits into an open tab. A closing tab takes none.
 * @throws BerthError `insufficient_credits`, `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * await topUp(client, { signer, node, amount: parseCredits("1") })
 */
export async function topUp(client: BerthClient, options: TabKey & { readonly amount: bigint }): Promise<{ hash: Hex }> {
  const { signer, node, amount } = options
  const receipt = await transact(client, { functionName: "topUp", args: [signer, node, amount] }, `topping up the tab with node ${node}`)
  return { hash: receipt.transactionHash }
}
