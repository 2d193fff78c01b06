import { secp256k1 } from "@noble/curves/secp256k1.js"
import type { Hex } from "viem"
import { type Address, bytesToHex, hexToBytes, ZERO32 } from "./bytes.ts"
import { keccak } from "./keccak.ts"

/** ECDSA over secp256k1 on 32-byte digests. Signatures are EIP-2098: r | (parity << 255 | s), 64 bytes, low s. */
export interface Ecdsa {
  sign(digest: Uint8Array, privateKey: Uint8Array): Uint8Array
  /** The uncompressed public key, 65 bytes; undefined when the signature is not valid or s is high. */
  recover(digest: Uint8Array, signature: Uint8Array): Uint8Array | undefined
}

/** Half of the curve's order: a higher s is a second form of the same signature and refused. */
const HALF_ORDER = hexToBytes("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0")

/** Pure TypeScript, for browsers. Node programs use `nativeEcdsa`. Both give the same bytes. */
export const nobleEcdsa: Ecdsa = {
  sign(digest, privateKey) {
    const recovered = secp256k1.sign(digest, privateKey, { prehash: false, format: "recovered" })
    return compact(recovered.subarray(1), recovered[0]!)
  },
  recover(digest, signature) {
    const split = splitCompact(signature)
    if (!split) return undefined
    try {
      const full = new Uint8Array(65)
      full[0] = split.recovery
      full.set(split.rs, 1)
      const point = secp256k1.recoverPublicKey(full, digest, { prehash: false })
      return secp256k1.Point.fromBytes(point).toBytes(false)
    } catch {
      // An r that is no point of the curve: the signature is nobody's.
      return undefined
    }
  },
}

/** r | s and a recovery bit as one EIP-2098 signature. */
export function compact(rs: Uint8Array, recovery: number): Uint8Array {
  // A copy, even of a Buffer, whose own slice() is a view.
  const out = new Uint8Array(rs)
  if (recovery & 1) out[32]! |= 0x80
  return out
}

/** r | s and the recovery bit of an EIP-2098 signature; undefined when its size is wrong or s is high or zero. */
export function splitCompact(signature: Uint8Array): { rs: Uint8Array; recovery: number } | undefined {
  if (signature.length !== 64) return undefined
  // A copy, even of a Buffer (what libp2p reads), whose own slice() is a view: the caller's signature would lose its parity bit.
  const rs = new Uint8Array(signature)
  const recovery = rs[32]! >> 7
  rs[32]! &= 0x7f
  const s = rs.subarray(32)
  return isAbove(s, ZERO32) && !isAbove(s, HALF_ORDER) ? { rs, recovery } : undefined
}

/** Compares big-endian numbers of 32 bytes. */
function isAbove(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! > b[i]!
  return false
}

/** The two words of an EIP-2098 signature, as the contracts take them. */
export function halvesOf(signature: Uint8Array): [r: Hex, vs: Hex] {
  return [bytesToHex(signature.subarray(0, 32)), bytesToHex(signature.subarray(32))]
}

/** The Ethereum address of an uncompressed public key (65 bytes). */
export function addressOf(publicKey: Uint8Array): Address {
  return bytesToHex(keccak(publicKey.subarray(1)).subarray(12))
}

/** Who signed the digest, as a lower-case address; undefined when nobody did. */
export function recoverAddress(ecdsa: Ecdsa, digest: Uint8Array, signature: Uint8Array): Address | undefined {
  const key = ecdsa.recover(digest, signature)
  return key && addressOf(key)
}

/** The address of a private key. */
export function addressOfKey(privateKey: Uint8Array): Address {
  return addressOf(secp256k1.getPublicKey(privateKey, false))
}
