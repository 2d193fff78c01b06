import { readFileSync } from "node:fs"
import { loadavg } from "node:os"

export interface Spread {
  readonly n: number
  readonly p50: number
  readonly p95: number
  readonly min: number
  readonly max: number
}

/** Nearest rank. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
  const rounded = (value: number) => Math.round(value * 10) / 10
  return { n: sorted.length, p50: rounded(at(0.5)), p95: rounded(at(0.95)), min: rounded(sorted[0]!), max: rounded(sorted.at(-1)!) }
}

/**
 * From now on: the share of this machine's time that its host gave to other machines, 0 to 1, as the kernel counts it; undefined where it
 * does not. Seconds measured meanwhile are longer by it, whatever ran here.
 */
export function stealSince(): () => number | undefined {
  const before = cpuTimes()
  return () => {
    const after = cpuTimes()
    if (!before || !after) return undefined
    const [all, steal] = [after.all - before.all, after.steal - before.steal]
    return all > 0 ? Math.round((steal / all) * 100) / 100 : undefined
  }
}

function cpuTimes(): { readonly all: number; readonly steal: number } | undefined {
  try {
    const times = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!.split(/ +/).slice(1, 9).map(Number)
    return { all: times.reduce((sum, time) => sum + time, 0), steal: times[7]! }
  } catch {
    return undefined
  }
}

/** The machine's load over the last minute: what else ran beside the figure. */
export function loadNow(): number {
  return Math.round(loadavg()[0]! * 100) / 100
}
