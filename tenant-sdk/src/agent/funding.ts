import { windowAmount } from "@berth/protocol"
import type { Offer } from "../actions/rankQuotes.ts"
import type { RunOptions, RunProgress } from "./agent.ts"
import type { LeaseBook } from "./lease-book.ts"
import { quotedAdvance } from "./lease-terms.ts"
import type { TabKeeper } from "./tab-keeper.ts"
import type { TabSet } from "./tab-set.ts"

/** Hours of work that a new tab pays for. Small: what is in a tab is locked until it is closed. */
const DEFAULT_HOURS = 2

/** What a run did with which tab. */
export type TabProgress = Extract<RunProgress, { step: "tab" }>

/** A tab that pays for a lease beside what runs on it already: the one there is, topped up, or a new one. Within `tabs.alone` only. */
export async function fundTab(
  { tabs, book }: { readonly tabs: TabSet; readonly book: LeaseBook },
  { quote }: Offer,
  { hours = DEFAULT_HOURS }: RunOptions,
): Promise<{ readonly tab: TabKeeper; readonly progress: TabProgress }> {
  const { node } = quote
  const least = atLeast(quote)
  const hourly = quote.price * BigInt(quote.count)
  const wanted = (BigInt(Math.ceil(hours * 3_600)) * hourly) / 3_600n
  const lacks = (tab: TabKeeper) => {
    const needed = book.running(tab.row.signer).reduce((sum, l) => sum + atLeast({ ...l.terms, startPrice: quotedAdvance(l) }), least)
    const left = tab.row.deposit - tab.books.used
    return { left, lack: left >= needed ? 0n : (wanted > needed ? wanted : needed) - left }
  }
  const there = tabs.openWith(node)
  // A top-up whose answer was lost may have come to it; or it was closed.
  if (there && lacks(there).lack > 0n) await tabs.sync(there)
  if (there?.row.state !== "open") {
    const amount = wanted > least ? wanted : least
    const tab = await tabs.open(node, amount)
    return { tab, progress: { step: "tab", node, amount, action: "opened" } }
  }
  const { left, lack } = lacks(there)
  if (lack === 0n) return { tab: there, progress: { step: "tab", node, amount: left, action: "reused" } }
  await tabs.topUp(there, lack)
  return { tab: there, progress: { step: "tab", node, amount: lack, action: "topped up" } }
}

/** What a node wants to see on a tab before it runs a lease: the advance, its grace (pause) and one window more. */
function atLeast(t: {
  readonly price: bigint
  readonly count: number
  readonly window: number
  readonly pause: number
  readonly startPrice: bigint
}): bigint {
  return t.startPrice + windowAmount(t.pause + 2 * t.window, t.count, t.price)
}
