import { Signature, TypedDataEncoder } from "ethers"
import * as spec from "../spec/credits.ts"
import { creditsOf } from "../spec/state.ts"
import * as tabs from "../spec/tabs.ts"
import { type Action, people, type World } from "../world.ts"

const USD = 1_000_000n

export function deposit(world: World): Action {
  const from = world.random.pick(people(world)).address
  const aim = world.random.between(0, 40)
  const to = aim === 0 ? world.core.address : aim === 1 ? world.reservations.address : world.random.pick(people(world)).address
  const amount = world.random.chance(0.03) ? 0n : world.random.amount(2_000n * USD)
  return {
    ...{ entry: "deposit", from, to: world.core, method: "deposit", args: [amount, to] },
    model: (state, call) => spec.deposit(state, call, amount, to),
  }
}

/** A permit is good for its owner only: from anybody else, the call needs an allowance of theirs, which is there. */
export function depositWithPermit(world: World): Action {
  const { random, token, core } = world
  const owner = random.pick(world.tenants)
  const from = random.chance(0.15) ? world.stranger.address : owner.address
  const amount = random.amount(2_000n * USD)
  const deadline = world.now + (random.chance(0.1) ? -1 : random.between(0, 1000))
  const domain = { name: "Test USD", version: "1", chainId: world.chain.chainId, verifyingContract: token.address }
  const types = { Permit: ["owner address", "spender address", "value uint256", "nonce uint256", "deadline uint256"].map(field) }
  const nonce = (world.state.permitNonces[owner.address] ?? 0n) - (random.chance(0.1) ? 1n : 0n)
  const value = { owner: owner.address, spender: core.address, value: amount, nonce: nonce < 0n ? 0n : nonce, deadline }
  const { v, r, s } = Signature.from(owner.secret.sign(TypedDataEncoder.hash(domain, types, value)))
  return {
    ...{ entry: "depositWithPermit", from, to: core, method: "depositWithPermit", args: [amount, owner.address, deadline, v, r, s] },
    model: (state, call) => spec.depositWithPermit(state, call, amount, owner.address, { ...value, owner: owner.address }),
  }
}

/** Back to more than anybody has: permits leave an allowance of nothing. */
export function approveReserve(world: World): Action {
  const from = world.random.pick(people(world)).address
  const amount = world.random.chance(0.1) ? world.random.amount(5_000n * USD) : 2n ** 255n
  return {
    ...{ entry: "approveReserve", from, to: world.token, method: "approve", args: [world.core.address, amount] },
    model: (state, call) => spec.approveReserve(state, call, amount),
  }
}

function field(text: string) {
  const [name, type] = text.split(" ")
  return { name: name!, type: type! }
}

export function withdraw(world: World): Action {
  const { random, state } = world
  const from = random.pick(people(world)).address
  const has = creditsOf(state, from)
  const amount = random.chance(0.15) ? has + 1n : random.chance(0.1) ? has : random.amount(has / 4n)
  const to = random.chance(0.03) ? world.core.address : random.pick(people(world)).address
  return {
    ...{ entry: "withdraw", from, to: world.core, method: "withdraw", args: [amount, to] },
    model: (state, call) => spec.withdraw(state, call, amount, to),
  }
}

function byOwner(world: World): string {
  const { owner } = world.state
  return world.random.chance(0.1) || BigInt(owner) === 0n ? world.stranger.address : owner
}

export function setFee(world: World): Action {
  const [from, bps] = [byOwner(world), world.random.between(0, 550)]
  return {
    ...{ entry: "setFee", from, to: world.core, method: "setFee", args: [bps] },
    model: (state, call) => spec.setFee(state, call, bps),
  }
}

export function setPaused(world: World): Action {
  const [from, value] = [byOwner(world), !world.state.paused && world.random.chance(0.4)]
  return {
    ...{ entry: "setPaused", from, to: world.core, method: "setPaused", args: [value] },
    model: (state, call) => spec.setPaused(state, call, value),
  }
}

export function withdrawFees(world: World): Action | null {
  if (world.state.fees === 0n && world.random.chance(0.8)) return null
  const [from, to] = [byOwner(world), world.random.pick(people(world)).address]
  return {
    ...{ entry: "withdrawFees", from, to: world.core, method: "withdrawFees", args: [to] },
    model: (state, call) => spec.withdrawFees(state, call, to),
  }
}

export function transferOwnership(world: World): Action {
  const [from, to] = [byOwner(world), world.random.pick(world.owners).address]
  return {
    ...{ entry: "transferOwnership", from, to: world.core, method: "transferOwnership", args: [to] },
    model: (state, call) => spec.transferOwnership(state, call, to),
  }
}

/** In a few worlds, late: the market goes on without an owner. */
export function renounceOwnership(world: World): Action | null {
  if (world.random.chance(0.9)) return null
  const from = world.random.chance(0.4) ? world.stranger.address : world.state.owner
  if (BigInt(from) === 0n) return null
  return {
    ...{ entry: "renounceOwnership", from, to: world.core, method: "renounceOwnership", args: [] },
    model: (state, call) => spec.renounceOwnership(state, call),
  }
}

export function acceptOwnership(world: World): Action | null {
  const from = world.random.chance(0.2) ? world.stranger.address : world.state.pendingOwner
  if (!from) return null
  return {
    ...{ entry: "acceptOwnership", from, to: world.core, method: "acceptOwnership", args: [] },
    model: (state, call) => spec.acceptOwnership(state, call),
  }
}

/** Deposit, top-up and withdrawal in one: all or nothing. */
export function multicall(world: World): Action {
  const { random, core, state } = world
  const from = random.pick(world.tenants).address
  const tab = state.tabs.find((one) => one.tenant === from && !one.closed && one.closeRequestedAt === null)
  const [into, out] = [1n + random.amount(50n * USD), random.chance(0.3) ? creditsOf(state, from) * 2n + USD : 1n]
  const calls = [core.abi.encodeFunctionData("deposit", [into, from])]
  if (tab) calls.push(core.abi.encodeFunctionData("topUp", [tab.signer, tab.node, into]))
  calls.push(core.abi.encodeFunctionData("withdraw", [out, from]))
  return {
    ...{ entry: "multicall", from, to: core, method: "multicall", args: [calls] },
    model: (state, call) => {
      const no = spec.deposit(state, call, into, from)
      if (tab) no.push(...tabs.topUp(state, call, tab.signer, tab.node, into))
      no.push(...spec.withdraw(state, call, out, from))
      return no
    },
  }
}

/** Reserve sent to the core without a deposit belongs to nobody. */
export function gift(world: World): Action {
  const amount = 1n + world.random.amount(1000n)
  return {
    ...{ entry: "gift", from: world.stranger.address, to: world.token, method: "transfer", args: [world.core.address, amount] },
    model: (state, call) => {
      if (state.wallets[call.from]! < amount) return ["ERC20InsufficientBalance"]
      state.wallets[call.from]! -= amount
      state.held += amount
      state.gifts += amount
      return []
    },
  }
}
