import { type Address, bytesToHex, packSettlement, type SettlementLine, unpackFigures } from "@berth/protocol"
import { type Hex, parseEventLogs } from "viem"
import { berthAbi } from "../chain/abi.ts"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"

/** Why a line paid nothing. `stale`: so much, or more, was paid before. `underfunded`: the tab's deposit is used up; pays after a top-up. */
export type SkipReason = "bad signature" | "unknown tab" | "closed" | "stale" | "underfunded"

/** What each line of a batch came to, and the transaction. */
export interface SettleResult {
  readonly hash: Hex
  readonly gasUsed: bigint
  /** `paid`: credits that this call moved, fee included. */
  readonly settled: readonly { readonly node: Address; readonly signer: Address; readonly day: number; readonly paid: bigint }[]
  /** Lines that paid nothing; `index` counts from 0 in the order of the batch, which has the lines of one node and day together. */
  readonly skipped: readonly {
    readonly node: Address
    readonly signer: Address
    readonly index: number
    readonly reason: SkipReason
  }[]
}

const REASONS = [undefined, "bad signature", "unknown tab", "closed", "stale", "underfunded"] as const

/**
 * Hands in countersigned receipts: each pays its node's operator what its tab owes by then. Anyone may, and gains nothing by it; usually a
 * recorder does, once a day. Amounts are cumulative, so that a receipt handed in twice pays once.
 * @param options `lines`: receipts with the signature of their tab's signer. A tab's last one is enough
 * @throws BerthError `usage` (no line), `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * const { settled, skipped } = await settle(client, { lines: linesOfBundle(bundle) })
 */
export async function settle(client: BerthClient, options: { readonly lines: readonly SettlementLine[] }): Promise<SettleResult> {
  const { lines } = options
  if (lines.length === 0) throw new BerthError("usage", "there is no receipt to settle")
  const batch = bytesToHex(packSettlement(lines))
  const { transactionHash: hash, gasUsed, logs } = await transact(client, { functionName: "settle", args: [batch] }, "settling")
  const settled = parseEventLogs({ abi: berthAbi, eventName: "Settled", logs }).map(({ args }) => {
    const { day, paid } = unpackFigures(args.figures)
    return { node: lower(args.node), signer: lower(args.signer), day, paid }
  })
  const skipped = parseEventLogs({ abi: berthAbi, eventName: "LineSkipped", logs }).map(({ args }) => ({
    node: lower(args.node),
    signer: lower(args.signer),
    index: Number(args.index),
    reason: REASONS[args.reason]!,
  }))
  return { hash, gasUsed, settled, skipped }
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address
}
