import * as spec from "../spec/stakes.ts"
import { creditsOf } from "../spec/state.ts"
import type { Action, World } from "../world.ts"

/** The operators, mostly. */
function staker(world: World): string {
  return (world.random.chance(0.1) ? world.stranger : world.random.pick(world.operators)).address
}

export function stake(world: World): Action {
  const from = staker(world)
  const has = creditsOf(world.state, from)
  const amount = world.random.chance(0.1) ? has + 1n : world.random.chance(0.03) ? 0n : world.random.amount(has)
  return {
    ...{ entry: "stake", from, to: world.reservations, method: "stake", args: [amount] },
    model: (state, call) => spec.stake(state, call, amount),
  }
}

export function requestUnstake(world: World): Action | null {
  const from = staker(world)
  const { free } = spec.stakeOf(world.state, from)
  if (free === 0n && world.random.chance(0.8)) return null
  const amount = world.random.chance(0.1) ? free + 1n : world.random.amount(free / 3n)
  return {
    ...{ entry: "requestUnstake", from, to: world.reservations, method: "requestUnstake", args: [amount] },
    model: (state, call) => spec.requestUnstake(state, call, amount),
  }
}

export function finishUnstake(world: World): Action | null {
  const from = staker(world)
  const { unbonding, unbondsAt } = spec.stakeOf(world.state, from)
  if ((unbonding === 0n || world.now < unbondsAt) && world.random.chance(0.85)) return null
  return {
    ...{ entry: "finishUnstake", from, to: world.reservations, method: "finishUnstake", args: [] },
    model: (state, call) => spec.finishUnstake(state, call),
  }
}

export function setLockable(world: World): Action | null {
  const { random, state } = world
  const node = random.pick(world.nodes).address
  const operator = state.nodes[node]?.operator
  const from = random.chance(0.1) || !operator ? world.stranger.address : operator
  if (!operator && random.chance(0.8)) return null
  const { free } = spec.stakeOf(state, from)
  const before = state.lockable[node] ?? 0n
  const amount = random.chance(0.1) ? free + before + 1n : random.chance(0.2) ? random.amount(before) : before + random.amount(free)
  return {
    ...{ entry: "setLockable", from, to: world.reservations, method: "setLockable", args: [node, amount] },
    model: (state, call) => spec.setLockable(state, call, node, amount),
  }
}
