// Stake: an operator's free stake, what is on its way out, and what each node's quotes may lock.
import { DAY_SECONDS, U64_MAX } from "./arithmetic.ts"
import { type Address, addCredits, type Call, creditsOf, type Refusals, type State } from "./state.ts"

const UNBONDING_SECONDS = 7 * DAY_SECONDS

export function stakeOf(state: State, operator: Address) {
  state.stakes[operator] ??= { free: 0n, unbonding: 0n, unbondsAt: 0 }
  return state.stakes[operator]
}

export function stake(state: State, call: Call, amount: bigint): Refusals {
  const no: Refusals = []
  const mine = stakeOf(state, call.from)
  if (amount === 0n) no.push("ZeroAmount")
  if (mine.free + amount > U64_MAX) no.push("StakeTooLarge")
  if (creditsOf(state, call.from) < amount) no.push("InsufficientCredits")
  if (no.length > 0) return no
  addCredits(state, call.from, -amount)
  addCredits(state, state.reservationsContract, amount)
  mine.free += amount
  return []
}

export function requestUnstake(state: State, call: Call, amount: bigint): Refusals {
  const no: Refusals = []
  const mine = stakeOf(state, call.from)
  if (amount === 0n) no.push("ZeroAmount")
  if (mine.free < amount) no.push("InsufficientStake")
  if (no.length > 0) return no
  mine.free -= amount
  mine.unbonding += amount
  mine.unbondsAt = call.now + UNBONDING_SECONDS
  return []
}

export function finishUnstake(state: State, call: Call): Refusals {
  const mine = stakeOf(state, call.from)
  if (mine.unbonding === 0n) return ["NothingUnbonding"]
  if (call.now < mine.unbondsAt) return ["StillUnbonding"]
  addCredits(state, state.reservationsContract, -mine.unbonding)
  addCredits(state, call.from, mine.unbonding)
  mine.unbonding = 0n
  mine.unbondsAt = 0
  return []
}

export function setLockable(state: State, call: Call, node: Address, amount: bigint): Refusals {
  const no: Refusals = []
  const mine = stakeOf(state, call.from)
  const before = state.lockable[node] ?? 0n
  if (state.nodes[node]?.operator !== call.from) no.push("NotOperator")
  if (mine.free + before < amount) no.push("InsufficientStake")
  if (no.length > 0) return no
  mine.free = mine.free + before - amount
  state.lockable[node] = amount
  return []
}
