import { keccak256, toUtf8Bytes } from "ethers"

/** Draws that follow from a seed alone (mulberry32), so that a failing day can be played again. */
export class Random {
  #state: number

  constructor(seed: string) {
    this.#state = Number(BigInt(keccak256(toUtf8Bytes(seed))) & 0xffffffffn)
  }

  /** 0 <= x < 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error("nothing to pick from")
    return list[this.between(0, list.length - 1)]!
  }

  /** A sum up to `max`, of any order of magnitude: dust is as likely as much. */
  amount(max: bigint): bigint {
    if (max <= 0n) return 0n
    const bits = this.between(1, max.toString(2).length)
    let value = 0n
    for (let i = 0; i < bits; i += 30) value = (value << 30n) | BigInt(this.between(0, 2 ** 30 - 1))
    return (value & ((1n << BigInt(bits)) - 1n)) % (max + 1n)
  }
}
