import { keccak_256 } from "@noble/hashes/sha3.js"
import { createKeccak, type IHasher } from "hash-wasm"
import { stringToBytes } from "viem/utils"

// WebAssembly takes 2 us a hash, in Node and browsers alike, where JavaScript takes 15, and a receipt needs some forty. It compiles in the
// background: until then, a few milliseconds, JavaScript serves. No top-level await, which bundlers order wrongly. One instance serves
// everyone, since no call is left in the middle.
let hasher: IHasher | undefined
createKeccak(256).then(
  (compiled) => {
    hasher = compiled
  },
  () => {
    // A browser whose policy forbids WebAssembly goes on in JavaScript.
  },
)

/** keccak256 of bytes, as 32 bytes. */
export function keccak(data: Uint8Array): Uint8Array {
  return hasher ? hasher.init().update(data).digest("binary") : keccak_256(data)
}

/** keccak256 of a string's UTF-8 bytes: EIP-712 hashes `string` fields and type strings this way. */
export function keccakText(text: string): Uint8Array {
  return keccak(stringToBytes(text))
}
