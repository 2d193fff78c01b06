import { type Address, bytesToHex } from "@berth/protocol"
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
  readonly threshold: number
  /** Ascending. */
  readonly members: readonly Address[]
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

/**
 * Signatures as the contract takes them: a bitmap of the members that signed, lowest bit first, and theirs in that order.
 * @throws BerthError `usage` when one is not of a member, or a member's twice
 */
export function quorumArgs(set: VerifierSet, signatures: readonly VerifierSignature[]): [bigint, { r: Hex; vs: Hex }[]] {
  const placed = signatures.map((s) => ({ ...s, index: set.members.indexOf(s.member.toLowerCase() as Address) }))
  const stranger = placed.find((s) => s.index < 0)
  if (stranger) throw new BerthError("usage", `${stranger.member} is no member of verifier set ${set.id}`)
  placed.sort((a, b) => a.index - b.index)
  const twice = placed.find((s, i) => s.index === placed[i - 1]?.index)
  if (twice) throw new BerthError("usage", `${twice.member} is there twice`)
  const bitmap = placed.reduce((map, s) => map | (1n << BigInt(s.index)), 0n)
  return [bitmap, placed.map((s) => ({ r: bytesToHex(s.signature.subarray(0, 32)), vs: bytesToHex(s.signature.subarray(32)) }))]
}
