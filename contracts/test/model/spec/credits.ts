// Reserve and credits, and what the owner may set.
import { type Address, addCredits, type Call, creditsOf, type Refusals, type State } from "./state.ts"

const FEE_CAP_BPS = 500
const NOBODY = "0x0000000000000000000000000000000000000000"

function lost(state: State, recipient: Address): boolean {
  return recipient === state.core || /^0x0+$/.test(recipient)
}

export function deposit(state: State, call: Call, amount: bigint, to: Address): Refusals {
  const no: Refusals = []
  if (state.paused) no.push("IsPaused")
  if (amount === 0n) no.push("ZeroAmount")
  if (lost(state, to)) no.push("BadRecipient")
  if ((state.allowances[call.from] ?? 0n) < amount) no.push("ERC20InsufficientAllowance")
  if ((state.wallets[call.from] ?? 0n) < amount) no.push("ERC20InsufficientBalance")
  if (no.length > 0) return no
  state.wallets[call.from]! -= amount
  state.allowances[call.from]! -= amount
  state.held += amount
  addCredits(state, to, amount)
  return []
}

/** A permit that can't be used (any more) changes nothing; the deposit then lives on the allowance that is there. */
export function depositWithPermit(
  state: State,
  call: Call,
  amount: bigint,
  to: Address,
  permit: { owner: Address; nonce: bigint; deadline: number },
): Refusals {
  const nonce = state.permitNonces[call.from] ?? 0n
  if (permit.owner === call.from && permit.nonce === nonce && call.now <= permit.deadline) {
    state.permitNonces[call.from] = nonce + 1n
    state.allowances[call.from] = amount
  }
  return deposit(state, call, amount, to)
}

export function approveReserve(state: State, call: Call, amount: bigint): Refusals {
  state.allowances[call.from] = amount
  return []
}

export function withdraw(state: State, call: Call, amount: bigint, to: Address): Refusals {
  const no: Refusals = []
  if (amount === 0n) no.push("ZeroAmount")
  if (lost(state, to)) no.push("BadRecipient")
  if (creditsOf(state, call.from) < amount) no.push("InsufficientCredits")
  if (no.length > 0) return no
  addCredits(state, call.from, -amount)
  state.held -= amount
  state.wallets[to] = (state.wallets[to] ?? 0n) + amount
  return []
}

function ownerOnly(state: State, call: Call): Refusals {
  return call.from === state.owner ? [] : ["OwnableUnauthorizedAccount"]
}

export function setFee(state: State, call: Call, bps: number): Refusals {
  const no = ownerOnly(state, call)
  if (bps > FEE_CAP_BPS) no.push("FeeAboveCap")
  if (no.length === 0) state.feeBps = bps
  return no
}

export function setPaused(state: State, call: Call, value: boolean): Refusals {
  const no = ownerOnly(state, call)
  if (no.length === 0) state.paused = value
  return no
}

export function withdrawFees(state: State, call: Call, to: Address): Refusals {
  const no = ownerOnly(state, call)
  if (state.fees === 0n) no.push("ZeroAmount")
  if (lost(state, to)) no.push("BadRecipient")
  if (no.length > 0) return no
  state.wallets[to] = (state.wallets[to] ?? 0n) + state.fees
  state.held -= state.fees
  state.fees = 0n
  return []
}

export function transferOwnership(state: State, call: Call, to: Address): Refusals {
  const no = ownerOnly(state, call)
  if (no.length === 0) state.pendingOwner = to
  return no
}

export function acceptOwnership(state: State, call: Call): Refusals {
  if (state.pendingOwner !== call.from) return ["OwnableUnauthorizedAccount"]
  state.owner = call.from
  state.pendingOwner = null
  return []
}

/** For good: nobody sets anything any more. */
export function renounceOwnership(state: State, call: Call): Refusals {
  const no = ownerOnly(state, call)
  if (no.length > 0) return no
  state.owner = NOBODY
  state.pendingOwner = null
  return []
}
