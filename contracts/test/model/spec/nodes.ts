// Which operator is paid for which node key.
import type { Address, Call, Refusals, State } from "./state.ts"

/** `signedFor`: the operator that the node key itself named; null: the signature is not the node key's. */
export function registerNode(state: State, call: Call, node: Address, signedFor: Address | null): Refusals {
  const no: Refusals = []
  if (state.nodes[node]) no.push("NodeAlreadyRegistered")
  if (signedFor !== call.from) no.push("NotSignedByNode")
  if (no.length === 0) state.nodes[node] = { operator: call.from, retired: false, version: 1 }
  return no
}

/** Profile or offers: only the version is state. */
export function changeNode(state: State, call: Call, node: Address): Refusals {
  const no = inactive(state, node)
  const entry = state.nodes[node]
  if (call.from !== node && call.from !== entry?.operator) no.push("NotOperator")
  if (no.length === 0) entry!.version += 1
  return no
}

export function retireNode(state: State, call: Call, node: Address): Refusals {
  const no = inactive(state, node)
  const entry = state.nodes[node]
  if (call.from !== entry?.operator) no.push("NotOperator")
  if (no.length === 0) entry!.retired = true
  return no
}

export function inactive(state: State, node: Address): Refusals {
  const entry = state.nodes[node]
  if (!entry) return ["NodeNotRegistered"]
  return entry.retired ? ["NodeIsRetired"] : []
}
