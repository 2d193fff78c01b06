import { type Address, compact, domainOf, hexToBytes, nobleEcdsa, recoverAddress, type StructName, TYPES } from "@berth/protocol"
import { type Hex, parseSignature } from "viem"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import { asChainError } from "./chain-error.ts"

interface ToSign {
  readonly struct: StructName
  readonly message: Record<string, unknown>
  /** Of struct and message. */
  readonly digest: Uint8Array
  /** Who the wallet signs as, for an error: `verifier`. */
  readonly as: string
  /** What to do when the wallet can't. */
  readonly hint: string
}

/**
 * Signs with the client's wallet what others check as an ordinary key's signature.
 * @returns EIP-2098, 64 bytes
 * @throws BerthError `bad_signature` when what the wallet gives is none (a smart account's), `rpc`, `no_wallet`
 */
export async function signWithWallet(client: BerthClient, { struct, message, digest, as, hint }: ToSign): Promise<Uint8Array> {
  const wallet = walletOf(client)
  const account = wallet.account.address.toLowerCase() as Address
  const request = { domain: domainOf(client.market), types: { [struct]: TYPES[struct] }, primaryType: struct, message }
  const given = await wallet.signTypedData(request as never).catch((error) => {
    throw asChainError(error, `signing as ${as} ${account}`)
  })
  const signature = compactOf(given)
  if (signature && recoverAddress(nobleEcdsa, digest, signature) === account) return signature
  throw new BerthError("bad_signature", `what the wallet of ${account} signed is no ECDSA signature of ${account}`, { hint })
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
