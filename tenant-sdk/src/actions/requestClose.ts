import type { Hex } from "viem"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"
import type { TabKey } from "./topUp.ts"

/**
 * Starts the timed close of a tab: 72 hours in which receipts still settle, then `finishClose` returns the rest. Can't be withdrawn.
 * @throws BerthError `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * await requestClose(client, { signer, node })
 */
export async function requestClose(client: BerthClient, options: TabKey): Promise<{ hash: Hex }> {
  const { signer, node } = options
  const receipt = await transact(
    client,
    { functionName: "requestClose", args: [signer, node] },
    `asking to close the tab with node ${node}`,
  )
  return { hash: receipt.transactionHash }
}
