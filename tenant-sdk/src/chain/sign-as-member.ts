import type { Address } from "@berth/protocol"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import type { VerifierSet, VerifierSignature } from "./quorum.ts"
import { signWithWallet } from "./sign-with-wallet.ts"

interface ToSign {
  readonly set: VerifierSet
  readonly struct: "ServedDays" | "Attestation"
  readonly message: Record<string, unknown>
  /** Of struct and message. */
  readonly digest: Uint8Array
}

/**
 * Signs as a member of a verifier set, with the client's wallet.
 * @throws BerthError `usage` when the wallet is no member; `bad_signature` when what it gives can't be checked by the contract (a smart account's)
 */
export async function signAsMember(client: BerthClient, { set, ...what }: ToSign): Promise<VerifierSignature> {
  const member = walletOf(client).account.address.toLowerCase() as Address
  if (!set.members.includes(member))
    throw new BerthError("usage", `${member} is no member of verifier set ${set.id}`, {
      hint: "sign with a member's wallet: --profile NAME; berth verifiers shows who is",
    })
  const hint = "a verifier's key is an ordinary one: the contract asks no smart account"
  return { member, signature: await signWithWallet(client, { ...what, as: "verifier", hint }) }
}
