import secp256k1 from "secp256k1"
import { compact, type Ecdsa, splitCompact } from "./signature.ts"

/** libsecp256k1 (prebuilt in the `secp256k1` package): about ten times as fast as nobleEcdsa, same bytes. Node only. */
export const nativeEcdsa: Ecdsa = {
  sign(digest, privateKey) {
    const { signature, recid } = secp256k1.ecdsaSign(digest, privateKey)
    return compact(signature, recid)
  },
  recover(digest, signature) {
    const split = splitCompact(signature)
    if (!split) return undefined
    try {
      return secp256k1.ecdsaRecover(split.rs, split.recovery, digest, false)
    } catch {
      // An r that is no point of the curve: the signature is nobody's.
      return undefined
    }
  },
}
