/** Cumulative use of one lease at one moment of this machine's monotonic clock. */
export interface Sample {
  /** `performance.now()`-like milliseconds, never the wall clock. */
  readonly atMs: number
  /** CPU time of the lease's own container since it started, nanoseconds. */
  readonly cpuNs: bigint
  /** GPU classes: how busy each of the lease's devices was since the last sample, 0..1. Absent for the CPU class. */
  readonly deviceBusy?: readonly number[]
}
