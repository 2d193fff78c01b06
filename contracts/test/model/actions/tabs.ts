import { AbiCoder, concat, keccak256, toBeHex, ZeroHash } from "ethers"
import { dayOf, U64_MAX } from "../spec/arithmetic.ts"
import { creditsOf, type StandingOrder, type Tab } from "../spec/state.ts"
import * as spec from "../spec/tabs.ts"
import type { Key } from "../structs.ts"
import { type Action, freshKey, signed, type World } from "../world.ts"

const USD = 1_000_000n

export function openTab(world: World): Action {
  return opening(world, null)
}

export function openTabWithOrder(world: World): Action {
  const { random, now } = world
  const order: StandingOrder = {
    base: random.chance(0.3) ? 0n : random.amount(20n * USD),
    cap: random.chance(0.1) ? 0n : random.chance(0.05) ? U64_MAX : random.amount(100n * USD),
    rate: random.chance(0.05) ? U64_MAX : random.amount(3n * USD),
    from: random.pick([0, now, now + 1, now + random.between(0, 200_000)]),
    until: random.chance(0.1) ? now : now + random.between(1, 800_000),
  }
  return opening(world, order)
}

function opening(world: World, order: StandingOrder | null): Action {
  const { random, state } = world
  const tenant = random.pick(world.tenants)
  const node = random.pick(world.nodes.slice(0, random.chance(0.2) ? 4 : 2))
  const old = random.chance(0.08) ? state.tabs.at(random.between(0, state.tabs.length - 1)) : undefined
  const signer = old ? world.tabSigners.get(old.signer)! : freshKey(world)
  world.tabSigners.set(signer.address, signer)
  const consent = {
    tenant: random.chance(0.06) ? world.stranger.address : tenant.address,
    node: (random.chance(0.05) ? random.pick(world.nodes) : node).address,
  }
  const [r, vs] = signed(world, signer, "TabConsent", consent)
  const has = creditsOf(state, tenant.address)
  const amount = random.chance(0.05) ? has + 1n : random.chance(0.02) ? 0n : random.amount(has / 5n)
  const method = order ? "openTabWithOrder" : "openTab"
  const args = [signer.address, node.address, amount, ...(order ? [order] : []), r, vs]
  return {
    ...{ entry: method, from: tenant.address, to: world.core, method, args },
    model: (state, call) => spec.openTab(state, call, signer.address, node.address, amount, consent, order),
  }
}

/** Mostly one that is open. */
function someTab(world: World, wanted: (tab: Tab) => boolean): Tab | null {
  const { random, state } = world
  const fitting = state.tabs.filter(wanted)
  if (fitting.length > 0 && random.chance(0.92)) return random.pick(fitting)
  return state.tabs.length > 0 && random.chance(0.3) ? random.pick(state.tabs) : null
}

const isOpen = (tab: Tab) => !tab.closed

function byTenant(world: World, tab: Tab): string {
  return world.random.chance(0.08) ? world.stranger.address : tab.tenant
}

export function topUp(world: World): Action | null {
  const tab = someTab(world, (one) => isOpen(one) && one.closeRequestedAt === null)
  if (!tab) return null
  const from = byTenant(world, tab)
  const amount = world.random.chance(0.05) ? U64_MAX : world.random.amount(creditsOf(world.state, from) / 8n)
  return {
    ...{ entry: "topUp", from, to: world.core, method: "topUp", args: [tab.signer, tab.node, amount] },
    model: (state, call) => spec.topUp(state, call, tab.signer, tab.node, amount),
  }
}

/** A cumulative amount that is mostly a little more than what was paid: else old, or too much. */
function someAmount(world: World, tab: Tab): bigint {
  const { random } = world
  const kind = random.between(0, 19)
  if (kind === 0) return U64_MAX
  if (kind === 1) return tab.deposit + 1n
  if (kind === 2) return tab.deposit
  if (kind < 5) return random.amount(tab.spent)
  return tab.spent + random.amount((tab.deposit - tab.spent) / 2n)
}

/** One batch of a few groups: new, old, too high, forged, repeated lines, in any order. */
export function settle(world: World): Action | null {
  const { random, state } = world
  if (state.tabs.length === 0) return null
  const lines: { node: string; signer: string | null; amount: bigint }[] = []
  const groups: string[] = []
  for (let g = random.between(1, 3); g > 0; g--) {
    const node = random.pick(state.tabs).node
    const day = dayOf(world.now)
    const encoded: string[] = []
    for (let l = random.between(0, 4); l > 0; l--) {
      const tab = random.pick(
        state.tabs.filter((one) => one.node === node && (isOpen(one) || random.chance(0.1))).concat(random.pick(state.tabs)),
      )
      const amount = someAmount(world, tab)
      const forged = random.chance(0.08)
      const key = forged ? freshKey(world) : world.tabSigners.get(tab.signer)!
      const [r, vs] = signed(world, key, "Receipt", { node, day, gpuMs: amount, amount, recordsHash: ZeroHash })
      encoded.push(concat([toBeHex(amount, 8), toBeHex(amount, 8), ZeroHash, r, vs]))
      lines.push({ node, signer: forged ? null : tab.signer, amount })
    }
    groups.push(concat([node, toBeHex(day, 4), toBeHex(encoded.length, 2), ...encoded]))
  }
  return {
    ...{ entry: "settle", from: world.stranger.address, to: world.core, method: "settle", args: [concat(groups)] },
    // Nothing paid is not a revert, yet no success either: the statistics ask for money that moved.
    model: (state) => (spec.settle(state, lines) > 0n ? [] : ["(nothing to pay)"]),
  }
}

export function claimStandingOrder(world: World): Action | null {
  const { random, now } = world
  const due = (tab: Tab) => isOpen(tab) && tab.order !== null && spec.orderAllows(tab, now) > tab.spent && tab.deposit > tab.spent
  const tab = someTab(world, due)
  if (!tab) return null
  const amount = random.chance(0.5) ? spec.orderAllows(tab, now) : someAmount(world, tab)
  const key: Key = random.chance(0.08) ? world.tabSigners.get(tab.signer)! : world.nodes.find(({ address }) => address === tab.node)!
  const day = dayOf(now)
  // What the node signed for one tab is worth nothing at another of the same tenant.
  const signedFor = random.chance(0.05) ? random.pick(world.state.tabs) : tab
  const records = { seq: 1, block: 2n, used: amount, treeSize: 1, treeRoot: ZeroHash, previousDayRecordsHash: ZeroHash }
  const recordsHash = openingOf(world, signedFor, records)
  const [r, vs] = signed(world, key, "Receipt", { node: tab.node, day, gpuMs: 1n, amount, recordsHash })
  const signedBy = signedFor === tab ? key.address : null
  return {
    ...{ entry: "claimStandingOrder", from: world.stranger.address, to: world.core, method: "claimStandingOrder" },
    args: [tab.signer, tab.node, day, 1n, amount, records, r, vs],
    model: (state, call) => spec.claimStandingOrder(state, call, tab.signer, tab.node, amount, signedBy),
  }
}

/** A receipt's recordsHash over its tab, as docs/formats.md has it. */
function openingOf(world: World, tab: Tab, records: Record<string, unknown>): string {
  const { chain, core } = world
  const words = ["uint256", "address", "address", "address"]
  const tabId = keccak256(AbiCoder.defaultAbiCoder().encode(words, [chain.chainId, core.address, tab.signer, tab.node]))
  const values = [tabId, records.seq, records.block, records.used, records.treeSize, records.treeRoot, records.previousDayRecordsHash]
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint32", "uint64", "uint64", "uint32", "bytes32", "bytes32"], values))
}

export function requestClose(world: World): Action | null {
  const tab = someTab(world, (one) => isOpen(one) && one.closeRequestedAt === null)
  if (!tab) return null
  return {
    ...{ entry: "requestClose", from: byTenant(world, tab), to: world.core, method: "requestClose", args: [tab.signer, tab.node] },
    model: (state, call) => spec.requestClose(state, call, tab.signer, tab.node),
  }
}

export function finishClose(world: World): Action | null {
  const { random } = world
  const late = (tab: Tab) =>
    isOpen(tab) && tab.closeRequestedAt !== null && (random.chance(0.2) || world.now >= tab.closeRequestedAt + 259_200)
  const tab = someTab(world, late)
  if (!tab) return null
  return {
    ...{ entry: "finishClose", from: world.stranger.address, to: world.core, method: "finishClose", args: [tab.signer, tab.node] },
    model: (state, call) => spec.finishClose(state, call, tab.signer, tab.node),
  }
}

export function closeTab(world: World): Action | null {
  const { random } = world
  const tab = someTab(world, isOpen)
  if (!tab) return null
  const amount = someAmount(world, tab)
  const deadline = world.now + random.pick([-1, 0, 0, 1, 1000])
  const key = random.chance(0.08) ? world.tabSigners.get(tab.signer)! : world.nodes.find(({ address }) => address === tab.node)!
  const [r, vs] = signed(world, key, "TabClose", { signer: tab.signer, node: tab.node, amount, deadline })
  return {
    ...{ entry: "closeTab", from: byTenant(world, tab), to: world.core, method: "closeTab" },
    args: [tab.signer, tab.node, amount, deadline, r, vs],
    model: (state, call) => spec.closeTab(state, call, tab.signer, tab.node, amount, deadline, key.address),
  }
}
