import { bytesToHex } from "@berth/protocol"
import type { Hex } from "viem"
import { verifiersAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import { quorumArgs, readVerifierSet, type VerifierSignature } from "../chain/quorum.ts"
import { transact } from "../chain/transact.ts"
import type { BerthClient } from "../client.ts"

export interface AttestOptions {
  /** UTC day, over by now. */
  readonly day: number
  /** 32 bytes, over what the verifiers measured. */
  readonly root: Uint8Array
  /** Over `Attestation`, of members of the latest verifier set; at least its threshold. */
  readonly signatures: readonly VerifierSignature[]
}

/**
 * Posts a day's root on the word of a quorum of the latest verifier set. Anyone may, once a day.
 * @throws BerthError `usage` (a signature of no member), `bad_signature`, `reverted` (too few signatures, another root is there, not the time),
 * `rpc`, `no_wallet`
 *
 * @example
 * await attest(client, { day, root, signatures })
 */
export async function attest(client: BerthClient, options: AttestOptions): Promise<{ hash: Hex }> {
  const { day, root, signatures } = options
  const contract = { address: client.deployment.verifiers, abi: verifiersAbi } as const
  const latest = await client.publicClient.readContract({ ...contract, functionName: "latestSet" }).catch((error) => {
    throw asChainError(error, "reading the latest verifier set")
  })
  const args = [day, bytesToHex(root), ...quorumArgs(await readVerifierSet(client, latest), signatures)]
  const receipt = await transact(client, { functionName: "attest", args, contract }, `attesting day ${day}`)
  return { hash: receipt.transactionHash }
}
