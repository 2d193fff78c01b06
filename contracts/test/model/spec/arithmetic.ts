// The model's own rounding and calendar. Nothing in this folder imports from contracts/ or protocol/: it is a second reading of the design,
// slow and plain on purpose, so that a mistake would have to be made twice.

export const DAY_SECONDS = 86_400
export const HOUR_SECONDS = 3_600
export const U64_MAX = 18_446_744_073_709_551_615n

/** How often `part` fits into `whole`; what is left over is dropped. */
export function fits(whole: bigint, part: bigint): bigint {
  if (whole < 0n || part <= 0n) throw new Error(`fits(${whole}, ${part}): the model divides only what is there`)
  return (whole - (whole % part)) / part
}

/** The fee in everything that a tab or reservation has paid so far. */
export function feeIn(total: bigint, bps: number): bigint {
  return fits(total * BigInt(bps), 10_000n)
}

/** UTC day number of a moment. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY_SECONDS)
}

/** The first second of a UTC day. */
export function startOf(day: number): number {
  return day * DAY_SECONDS
}

export function smallest(...values: bigint[]): bigint {
  return values.reduce((low, value) => (value < low ? value : low))
}
