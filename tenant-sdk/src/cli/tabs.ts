import { BerthError } from "../errors.ts"
import type { ConnectedAgent } from "../resident/connect.ts"
import { type Context, type IdFlags, withAgent } from "./context.ts"
import { shortAddress, table, usd } from "./output.ts"
import { parseAddress, parseUsd } from "./parse.ts"

export async function tabs(context: Context): Promise<void> {
  const { out } = context
  const list = await withAgent(context, (agent) => agent.tabs())
  out.data(list)
  const rows = list.map((t) => [
    t.signer.slice(2, 14),
    shortAddress(t.node),
    t.state,
    usd(t.deposit),
    usd(t.used),
    usd(t.spent),
    String(t.seq),
    String(t.running),
    t.state === "open" ? (t.connected ? "yes" : "no") : "-",
  ])
  out.line(table(["TAB", "NODE", "STATE", "DEPOSIT", "USED", "SETTLED", "RECEIPTS", "RUNNING", "LINE"], rows))
  for (const t of list) if (t.dispute) out.note(`${t.signer.slice(2, 14)}: ${t.dispute}`)
}

export async function topUp(context: Context, tab: string, amount: string, flags: IdFlags): Promise<void> {
  const credits = parseUsd(amount)
  const done = await withAgent(context, (agent) => agent.topUp({ tab, amount: credits, id: flags.id }))
  context.out.data({ added: credits, ...done })
  context.out.line(`added ${usd(credits)} (transaction ${done.hash})`)
}

interface CloseFlags {
  readonly timed?: boolean
  readonly finish?: boolean
  readonly node?: string
}

export async function close(context: Context, tab: string, flags: CloseFlags): Promise<void> {
  const { out } = context
  const done = await withAgent(context, (agent) => closed(agent, tab, flags))
  out.data(done)
  const node = flags.node === undefined ? "" : ` --node ${flags.node}`
  const { hash, amount, used } = done
  if (flags.timed) return out.line(`close requested (transaction ${hash}); after 72 hours: berth close --finish ${tab}${node}`)
  if (amount === undefined || used === undefined) return out.line(`closed (transaction ${hash})`)
  const unused = amount > used ? `, of which ${usd(amount - used)} had been paid beyond what you signed as used` : ""
  out.line(`closed (transaction ${hash}): ${usd(amount)} to the node${unused}, the rest is back in your credits`)
}

async function closed(agent: ConnectedAgent, tab: string, { timed, finish, node }: CloseFlags): ReturnType<ConnectedAgent["closeTab"]> {
  if (node !== undefined) {
    // A tab whose signer is lost with its store: the wallet that opened it can still close it, in time.
    if (!timed && !finish)
      throw new BerthError("usage", "--node is for --timed and --finish: an agreement needs the agent that knows the tab")
    const key = { signer: parseAddress(tab), node: parseAddress(node) }
    return finish ? agent.finishTabClose(key) : agent.requestTabClose(key)
  }
  return finish ? agent.finishClose({ tab }) : agent.closeTab({ tab, timed })
}
