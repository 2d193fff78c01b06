import { bytesToHex, halvesOf, type Receipt, type RecordsOpening, unpackFigures } from "@berth/protocol"
import type { Hex } from "viem"
import { parseEventLogs } from "viem"
import { berthAbi } from "../chain/abi.ts"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"
import type { TabKey } from "./topUp.ts"

/** A tab, a receipt that its node signed, and what the receipt's recordsHash opens to. */
export interface ClaimStandingOrderOptions extends TabKey {
  readonly receipt: Omit<Receipt, "node" | "recordsHash">
  /** Opens the receipt's recordsHash: the contract makes the hash anew, with the tab's own id. */
  readonly opening: Omit<RecordsOpening, "tab">
  /** The node's EIP-2098 signature over the receipt, 64 bytes. */
  readonly signature: Uint8Array
}

/**
 * Claims under a tab's standing order with a receipt that only the node signed. Anyone may send it; money goes to the node's operator alone.
 * @returns `paid`: credits
 * @throws BerthError `bad_signature` (not the node's, or another tab's), `reverted` (no order, nothing to claim, tab not open), `rpc`, `no_wallet`
 *
 * @example
 * const { receipt, opening } = propose(books, claim)
 * const { paid } = await claimStandingOrder(client, { signer, node, receipt, opening, signature })
 */
export async function claimStandingOrder(client: BerthClient, options: ClaimStandingOrderOptions): Promise<{ hash: Hex; paid: bigint }> {
  const { signer, node, receipt, opening, signature } = options
  const { treeRoot, previousDayRecordsHash, ...numbers } = opening
  const records = { ...numbers, treeRoot: bytesToHex(treeRoot), previousDayRecordsHash: bytesToHex(previousDayRecordsHash) }
  const args = [signer, node, receipt.day, receipt.gpuMs, receipt.amount, records, ...halvesOf(signature)]
  const mined = await transact(client, { functionName: "claimStandingOrder", args }, `claiming from the tab of ${signer}`)
  const settled = parseEventLogs({ abi: berthAbi, eventName: "Settled", logs: mined.logs })
  return { hash: mined.transactionHash, paid: settled.reduce((sum, log) => sum + unpackFigures(log.args.figures).paid, 0n) }
}
