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

/** The machine's load over the last minute: what else ran beside the figure. */
export function loadNow(): number {
  return Math.round(loadavg()[0]! * 100) / 100
}
