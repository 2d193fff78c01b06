import { bytesToHex } from "@berth/protocol"
import type { Hex } from "viem"
import type { DayRoot, VerifierSignature } from "../chain/quorum.ts"
import { transactVerifiers } from "../chain/verifiers.ts"
import type { BerthClient } from "../client.ts"
import { collectQuorum } from "./collectQuorum.ts"

/** A UTC day's root of 32 bytes, and the members' signatures over it. */
export interface AttestOptions extends DayRoot {
  /** Over `Attestation`, of members of the latest verifier set; at least its threshold, in any order. */
  readonly signatures: readonly VerifierSignature[]
}

/**
 * Posts a day's root on the word of a quorum of the latest verifier set. Anyone may, once a day, within 48 hours of the day's end.
 * @throws BerthError `usage` (a signature of no member), `bad_signature`, `reverted` (too few signatures, a root is there, not the time),
 * `rpc`, `no_wallet`
 *
 * @example
 * await attest(client, { day, root, signatures: [await signAttestation(one, { day, root }), await signAttestation(two, { day, root })] })
 */
export async function attest(client: BerthClient, options: AttestOptions): Promise<{ hash: Hex }> {
  const { day, root, signatures } = options
  const quorum = await collectQuorum(client, { statement: { day, root }, signatures })
  const args = [day, bytesToHex(root), quorum.members, quorum.signatures]
  return { hash: (await transactVerifiers(client, "attest", args, `attesting day ${day}`)).transactionHash }
}
