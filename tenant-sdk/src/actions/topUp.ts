import type { Address } from "@berth/protocol"
import { type Hex, parseEventLogs } from "viem"
import { berthAbi } from "../chain/abi.ts"
import { type Once, transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"

/** A tab on chain. */
export interface TabKey {
  readonly signer: Address
  readonly node: Address
}

/** Which tab, and by how much. */
export interface TopUpOptions extends TabKey {
  /** Credits. */
  readonly amount: bigint
  /** Makes it one top-up, however often it is asked for: see {@link Once}. */
  readonly once?: Once | undefined
}

/** The transaction, and the tab's deposit after it. */
export interface TopUpResult {
  readonly hash: Hex
  readonly deposit: bigint
}

/**
 * Moves more credits into an open tab. A closing tab takes none.
 * @returns `deposit`: what was put into the tab in all, credits
 * @throws BerthError `insufficient_credits`, `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * await topUp(client, { signer, node, amount: parseCredits("1") })
 */
export async function topUp(client: BerthClient, options: TopUpOptions): Promise<TopUpResult> {
  const { signer, node, amount, once } = options
  const call = { functionName: "topUp", args: [signer, node, amount] }
  const receipt = await transact(client, call, `topping up the tab with node ${node}`, once)
  const { transactionHash: hash, logs } = receipt
  const [added] = parseEventLogs({ abi: berthAbi, eventName: "TabToppedUp", logs })
  if (added) return { hash, deposit: added.args.deposit }
  throw new BerthError("unconfirmed", `transaction ${hash} was mined, but the RPC shows no TabToppedUp in it`, {
    hint: "look with berth tabs",
  })
}
