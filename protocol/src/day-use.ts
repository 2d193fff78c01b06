import { MINUTES_PER_DAY } from "./served.ts"

const MINUTE_MS = 60_000

/** What one lease used of a reservation's GPUs on a day. */
export interface LeaseUse {
  /** GPU-milliseconds: time times GPUs. */
  readonly gpuMs: bigint
  /** GPUs of the lease. */
  readonly count: number
}

/**
 * GPU-milliseconds of each lease of a tab from a day's first receipt to its last, by what they have in all. What ran before the first is not
 * counted, for it may be the day before's.
 * @param receipts records of the day's countersigned receipts, ascending
 */
export function useByReceipts(
  receipts: Iterable<readonly { readonly leaseNo: number; readonly cumulativeMs: bigint }[]>,
): Map<number, bigint> {
  const first = new Map<number, bigint>()
  const used = new Map<number, bigint>()
  for (const records of receipts)
    for (const { leaseNo, cumulativeMs } of records) {
      const from = first.get(leaseNo) ?? cumulativeMs
      first.set(leaseNo, from)
      used.set(leaseNo, cumulativeMs - from)
    }
  return used
}

/** Minutes of a day, 0 to 1,440, in which a reservation of `gpus` GPUs was used at least: its longest lease, or all of them spread over all its GPUs. */
export function minutesUsed(leases: Iterable<LeaseUse>, gpus: number): number {
  let longest = 0n
  let sum = 0n
  for (const { gpuMs, count } of leases) {
    sum += gpuMs
    if (gpuMs / BigInt(count) > longest) longest = gpuMs / BigInt(count)
  }
  const spread = sum / BigInt(gpus)
  return Math.min(Math.floor(Number(spread > longest ? spread : longest) / MINUTE_MS), MINUTES_PER_DAY)
}
