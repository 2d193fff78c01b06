import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"

/** A moment that outlives the process: the machine's monotonic clock, valid within one boot, and the wall clock for when it is not. */
export interface ClockMark {
  readonly boot: string
  /** Milliseconds of the monotonic clock. */
  readonly mono: number
  /** Unix milliseconds. */
  readonly wall: number
}

const BOOT = bootId()

/** Now. */
export function markNow(): ClockMark {
  return { boot: BOOT, mono: Number(process.hrtime.bigint() / 1_000_000n), wall: Date.now() }
}

/**
 * Milliseconds from one mark to another, never negative. By the monotonic clock within one boot, which no operator of a time server can
 * move; across boots by the wall clock.
 */
export function elapsedMs(from: ClockMark, to: ClockMark): number {
  return Math.max(0, from.boot === to.boot ? to.mono - from.mono : to.wall - from.wall)
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
  } catch {
    // No such file outside Linux: marks of another process are then compared by the wall clock.
    return randomUUID()
  }
}
