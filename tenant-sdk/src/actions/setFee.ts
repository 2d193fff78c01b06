import type { Hex } from "viem"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

/**
 * Sets the fee of tabs and reservations made from now on; earlier ones keep theirs. Only the owner of the market may.
 * @param options `bps`: basis points of what is paid to operators, at most 500
 * @throws BerthError `reverted` (not the owner, above the cap), `rpc`, `no_wallet`
 *
 * @example
 * await setFee(client, { bps: 100 })
 */
export async function setFee(client: BerthClient, options: { readonly bps: number }): Promise<{ hash: Hex }> {
  const receipt = await transact(client, { functionName: "setFee", args: [options.bps] }, "setting the fee")
  return { hash: receipt.transactionHash }
}
