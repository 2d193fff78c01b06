// Verifier sets and the roots that they sign.
import { DAY_SECONDS, startOf } from "./arithmetic.ts"
import type { Address, Call, Refusals, State } from "./state.ts"

const ATTESTATION_SECONDS = 2 * DAY_SECONDS

/** Which members the caller says have signed, and who really signed, in that order. */
export interface Quorum {
  members: number[]
  signers: (Address | null)[]
}

export function addSet(state: State, call: Call, threshold: number, members: Address[]): Refusals {
  const no: Refusals = []
  if (call.from !== state.owner) no.push("NotOwner")
  const none = members.length === 0 && threshold === 0
  if (!none && (members.length < 1 || members.length > 16 || threshold < 1 || threshold > members.length)) no.push("BadThreshold")
  const ascending = members.every((member, i) => BigInt(member) > (i === 0 ? 0n : BigInt(members[i - 1]!)))
  if (!ascending) no.push("MembersNotAscending")
  if (no.length === 0) state.sets.push({ threshold, members: [...members] })
  return no
}

/** Sets count from 1. */
export function checkQuorum(state: State, id: number, { members, signers }: Quorum): Refusals {
  const set = state.sets[id - 1]
  if (!set) return ["UnknownSet"]
  const no: Refusals = []
  if (members.length !== signers.length || members.some((member) => member >= set.members.length)) no.push("BadMemberBitmap")
  // A set without members never has a quorum.
  if (set.members.length === 0 || signers.length < set.threshold) no.push("NoQuorum")
  if (members.some((member, i) => set.members[member] !== signers[i])) no.push("NotSignedByMember")
  return no
}

export function attest(state: State, call: Call, day: number, root: string, quorum: Quorum): Refusals {
  const no = checkQuorum(state, state.sets.length, quorum)
  const over = startOf(day + 1)
  const expiresAt = over + ATTESTATION_SECONDS
  if (call.now < over || call.now >= expiresAt) no.push("DayNotAttestable")
  if (state.attestations[day]) no.push("AlreadyAttested")
  if (no.length > 0) return no
  state.attestations[day] = { root, set: state.sets.length, expiresAt }
  return []
}
