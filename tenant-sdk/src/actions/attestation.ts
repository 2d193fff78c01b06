import type { Hex } from "viem"
import { verifiersAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import type { BerthClient } from "../client.ts"

/** What verifiers attested of a day. */
export interface DayAttestation {
  readonly day: number
  readonly root: Hex
  /** The set whose quorum signed it. */
  readonly set: number
  /** Unix seconds, chain time: from then on it proves nothing any more. */
  readonly expiresAt: bigint
}

/**
 * The root that verifiers attested for a UTC day; undefined when they did not.
 * @throws BerthError `rpc`
 *
 * @example
 * const attested = await attestation(client, { day })
 */
export async function attestation(client: BerthClient, options: { readonly day: number }): Promise<DayAttestation | undefined> {
  const { day } = options
  const contract = { address: client.deployment.verifiers, abi: verifiersAbi } as const
  try {
    const { root, set, expiresAt } = await client.publicClient.readContract({ ...contract, functionName: "attestations", args: [day] })
    return set === 0 ? undefined : { day, root, set, expiresAt: BigInt(expiresAt) }
  } catch (error) {
    throw asChainError(error, `reading the attestation of day ${day}`)
  }
}
