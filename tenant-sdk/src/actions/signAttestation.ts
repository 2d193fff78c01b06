import { bytesToHex, dayOf } from "@berth/protocol"
import { type DayRoot, statementDigest, type VerifierSignature } from "../chain/quorum.ts"
import { signAsMember } from "../chain/sign-as-member.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { newestBlock } from "./reservation.ts"
import { setOf } from "./verifierSet.ts"

/**
 * Signs, as a member of the latest verifier set, a day's root over what the verifiers measured. The wallet's own word, EIP-712; a quorum of them
 * is what `attest` takes.
 * @throws BerthError `usage` (the wallet is no member, no verifiers, a day that is not over, not 32 bytes), `bad_signature` (a smart account),
 * `rpc`, `no_wallet`
 *
 * @example
 * const signature = await signAttestation(client, { day, root })
 */
export async function signAttestation(client: BerthClient, options: DayRoot): Promise<VerifierSignature> {
  const { day, root } = options
  const digest = statementDigest(client, { day, root })
  if (root.every((byte) => byte === 0)) throw new BerthError("usage", "a root of zeros is over nothing")
  if (day >= dayOf((await newestBlock(client)).timestamp))
    throw new BerthError("usage", `day ${day} is not over: its root can still change`, { hint: "sign it after midnight UTC" })
  const set = await setOf(client, { day, root })
  return signAsMember(client, { set, struct: "Attestation", message: { day, root: bytesToHex(root) }, digest })
}
