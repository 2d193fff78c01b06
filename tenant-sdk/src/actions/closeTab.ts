import { halvesOf } from "@berth/protocol"
import type { Hex } from "viem"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"
import type { TabKey } from "./topUp.ts"

/** The node's signature on a tab's final amount. The agent asks for it: `agent.closeTab` does both. */
export interface CloseAgreement {
  /** Credits in all; the contract pays up to it and returns the rest. */
  readonly amount: bigint
  /** Unix seconds, chain time. */
  readonly deadline: bigint
  /** EIP-2098, 64 bytes. */
  readonly signature: Uint8Array
}

/**
 * Closes a tab at once, by agreement with its node.
 * @throws BerthError `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * await closeTab(client, { signer, node, agreement })
 */
export async function closeTab(client: BerthClient, options: TabKey & { readonly agreement: CloseAgreement }): Promise<{ hash: Hex }> {
  const { signer, node, agreement } = options
  const args = [signer, node, agreement.amount, agreement.deadline, ...halvesOf(agreement.signature)]
  const call = { functionName: "closeTab", args }
  const receipt = await transact(client, call, `closing the tab with node ${node} by agreement`)
  return { hash: receipt.transactionHash }
}
