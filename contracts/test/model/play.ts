import * as credits from "./actions/credits.ts"
import * as days from "./actions/days.ts"
import * as nodes from "./actions/nodes.ts"
import * as reserve from "./actions/reserve.ts"
import * as stakes from "./actions/stakes.ts"
import * as tabs from "./actions/tabs.ts"
import * as tokens from "./actions/tokens.ts"
import * as verifiers from "./actions/verifiers.ts"
import { nextAction, nextDay } from "./clock.ts"
import { compare } from "./compare.ts"
import { type Action, createWorld, type World } from "./world.ts"

type Maker = (world: World) => Action | null

const { someReservation: _, claimable: __, ...dayMakers } = days
const { signQuorum: ___, ...verifierMakers } = verifiers
const makers: Record<string, Maker> = {
  ...{ ...credits, ...nodes, ...tabs, ...stakes, ...reserve, ...tokens, ...dayMakers, ...verifierMakers },
}

/** How often a kind of action is tried; 1 if not named. */
const weights: Record<string, number> = {
  ...{ settle: 8, openTab: 4, openTabWithOrder: 3, topUp: 2, claimStandingOrder: 4, deposit: 3, approveReserve: 3 },
  ...{ reserve: 8, claimDays: 12, claimUnsignedDays: 5, attestDays: 6, stake: 3, setLockable: 4, setPaused: 0.3, addSet: 0.5 },
  ...{ transferFrom: 2, askRefund: 2, takeRefund: 2, lapseDays: 0.7, cancel: 0.7, transferOwnership: 0.5, setFee: 0.5 },
}

const draw: Maker[] = Object.entries(makers).flatMap(([name, maker]) => Array(Math.round((weights[name] ?? 1) * 10)).fill(maker) as Maker[])

export interface Counts {
  days: number
  checks: number
  entries: Map<string, { calls: number; successes: number }>
}

export function noCounts(): Counts {
  return { days: 0, checks: 0, entries: new Map(Object.keys(makers).map((name) => [name, { calls: 0, successes: 0 }])) }
}

/** Plays `dayCount` random days of the world that `seed` makes, and compares everything after each. */
export async function play(seed: string, dayCount: number, counts: Counts): Promise<void> {
  const world = await createWorld(seed)
  const log: string[] = []
  try {
    await begin(world, counts, log)
    for (let day = 0; day < dayCount; day++) {
      world.now = nextDay(world)
      for (let actions = world.random.between(4, 20); actions > 0; actions--) {
        await step(world, world.random.pick(draw), counts, log)
        world.now = nextAction(world)
      }
      counts.checks += await compare(world, day % 10 === 9 || day === dayCount - 1)
      counts.days += 1
    }
  } catch (error) {
    throw new Error(`seed ${seed}, day ${counts.days}: ${(error as Error).message}\nlast calls:\n  ${log.slice(-25).join("\n  ")}`, {
      cause: error,
    })
  } finally {
    await world.chain.close()
  }
}

/** Nodes, money and stake to start with: as actions like all others. */
async function begin(world: World, counts: Counts, log: string[]): Promise<void> {
  const first: [Maker, number][] = [
    [nodes.registerNode, 5],
    [credits.deposit, 25],
    [stakes.stake, 4],
    [stakes.setLockable, 6],
    [verifiers.addSet, 1],
  ]
  for (const [maker, times] of first) {
    for (let n = 0; n < times; n++) {
      world.now += world.random.between(1, 100)
      await step(world, maker, counts, log)
    }
  }
}

async function step(world: World, maker: Maker, counts: Counts, log: string[]): Promise<void> {
  const action = maker(world)
  if (!action) return
  const { chain, now } = world
  const before = structuredClone(world.state)
  const refusals = action.model(world.state, { from: action.from, now })
  const error = await chain.send(action.from, action.to.address, action.to.abi.encodeFunctionData(action.method, action.args), now)
  const done = refusals.length === 0
  log.push(
    `${now} ${action.entry} from ${action.from}: ${error ?? "done"}${done ? "" : ` (model: ${refusals.join(", ")})`} ${text(action.args)}`,
  )
  if (!done) world.state = before
  const entry = counts.entries.get(action.entry)!
  entry.calls += 1
  if (done) entry.successes += 1
  if (refusals[0] === "(nothing to pay)") refusals.length = 0
  const agree = error === null ? refusals.length === 0 : refusals.includes(error)
  if (!agree) throw new Error(`${action.entry}: the contract says ${error ?? "done"}, the model ${refusals.join(" or ") || "done"}`)
}

function text(args: unknown[]): string {
  return JSON.stringify(args, (_, value) => (typeof value === "bigint" ? String(value) : value)).slice(0, 400)
}
