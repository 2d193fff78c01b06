import { type Address, addressOfKey, digestOf, halvesOf, nobleEcdsa } from "@berth/protocol"
import type { Hex } from "viem"
import { type Call, transact } from "../chain/transact.ts"
import { type BerthClient, walletOf } from "../client.ts"
import type { StandingOrderTerms } from "./standingOrder.ts"

/** A tab to open: with which node, how much of the credits go in, and the fresh key that will countersign its receipts. */
export interface TabOpening {
  readonly node: Address
  /** Credits. */
  readonly amount: bigint
  /** 32 bytes, used for this tab only. Kept by whoever countersigns: the agent. */
  readonly signerKey: Uint8Array
  /** What the node may claim without any countersignature: trust in this node up to the order's base and cap. None by default. */
  readonly standingOrder?: StandingOrderTerms | undefined
}

/** The transaction that opened the tab, and the address of the key that signs for it. */
export interface OpenTabResult {
  readonly signer: Address
  readonly hash: Hex
  readonly gasUsed: bigint
}

/**
 * Opens a tab from existing credits. Agents do it by themselves on the first run with a node.
 * @throws BerthError `insufficient_credits`, `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * const { signer } = await openTab(client, { node, amount: parseCredits("2"), signerKey: crypto.getRandomValues(new Uint8Array(32)) })
 */
export async function openTab(client: BerthClient, options: TabOpening): Promise<OpenTabResult> {
  const { signer, call } = openingCall(client, options)
  const receipt = await transact(client, call, `opening a tab with node ${options.node}`)
  return { signer, hash: receipt.transactionHash, gasUsed: receipt.gasUsed }
}

/** The contract's call that opens a tab, with the signer's consent to tenant and node. */
export function openingCall(client: BerthClient, options: TabOpening): { signer: Address; call: Call } {
  const { node, amount, signerKey, standingOrder } = options
  const digest = digestOf(client.market, "TabConsent", { tenant: walletOf(client).account.address, node })
  const signature = nobleEcdsa.sign(digest, signerKey)
  const signer = addressOfKey(signerKey)
  const consent = halvesOf(signature)
  const call = standingOrder
    ? { functionName: "openTabWithOrder", args: [signer, node, amount, orderWord(standingOrder), ...consent] }
    : { functionName: "openTab", args: [signer, node, amount, ...consent] }
  return { signer, call }
}

function orderWord({ base = 0n, cap, rate, from = 0n, until }: StandingOrderTerms) {
  return { base, cap, rate, from: Number(from), until: Number(until) }
}
