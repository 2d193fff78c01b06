import { BerthError } from "../errors.ts"
import { type Context, type IdFlags, withAgent } from "./context.ts"
import { table, timeOf, usd } from "./output.ts"
import { parseAddress, parseUsd } from "./parse.ts"

export async function stake(context: Context): Promise<void> {
  const { out } = context
  const found = await withAgent(context, (agent) => agent.stakeOf())
  out.data(found)
  out.line(`operator   ${found.operator}`)
  out.line(`free       ${usd(found.free)}   for berth stake lockable or unstake`)
  out.line(
    `unbonding  ${usd(found.unbonding)}${found.unbondsAt === undefined ? "" : `   from ${timeOf(found.unbondsAt)} on: berth stake finish`}`,
  )
  if (found.nodes.length === 0) return out.line("this account operates no node: its stake backs nothing")
  out.line(
    table(
      ["NODE", "LOCKABLE"],
      found.nodes.map((n) => [n.node, usd(n.lockable)]),
    ),
  )
}

export async function stakeDeposit(context: Context, amount: string, flags: IdFlags): Promise<void> {
  const credits = parseUsd(amount)
  const done = await withAgent(context, (agent) => agent.stake({ amount: credits, id: flags.id }))
  context.out.data({ staked: credits, ...done })
  context.out.line(`staked ${usd(credits)} (transaction ${done.hash}); ${usd(done.free)} are free: berth stake lockable NODE USD`)
}

export async function stakeUnstake(context: Context, amount: string): Promise<void> {
  const { out } = context
  const asked = amount === "all" ? undefined : parseUsd(amount)
  const [credits, done] = await withAgent(context, async (agent) => {
    const wanted = asked ?? (await agent.stakeOf()).free
    if (wanted === 0n)
      throw new BerthError("insufficient_stake", "no stake is free", {
        hint: "lower what a node may lock first: berth stake lockable NODE 0",
      })
    return [wanted, await agent.requestUnstake({ amount: wanted })] as const
  })
  out.data({ requested: credits, ...done })
  out.line(`${usd(done.unbonding)} unbond (transaction ${done.hash}); from ${timeOf(done.unbondsAt)} on: berth stake finish`)
}

export async function stakeFinish(context: Context): Promise<void> {
  const done = await withAgent(context, (agent) => agent.finishUnstake())
  context.out.data(done)
  context.out.line(`${usd(done.amount)} are in your credits (transaction ${done.hash})`)
}

export async function stakeLockable(context: Context, node: string, amount: string): Promise<void> {
  const of = parseAddress(node)
  const credits = parseUsd(amount)
  const done = await withAgent(context, (agent) => agent.setLockable({ node: of, amount: credits }))
  context.out.data({ node: of, lockable: credits, ...done })
  context.out.line(`quotes of ${of} may lock ${usd(credits)} (transaction ${done.hash}); ${usd(done.free)} stay free`)
}
