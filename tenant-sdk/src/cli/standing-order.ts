import type { StandingOrder, StandingOrderTerms } from "../actions/standingOrder.ts"
import { BerthError } from "../errors.ts"
import { type Context, withAgent } from "./context.ts"
import { shortAddress, table, timeOf, usd } from "./output.ts"
import { parseAddress, parseHours, parseUsd } from "./parse.ts"

export interface OpenFlags {
  readonly orderCap?: string
  readonly orderRate?: string
  readonly orderHours?: string
  readonly orderBase?: string
  readonly another?: boolean
}

/** Opens a tab by hand; runs open theirs by themselves, never with a standing order. */
export async function openTab(context: Context, node: string, amount: string, flags: OpenFlags): Promise<void> {
  const { out } = context
  const [with_, credits] = [parseAddress(node), parseUsd(amount)]
  const asked = orderOf(flags)
  await withAgent(context, async (agent) => {
    const standingOrder = asked && { ...asked.amounts, until: (await agent.info()).now + asked.seconds }
    const there = (await agent.tabs()).find((t) => t.node === with_ && t.state === "open")
    // A command that is run again, because its answer was lost, opens no second tab.
    if (there && !flags.another)
      throw new BerthError("exists", `tab ${there.signer.slice(2, 14)} with node ${with_} is open`, {
        hint: "berth topup adds to it; --another opens one beside it",
      })
    const opened = await agent.openTab({ node: with_, amount: credits, standingOrder })
    const order = standingOrder && (await agent.standingOrder({ tab: opened.signer }))
    out.data({ ...opened, standingOrder: order ?? null })
    out.line(`tab ${opened.signer.slice(2, 14)} with node ${shortAddress(with_)} holds ${usd(opened.deposit)}`)
    if (order) out.line(`the node may claim up to ${usd(order.exposure)} of it without your signature, until ${timeOf(order.until)}`)
  })
}

function orderOf(flags: OpenFlags): { amounts: Omit<StandingOrderTerms, "until">; seconds: bigint } | undefined {
  const { orderCap, orderRate, orderHours, orderBase } = flags
  if (orderCap === undefined && orderRate === undefined && orderHours === undefined && orderBase === undefined) return undefined
  if (orderCap === undefined || orderRate === undefined || orderHours === undefined)
    throw new BerthError("usage", "a standing order needs a cap, a rate and an end", {
      hint: "--order-cap USD --order-rate USD (an hour) --order-hours N",
    })
  const base = orderBase === undefined ? 0n : parseUsd(orderBase)
  return { amounts: { base, cap: parseUsd(orderCap), rate: parseUsd(orderRate) }, seconds: parseHours(orderHours) }
}

/** The standing order of a tab, or of all that have one. */
export async function standingOrder(context: Context, ref: string | undefined): Promise<void> {
  const { out } = context
  await withAgent(context, async (agent) => {
    const tabs = ref ? [{ signer: ref, node: undefined }] : await agent.tabs()
    const found: (StandingOrder & { tab: string })[] = []
    for (const tab of tabs) {
      const order = await agent.standingOrder({ tab: tab.signer })
      if (order) found.push({ tab: tab.signer, ...order })
    }
    if (ref && found.length === 0)
      throw new BerthError("not_found", `tab "${ref}" has no standing order`, { hint: "it is given when a tab opens: berth tabs open" })
    out.data(ref ? found[0] : found)
    const rows = found.map((o) => [
      o.tab.replace(/^0x/, "").slice(0, 12),
      usd(o.base),
      usd(o.rate),
      usd(o.cap),
      timeOf(o.until),
      usd(o.allowed),
      usd(o.spent),
      usd(o.exposure),
    ])
    out.line(table(["TAB", "AT ONCE", "PER HOUR", "CAP", "UNTIL", "ALLOWED NOW", "PAID", "STILL TRUSTED"], rows))
  })
}
