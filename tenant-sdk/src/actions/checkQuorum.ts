import type { Hex } from "viem"
import { verifiersAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import type { Quorum } from "../chain/quorum.ts"
import type { BerthClient } from "../client.ts"

/**
 * What a quorum is said to have signed, and the proof of it: bitmap of members (lowest bit = member 0) and their signatures in that
 * order.
 */
export interface CheckQuorumOptions extends Pick<Quorum, "members" | "signatures"> {
  /** The verifier set's id. Whether it is the right one is the caller's to know. */
  readonly set: number
  /** EIP-712 struct hash (without the domain) of what they signed: protocol's `structHashOf`. */
  readonly structHash: Hex
}

/**
 * Asks the contract whether a quorum of a verifier set signed a struct, of Berth's or of one's own, under the market's domain. Returns when it
 * did.
 * @throws BerthError `reverted` (too few, no such set, a bitmap that does not fit), `bad_signature`, `rpc`
 *
 * @example
 * const quorum = await collectQuorum(client, { statement: { day, root }, signatures })
 * await checkQuorum(client, { ...quorum, set: quorum.set.id, structHash: structHashOf("Attestation", { day, root: bytesToHex(root) }) })
 */
export async function checkQuorum(client: BerthClient, options: CheckQuorumOptions): Promise<void> {
  const { set, structHash, members, signatures } = options
  const contract = { address: client.deployment.verifiers, abi: verifiersAbi } as const
  try {
    await client.publicClient.readContract({ ...contract, functionName: "checkQuorum", args: [set, structHash, members, signatures] })
  } catch (error) {
    throw asChainError(error, `checking a quorum of verifier set ${set}`)
  }
}
