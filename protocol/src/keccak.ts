import { createKeccak } from "hash-wasm"
import { stringToBytes } from "viem/utils"

// WebAssembly, in Node and browsers alike: 2 us a hash where JavaScript takes 7 (js-sha3) to 15 (@noble/hashes), and a receipt needs some
// forty. One instance serves everyone, since no call is left in the middle.
const hasher = await createKeccak(256)

/** keccak256 of bytes, as 32 bytes. */
export function keccak(data: Uint8Array): Uint8Array {
  return hasher.init().update(data).digest("binary")
}

/** keccak256 of a string's UTF-8 bytes: EIP-712 hashes `string` fields and type strings this way. */
export function keccakText(text: string): Uint8Array {
  return keccak(stringToBytes(text))
}
