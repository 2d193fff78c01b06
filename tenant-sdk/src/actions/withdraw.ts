import type { Address } from "@berth/protocol"
import type { Hex } from "viem"
import { type Once, transact } from "../chain/transact.ts"
import { type BerthClient, walletOf } from "../client.ts"

/** How much to take out, and to whom. */
export interface WithdrawOptions {
  /** Credits. */
  readonly amount: bigint
  /** Who gets the stablecoin; the wallet itself by default. */
  readonly to?: Address
  /** Makes it one withdrawal, however often it is asked for: see {@link Once}. */
  readonly once?: Once | undefined
}

/**
 * Turns credits back into the reserve stablecoin.
 * @throws BerthError `insufficient_credits`, `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * await withdraw(client, { amount: (await balance(client)).available })
 */
export async function withdraw(client: BerthClient, options: WithdrawOptions): Promise<{ hash: Hex; gasUsed: bigint }> {
  const to = options.to ?? walletOf(client).account.address
  const receipt = await transact(client, { functionName: "withdraw", args: [options.amount, to] }, "withdrawing", options.once)
  return { hash: receipt.transactionHash, gasUsed: receipt.gasUsed }
}
