import type { Address } from "@berth/protocol"
import { type Hex, parseEventLogs } from "viem"
import { berthAbi } from "../chain/abi.ts"
import { transact } from "../chain/transact.ts"
import { type BerthClient, walletOf } from "../client.ts"

/**
 * Sends all fees that have accrued, as stablecoin. Only the owner of the market may.
 * @param options `to`: whom; the wallet by default
 * @returns `amount`: credits
 * @throws BerthError `reverted` (not the owner, nothing accrued), `rpc`, `no_wallet`
 *
 * @example
 * const { amount } = await withdrawFees(client, { to: treasury })
 */
export async function withdrawFees(
  client: BerthClient,
  options: { readonly to?: Address | undefined } = {},
): Promise<{ hash: Hex; amount: bigint }> {
  const to = options.to ?? walletOf(client).account.address
  const receipt = await transact(client, { functionName: "withdrawFees", args: [to] }, `withdrawing fees to ${to}`)
  const sent = parseEventLogs({ abi: berthAbi, eventName: "FeesWithdrawn", logs: receipt.logs })
  return { hash: receipt.transactionHash, amount: sent.reduce((sum, log) => sum + log.args.amount, 0n) }
}
