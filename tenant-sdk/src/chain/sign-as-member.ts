import { type Address, compact, domainOf, hexToBytes, nobleEcdsa, recoverAddress, TYPES } from "@berth/protocol"
import { type Hex, parseSignature } from "viem"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import { asChainError } from "./chain-error.ts"
import type { VerifierSet, VerifierSignature } from "./quorum.ts"

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
export async function signAsMember(client: BerthClient, { set, struct, message, digest }: ToSign): Promise<VerifierSignature> {
  const wallet = walletOf(client)
  const member = wallet.account.address.toLowerCase() as Address
  if (!set.members.includes(member))
    throw new BerthError("usage", `${member} is no member of verifier set ${set.id}`, {
      hint: "sign with a member's wallet: --profile NAME; berth verifiers shows who is",
    })
  const request = { domain: domainOf(client.market), types: { [struct]: TYPES[struct] }, primaryType: struct, message }
  const given = await wallet.signTypedData(request as never).catch((error) => {
    throw asChainError(error, `signing as verifier ${member}`)
  })
  const signature = compactOf(given)
  if (signature && recoverAddress(nobleEcdsa, digest, signature) === member) return { member, signature }
  throw new BerthError("bad_signature", `what the wallet of ${member} signed is no ECDSA signature of ${member}`, {
    hint: "a verifier's key is an ordinary one: the contract asks no smart account",
  })
}

/** EIP-2098; undefined when it is no signature of r, s and v. */
function compactOf(signature: Hex): Uint8Array | undefined {
  if (signature.length !== 2 + 2 * 65) return undefined
  try {
    const { yParity } = parseSignature(signature)
    return compact(hexToBytes(signature).subarray(0, 64), yParity)
  } catch {
    // Whatever it is, it is not by that key.
    return undefined
  }
}
