import { bytesToHex } from "@berth/protocol"
import { verifiersAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"

/** A leaf, and the proof that leads from it to a day's root. */
export interface IsAttestedOptions {
  /** UTC day. */
  readonly day: number
  /** 32 bytes: the hash of a leaf, made by the caller (an inner node would pass as well). */
  readonly leaf: Uint8Array
  readonly index: number
  /** Siblings from the leaf up, 32 bytes each. */
  readonly proof: readonly Uint8Array[]
}

/**
 * Whether a leaf is under the root that verifiers attested for a day, and that has not expired.
 * @throws BerthError `usage` (not 32 bytes), `reverted` (the index points outside of a tree of that height), `rpc`
 *
 * @example
 * const proven = await isAttested(client, { day, leaf, index: 3, proof: merkleProof(leaves, 3) })
 */
export async function isAttested(client: BerthClient, options: IsAttestedOptions): Promise<boolean> {
  const { day, leaf, index, proof } = options
  const odd = [leaf, ...proof].find((bytes) => bytes.length !== 32)
  if (odd) throw new BerthError("usage", `leaf and siblings have 32 bytes each, not ${odd.length}`)
  const contract = { address: client.deployment.verifiers, abi: verifiersAbi } as const
  const args = [day, bytesToHex(leaf), BigInt(index), proof.map((sibling) => bytesToHex(sibling))] as const
  try {
    return await client.publicClient.readContract({ ...contract, functionName: "isAttested", args })
  } catch (error) {
    throw asChainError(error, `looking for a leaf under the root of day ${day}`)
  }
}
