import { ZeroHash } from "ethers"
import * as spec from "../spec/nodes.ts"
import type { Key } from "../structs.ts"
import { type Action, freshKey, signed, type World } from "../world.ts"

const PROFILE = { tier: 0, region: "DE", addresses: [], recorders: [], metadataHash: ZeroHash }

/** Nodes 0 and 1 are the first operator's, the others the second's. */
function operatorFor(world: World, node: Key): string {
  return world.operators[world.nodes.indexOf(node) < 2 ? 0 : 1]!.address
}

export function registerNode(world: World): Action {
  const { random, state } = world
  const unknown = world.nodes.filter((node) => !state.nodes[node.address])
  const node = random.chance(0.15) ? random.pick(world.nodes) : unknown.length > 0 ? random.pick(unknown) : freshKey(world)
  const operator = operatorFor(world, node)
  const from = random.chance(0.1) ? world.stranger.address : operator
  const [r, vs] = signed(world, node, "NodeRegistration", { operator })
  return {
    ...{ entry: "registerNode", from, to: world.core, method: "registerNode", args: [node.address, r, vs, PROFILE, []] },
    model: (state, call) => spec.registerNode(state, call, node.address, operator),
  }
}

export function updateNode(world: World): Action {
  return change(world, "updateNode", PROFILE)
}

export function setOffers(world: World): Action {
  return change(world, "setOffers", [])
}

function change(world: World, method: string, value: unknown): Action {
  const node = world.random.pick(world.nodes)
  const from = world.random.pick([world.stranger.address, node.address, operatorFor(world, node), operatorFor(world, node)])
  return {
    ...{ entry: method, from, to: world.core, method, args: [node.address, value] },
    model: (state, call) => spec.changeNode(state, call, node.address),
  }
}

/** The first node of each operator stays. */
export function retireNode(world: World): Action | null {
  const { random, state } = world
  const node = random.pick([world.nodes[1]!, world.nodes[3]!])
  const ready = state.nodes[node.address] && !state.nodes[node.address]!.retired
  if (random.chance(ready ? 0.7 : 0.9)) return null
  const from = random.chance(0.3) ? node.address : operatorFor(world, node)
  return {
    ...{ entry: "retireNode", from, to: world.core, method: "retireNode", args: [node.address] },
    model: (state, call) => spec.retireNode(state, call, node.address),
  }
}
