import { showCall } from "./call.ts"
import { confirm } from "./confirm.ts"
import { type Context, withAgent } from "./context.ts"
import { percent, usd } from "./output.ts"
import { parseAddress, parseWhole } from "./parse.ts"

interface OwnerFlags {
  readonly call?: boolean
}

export async function owner(context: Context): Promise<void> {
  const { out } = context
  const found = await withAgent(context, (agent) => agent.controls())
  out.data(found)
  out.line(`owner    ${found.owner}${found.pendingOwner === undefined ? "" : `; ${found.pendingOwner} may accept it`}`)
  out.line(`fee      ${percent(found.feeBps)} of what tabs and reservations made now pay; at most ${percent(found.maxFeeBps)}`)
  out.line(`accrued  ${usd(found.accruedFees)}`)
  out.line(`paused   ${found.paused ? "new deposits, tabs and reservations are refused" : "no"}`)
}

export async function fee(context: Context, text: string, flags: OwnerFlags): Promise<void> {
  const bps = parseWhole(text, 0, 10_000)
  if (flags.call) return showCall(context, "berth", "setFee", [bps])
  const done = await withAgent(context, (agent) => agent.setFee({ bps }))
  context.out.data({ bps, ...done })
  context.out.line(`what is made from now on pays ${percent(bps)} (transaction ${done.hash})`)
}

export async function pause(context: Context, flags: OwnerFlags): Promise<void> {
  return setPaused(context, true, flags)
}

export async function unpause(context: Context, flags: OwnerFlags): Promise<void> {
  return setPaused(context, false, flags)
}

async function setPaused(context: Context, paused: boolean, flags: OwnerFlags): Promise<void> {
  if (flags.call) return showCall(context, "berth", "setPaused", [paused])
  const done = await withAgent(context, (agent) => agent.setPaused({ paused }))
  context.out.data({ paused, ...done })
  context.out.line(`new deposits, tabs and reservations are ${paused ? "refused" : "allowed"} (transaction ${done.hash})`)
}

export async function feesOut(context: Context, text: string, flags: OwnerFlags): Promise<void> {
  const to = parseAddress(text)
  if (flags.call) return showCall(context, "berth", "withdrawFees", [to])
  const done = await withAgent(context, (agent) => agent.withdrawFees({ to }))
  context.out.data({ to, ...done })
  context.out.line(`${usd(done.amount)} of fees went to ${to} (transaction ${done.hash})`)
}

export async function retire(context: Context, text: string, flags: { readonly yes?: boolean }): Promise<void> {
  const node = parseAddress(text)
  await confirm(context, `retire ${node}? It can't be undone.`, flags.yes)
  const done = await withAgent(context, (agent) => agent.retireNode({ node }))
  context.out.data({ node, ...done })
  context.out.line(`${node} takes no new tabs and reservations (transaction ${done.hash})`)
}
