import { keccak_256 } from "@noble/hashes/sha3.js"
import { stringToBytes } from "viem/utils"

/** keccak256 of bytes, as 32 bytes. */
export function keccak(data: Uint8Array): Uint8Array {
  return keccak_256(data)
}

/** keccak256 of a string's UTF-8 bytes: EIP-712 hashes `string` fields and type strings this way. */
export function keccakText(text: string): Uint8Array {
  return keccak_256(stringToBytes(text))
}
