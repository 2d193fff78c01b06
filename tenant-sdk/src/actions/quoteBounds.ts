import { type Quote, windowAmount } from "@berth/protocol"

/**
 * The most that any tenant agrees to, ms. A window is all that a node can take, and what a tab must hold follows from window and pause: both are
 * the node's own words in its quote, so their limits are the tenant's rule and no preference.
 */
const LONGEST = { window: 60_000, pause: 900_000 }

/** What a quote asks for beyond what one node can be lent; undefined when it asks for nothing such. */
export function asksTooMuch(quote: Quote): string | undefined {
  if (quote.meter !== 0) return `bills by meter ${quote.meter}, which this version does not know`
  if (quote.window > LONGEST.window) return `wants windows of ${quote.window} ms; ${LONGEST.window} is the most`
  if (quote.pause > LONGEST.pause) return `wants a tab that pays for ${quote.pause} ms unsigned; ${LONGEST.pause} is the most`
  if (quote.startPrice > windowAmount(quote.window, quote.count, quote.price)) return "wants more than one window ahead"
  return undefined
}
