import { standingOrderAllowed } from "@berth/protocol"
import type { SeenTab } from "../chain/watcher.ts"

/**
 * Credits that a tab's standing order lets its node have by now, signed for or not: cumulative over the tab's life, and within its deposit.
 * Time only adds to it until a close is requested, so that work which it covers once is covered for good, whatever the tenant does then.
 * @param now chain time, unix seconds; that of the last block seen, which no claim can be mined before
 * @returns undefined without an order, or before the chain was seen
 */
export function orderedBy(
  tab: Pick<SeenTab, "deposit" | "closeRequestedAt" | "order"> | undefined,
  now: bigint | undefined,
): bigint | undefined {
  if (!tab?.order || now === undefined) return undefined
  const { deposit, closeRequestedAt, order } = tab
  const allowed = standingOrderAllowed(order, closeRequestedAt > 0n && closeRequestedAt < now ? closeRequestedAt : now)
  return allowed < deposit ? allowed : deposit
}
