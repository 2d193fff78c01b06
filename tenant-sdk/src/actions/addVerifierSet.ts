import type { Address } from "@berth/protocol"
import { type Hex, parseEventLogs } from "viem"
import { verifiersAbi } from "../chain/abi.ts"
import { transactVerifiers } from "../chain/verifiers.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"

/** A set of verifiers to add: k of n. */
export interface AddVerifierSetOptions {
  /** How many members must sign; 0 with no members: from then on no quorum at all. */
  readonly threshold: number
  /** 1 to 16, in any order. */
  readonly members: readonly Address[]
}

const MAX_MEMBERS = 16

/**
 * Adds a set of verifiers: in force for reservations made afterwards and for days' roots. Earlier reservations keep theirs. Only the owner of the
 * market may.
 * @returns the set's id
 * @throws BerthError `usage` (a threshold that can't be reached, a member twice), `reverted` (not the owner), `rpc`, `no_wallet`
 *
 * @example
 * const { id } = await addVerifierSet(client, { threshold: 2, members: [one, two, three] })
 */
export async function addVerifierSet(client: BerthClient, options: AddVerifierSetOptions): Promise<{ hash: Hex; id: number }> {
  const args = verifierSetArgs(options)
  const receipt = await transactVerifiers(client, "addSet", args, "adding a verifier set")
  const [added] = parseEventLogs({ abi: verifiersAbi, eventName: "VerifierSetAdded", logs: receipt.logs })
  if (!added) throw new BerthError("rpc", `transaction ${receipt.transactionHash} was mined, but the RPC shows no set in it`)
  return { hash: receipt.transactionHash, id: added.args.id }
}

/** The arguments of `addSet`, members ascending as it wants them. Throws BerthError `usage`. */
export function verifierSetArgs({ threshold, members }: AddVerifierSetOptions): [number, Address[]] {
  const sorted = members.map((m) => m.toLowerCase() as Address).sort()
  const twice = sorted.find((m, i) => m === sorted[i - 1])
  if (twice) throw new BerthError("usage", `${twice} is there twice: each member has one vote`)
  if (sorted.some((m) => BigInt(m) === 0n)) throw new BerthError("usage", "the zero address is nobody: it can't be a verifier")
  if (sorted.length > MAX_MEMBERS) throw new BerthError("usage", `a verifier set has at most ${MAX_MEMBERS} members, not ${sorted.length}`)
  const right = Number.isInteger(threshold) && threshold <= sorted.length && threshold >= Math.min(1, sorted.length)
  if (!right)
    throw new BerthError("usage", `${threshold} of ${sorted.length} is no quorum`, { hint: "write 1 to as many as there are members" })
  return [threshold, sorted]
}
