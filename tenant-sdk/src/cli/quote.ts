import { MS_PER_HOUR } from "@berth/protocol"
import { BerthError } from "../errors.ts"
import { type Context, withAgent } from "./context.ts"
import { table, usd } from "./output.ts"
import { parseAddress, parseClass, parseCount, parseWhole } from "./parse.ts"
import { type PreferenceFlags, preferenceOf } from "./preference.ts"

export interface QuoteFlags extends PreferenceFlags {
  readonly class?: string
  readonly count?: string
  readonly image?: string
  readonly node?: string
  readonly wait?: string
}

export async function quote(context: Context, flags: QuoteFlags): Promise<void> {
  const { out } = context
  const count = flags.count === undefined ? 1 : parseCount(flags.count)
  const hardware = flags.class === undefined ? "cpu/x86-64" : parseClass(flags.class)
  const node = flags.node === undefined ? undefined : parseAddress(flags.node)
  const preference = preferenceOf(flags)
  const timeoutMs = flags.wait === undefined ? undefined : 1_000 * parseWhole(flags.wait, 1, 60)
  const question = { class: hardware, count, image: flags.image, node, preference, timeoutMs }
  const auction = await withAgent(context, (agent) => agent.quotes(question))
  out.data(auction)
  for (const { node, reason } of auction.refused) out.note(`left out: ${reason.includes(node) ? "" : `${node}: `}${reason}`)
  if (auction.offers.length === 0)
    throw new BerthError("no_quote", `no node offers ${count} of ${hardware} within these limits`, {
      hint: `${auction.refused.length > 0 ? "loosen them, or try later; " : ""}nodes offer ${auction.classes.join(", ") || "nothing"}`,
    })
  const rows = auction.offers.map(({ info, quote, latencyMs, freeUnits, imagePresent, stake, ahead }) => [
    info.node,
    info.region || "-",
    info.tier,
    usd(quote.price),
    String(freeUnits),
    stake === undefined ? "unknown" : usd(stake),
    ahead === 0n ? "-" : `${secondsOf(ahead, quote)} s, ${usd(ahead)}`,
    `${Math.round(latencyMs)} ms`,
    flags.image === undefined ? "-" : imagePresent ? "yes" : "no",
  ])
  out.line(table(["NODE", "REGION", "TIER", "PER HOUR", "FREE", "STAKE", "AHEAD", "ANSWERED", "IMAGE"], rows))
}

/** How long an amount pays for, with every unit busy. */
function secondsOf(credits: bigint, { price, count }: { readonly price: bigint; readonly count: number }): number {
  return Math.round(Number(credits * MS_PER_HOUR) / Number(price * BigInt(count)) / 1_000)
}
