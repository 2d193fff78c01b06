import { feeOf } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { getAbiItem, toFunctionSelector } from "viem"

const SETTLE = toFunctionSelector(getAbiItem({ abi: berthAbi, name: "settle" }))

/** What settling reads of a tab's row. */
export interface TabTotals {
  readonly spent: bigint
  readonly feeBps: number
  readonly gpuMs: bigint
  readonly amount: bigint
}

/** A `Settled` event's figures. */
export interface SettledFigures {
  readonly gpuMs: bigint
  readonly amount: bigint
  readonly paid: bigint
}

/** What a payment of `paid` does to a tab: the fee is charged on the cumulative total, as the contract does. */
export function payment(tab: Pick<TabTotals, "spent" | "feeBps">, paid: bigint): { spent: bigint; fee: bigint; earned: bigint } {
  const spent = tab.spent + paid
  const fee = feeOf(spent, tab.feeBps) - feeOf(tab.spent, tab.feeBps)
  return { spent, fee, earned: paid - fee }
}

/**
 * What one settled line does. GPU-ms are the signer's word and cumulative: a line settled after a later one of its tab adds none, and its
 * own figures don't replace the later ones.
 */
export function settledLine(tab: TabTotals, line: SettledFigures) {
  const newest = line.amount >= tab.amount
  const addedGpuMs = line.gpuMs > tab.gpuMs ? line.gpuMs - tab.gpuMs : 0n
  return { ...payment(tab, line.paid), addedGpuMs, gpuMs: tab.gpuMs + addedGpuMs, amount: newest ? line.amount : tab.amount, newest }
}

/**
 * Whether a transaction is a plain call of the core's `settle`, whose every line was countersigned. A claim under a standing order emits the
 * same event on the node's word alone; of what comes through a multicall or another contract it can't be told which it was.
 */
export function isSettleCall({ to, input }: { readonly to: string | null; readonly input: string }, core: string): boolean {
  return to?.toLowerCase() === core && input.startsWith(SETTLE)
}
