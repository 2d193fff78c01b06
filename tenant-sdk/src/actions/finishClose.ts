import type { Hex } from "viem"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"
import type { TabKey } from "./topUp.ts"

/**
 * Ends a timed close after its challenge period: the rest goes back to the tenant's credits. Anyone may call it.
 * @throws BerthError `reverted` (the challenge period still runs, or no close was requested), `rpc`, `no_wallet`
 *
 * @example
 * await finishClose(client, { signer, node })
 */
export async function finishClose(client: BerthClient, options: TabKey): Promise<{ hash: Hex }> {
  const { signer, node } = options
  const receipt = await transact(client, { functionName: "finishClose", args: [signer, node] }, `closing the tab with node ${node}`)
  return { hash: receipt.transactionHash }
}
