import { type Address, attestationDigest, halvesOf, nobleEcdsa, recoverAddress, type ServedDays, servedDaysDigest } from "@berth/protocol"
import type { Hex } from "viem"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { verifiersAbi } from "./abi.ts"
import { asChainError } from "./chain-error.ts"

/** A verifier's EIP-2098 signature, 64 bytes. */
export interface VerifierSignature {
  readonly member: Address
  readonly signature: Uint8Array
}

/** k of n. */
export interface VerifierSet {
  readonly id: number
  /** How many members must sign; 0: the set has no members, and nobody can. */
  readonly threshold: number
  /** Ascending, lower case. */
  readonly members: readonly Address[]
}

/** A day's root over what verifiers measured. */
export interface DayRoot {
  /** UTC day. */
  readonly day: number
  /** 32 bytes. */
  readonly root: Uint8Array
}

/** What verifiers sign: days of a reservation that were served, or a day's root. */
export type VerifierStatement = ServedDays | DayRoot

/** Signatures as the contract takes them. */
export interface Quorum {
  readonly set: VerifierSet
  /** Those that signed, ascending. */
  readonly signed: readonly Address[]
  /** Members that have not. */
  readonly waiting: readonly Address[]
  /** Whether enough have. */
  readonly reached: boolean
  /** Bitmap of those that signed, lowest bit = the set's first member. */
  readonly members: bigint
  /** One for each bit, lowest first. */
  readonly signatures: readonly { readonly r: Hex; readonly vs: Hex }[]
}

/** The newest set's id; 0 while there is none. */
export async function readLatestSet(client: BerthClient): Promise<number> {
  const contract = { address: client.deployment.verifiers, abi: verifiersAbi } as const
  try {
    return await client.publicClient.readContract({ ...contract, functionName: "latestSet" })
  } catch (error) {
    throw asChainError(error, "reading the latest verifier set")
  }
}

export async function readVerifierSet(client: BerthClient, id: number): Promise<VerifierSet> {
  const contract = { address: client.deployment.verifiers, abi: verifiersAbi } as const
  try {
    const [threshold, members] = await client.publicClient.readContract({ ...contract, functionName: "sets", args: [id] })
    return { id, threshold, members: members.map((m) => m.toLowerCase() as Address) }
  } catch (error) {
    throw asChainError(error, `reading verifier set ${id}`)
  }
}

/** What a member signs. Throws BerthError `usage` when the statement can't be one. */
export function statementDigest(client: BerthClient, statement: VerifierStatement): Uint8Array {
  if (!("root" in statement)) return servedDaysDigest(client.market, statement)
  if (statement.root.length !== 32) throw new BerthError("usage", `a day's root has 32 bytes, not ${statement.root.length}`)
  return attestationDigest(client.market, statement)
}

/**
 * Sorts signatures as the contract takes them: a bitmap of the members that signed, and theirs in that order.
 * @throws BerthError `usage` when one is not of a member, or a member's twice; `bad_signature` when one is not what its member signs
 */
export function quorumOf(set: VerifierSet, digest: Uint8Array, signatures: readonly VerifierSignature[]): Quorum {
  const placed = signatures.map((s) => ({ ...s, index: set.members.indexOf(s.member.toLowerCase() as Address) }))
  const stranger = placed.find((s) => s.index < 0)
  if (stranger)
    throw new BerthError("usage", `${stranger.member} is no member of verifier set ${set.id}`, { hint: "berth verifiers shows who is" })
  placed.sort((a, b) => a.index - b.index)
  const twice = placed.find((s, i) => s.index === placed[i - 1]?.index)
  if (twice) throw new BerthError("usage", `the signature of ${twice.member} is there twice`, { hint: "leave one of them out" })
  for (const { member, index, signature } of placed)
    if (recoverAddress(nobleEcdsa, digest, signature) !== set.members[index])
      throw new BerthError("bad_signature", `the signature given for ${member} is not of member ${member}, or of something else`, {
        hint: "ask that member again",
      })
  const signed = placed.map((s) => set.members[s.index]!)
  return {
    set,
    signed,
    waiting: set.members.filter((m) => !signed.includes(m)),
    reached: set.threshold > 0 && signed.length >= set.threshold,
    members: placed.reduce((map, s) => map | (1n << BigInt(s.index)), 0n),
    signatures: placed.map((s) => {
      const [r, vs] = halvesOf(s.signature)
      return { r, vs }
    }),
  }
}
