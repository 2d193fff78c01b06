import { type Address, addressOfKey, bytesToHex, digestOf, nobleEcdsa } from "@berth/protocol"
import type { Hex } from "viem"
import { transact } from "../chain/transact.ts"
import { type BerthClient, walletOf } from "../client.ts"

/** A tab to open: with which node, how much of the credits go in, and the fresh key that will countersign its receipts. */
export interface TabOpening {
  readonly node: Address
  /** Credits. */
  readonly amount: bigint
  /** 32 bytes, used for this tab only. Kept by whoever countersigns: the agent. */
  readonly signerKey: Uint8Array
}

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
  const { signer, r, vs } = signConsent(client, options)
  const call = { functionName: "openTab", args: [signer, options.node, options.amount, r, vs] }
  const receipt = await transact(client, call, `opening a tab with node ${options.node}`)
  return { signer, hash: receipt.transactionHash, gasUsed: receipt.gasUsed }
}

/** The signer's consent to tenant and node, which `openTab` of the contract asks for. */
export function signConsent(client: BerthClient, options: TabOpening): { signer: Address; r: Hex; vs: Hex } {
  const tenant = walletOf(client).account.address
  const digest = digestOf(client.market, "TabConsent", { tenant, node: options.node })
  const signature = nobleEcdsa.sign(digest, options.signerKey)
  return {
    signer: addressOfKey(options.signerKey),
    r: bytesToHex(signature.subarray(0, 32)),
    vs: bytesToHex(signature.subarray(32)),
  }
}
