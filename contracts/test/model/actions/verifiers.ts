import { dayOf } from "../spec/arithmetic.ts"
import * as spec from "../spec/verifiers.ts"
import type { Key, StructName } from "../structs.ts"
import { type Action, hash, signed, type World } from "../world.ts"

export function addSet(world: World): Action {
  const { random, state } = world
  const members = random.chance(0.08) ? [] : world.verifierKeys.filter(() => random.chance(0.8)).map(({ address }) => address)
  if (random.chance(0.05)) members.reverse()
  const threshold = random.chance(0.08) ? random.between(0, 5) : members.length === 0 ? 0 : random.between(1, members.length)
  const from = random.chance(0.1) || BigInt(state.owner) === 0n ? world.stranger.address : state.owner
  return {
    ...{ entry: "addSet", from, to: world.verifiers, method: "addSet", args: [threshold, members] },
    model: (state, call) => spec.addSet(state, call, threshold, members),
  }
}

export interface SignedQuorum {
  quorum: spec.Quorum
  /** As the contracts take them: bitmap and signatures. */
  bitmap: bigint
  signatures: { r: string; vs: string }[]
}

/** Signatures of some members of a set: mostly enough, sometimes one too few, of a stranger, or one more than the bitmap has bits. */
export function signQuorum(world: World, setId: number, name: StructName, value: Record<string, unknown>): SignedQuorum {
  const { random, state } = world
  const set = state.sets[setId - 1] ?? { threshold: 1, members: [] }
  const fault = random.between(0, 24)
  const wanted = fault === 0 ? set.threshold - 1 : random.between(set.threshold, set.members.length)
  let members = set.members.map((_, i) => i)
  while (members.length > Math.max(0, wanted)) members.splice(random.between(0, members.length - 1), 1)
  const keys: Key[] = members.map((i) => world.verifierKeys.find(({ address }) => address === set.members[i])!)
  if (fault === 1 && keys.length > 0) keys[random.between(0, keys.length - 1)] = world.stranger
  if (fault === 2) keys.push(world.stranger)
  if (fault === 3) members = [...members, set.members.length]
  const signatures = keys.map((key) => {
    const [r, vs] = signed(world, key, name, value)
    return { r, vs }
  })
  const bitmap = members.reduce((bits, i) => bits | (1n << BigInt(i)), 0n)
  return { quorum: { members, signers: keys.map(({ address }) => address) }, bitmap, signatures }
}

export function attest(world: World): Action | null {
  const { random, state, now } = world
  const day = dayOf(now) - random.pick([0, 1, 1, 1, 1, 2, 2, 3])
  if (random.chance(0.9) && (state.sets.at(-1)?.members.length ?? 0) === 0) return null
  if (random.chance(0.9) && state.attestations[day]) return null
  const root = hash(world, `root ${day} ${random.between(0, 1)}`)
  const { quorum, bitmap, signatures } = signQuorum(world, state.sets.length, "Attestation", { day, root })
  return {
    ...{ entry: "attest", from: world.stranger.address, to: world.verifiers, method: "attest", args: [day, root, bitmap, signatures] },
    model: (state, call) => spec.attest(state, call, day, root, quorum),
  }
}
