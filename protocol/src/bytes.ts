import { concatBytes } from "@noble/hashes/utils.js"
import type { Hex } from "viem"
import { bytesToHex, hexToBytes } from "viem/utils"

export { bytesToHex, concatBytes, hexToBytes }

/** 32 zero bytes: the empty leaf of every tree. */
export const ZERO32 = new Uint8Array(32)

/** An EVM address, 20 bytes as 0x hex. Compared in lower case. */
export type Address = Hex

/** Writes big-endian fixed-width integers and byte strings one after another. Throws a RangeError when a value does not fit its width. */
export class ByteWriter {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(size: number) {
    this.#bytes = new Uint8Array(size)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /**
   * From the start again, into the same array: for what is hashed or copied before the next use. A new array and its view are a good part of
   * what a hash of a few words costs.
   */
  restart(): this {
    this.#at = 0
    return this
  }

  u8(value: number): this {
    checkRange(value, 0xff, "u8")
    this.#view.setUint8(this.#at, value)
    this.#at += 1
    return this
  }

  u16(value: number): this {
    checkRange(value, 0xffff, "u16")
    this.#view.setUint16(this.#at, value)
    this.#at += 2
    return this
  }

  u32(value: number): this {
    checkRange(value, 0xffffffff, "u32")
    this.#view.setUint32(this.#at, value)
    this.#at += 4
    return this
  }

  u64(value: bigint): this {
    if (value < 0n || value > MAX_U64) throw new RangeError(`${value} does not fit u64`)
    this.#view.setBigUint64(this.#at, value)
    this.#at += 8
    return this
  }

  bytes(value: Uint8Array): this {
    this.#bytes.set(value, this.#at)
    this.#at += value.length
    return this
  }

  /** Left-padded with zeros to 32 bytes, as `abi.encode` does with integers and addresses. */
  word(value: bigint | number | Uint8Array): this {
    if (value instanceof Uint8Array) {
      if (value.length > 32) throw new RangeError(`${value.length} bytes do not fit a word`)
      return this.#zeros(32 - value.length).bytes(value)
    }
    const v = BigInt(value)
    if (v < 0n) throw new RangeError(`${v} is negative`)
    if (v > MAX_U64) return this.bytes(hexToBytes(`0x${v.toString(16).padStart(64, "0")}`))
    return this.#zeros(24).u64(v)
  }

  #zeros(count: number): this {
    this.#bytes.fill(0, this.#at, this.#at + count)
    this.#at += count
    return this
  }

  /** The bytes written, in the writer's own array; throws when the size given was not filled exactly. */
  done(): Uint8Array {
    if (this.#at !== this.#bytes.length) throw new RangeError(`wrote ${this.#at} of ${this.#bytes.length} bytes`)
    return this.#bytes
  }
}

/** Reads what ByteWriter wrote. Throws a RangeError past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2))
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4))
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#skip(8))
  }

  bytes(size: number): Uint8Array {
    const at = this.#skip(size)
    return this.#bytes.slice(at, at + size)
  }

  #skip(size: number): number {
    if (this.left < size) throw new RangeError(`needs ${size} bytes at ${this.#at}, has ${this.left}`)
    const at = this.#at
    this.#at += size
    return at
  }
}

/** 2^64 - 1, the most that a tab or a reservation can hold, credits. */
export const MAX_U64 = 0xffff_ffff_ffff_ffffn
/** 2^32 - 1. */
export const MAX_U32 = 0xffff_ffff

/** Whether both have the same bytes. Not in constant time: not for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function checkRange(value: number, max: number, name: string): void {
  if (!Number.isInteger(value) || value < 0 || value > max) throw new RangeError(`${value} does not fit ${name}`)
}
