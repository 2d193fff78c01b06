/** Cumulative use of one lease at one moment of this machine's monotonic clock. */
export interface Sample {
  /** `performance.now()`-like milliseconds, never the wall clock. */
  readonly atMs: number
  /** CPU time of the lease's own container since it started, nanoseconds. */
  readonly cpuNs: bigint
  /** GPU classes: how busy each of the lease's devices was since the last sample, 0..1. Absent for the CPU class. */
  readonly deviceBusy?: readonly number[]
}

export interface MeterOptions {
  /** Units leased: GPUs, or vCPUs. Active time never exceeds wall time x count. */
  readonly count: number
  /** Active milliseconds already billed, from the node's store, when a restarted node goes on. */
  readonly baseMs?: number
  /** Busy from this share of one unit on (4-verification.md). */
  readonly threshold?: number
  /** Inactive gaps up to this long, between two active stretches, count. */
  readonly mergeGapMs?: number
  /** Two samples further apart than this: the time between was not seen, so only what CPU time proves counts. */
  readonly unseenMs?: number
}

/** Shorter intervals are not judged but joined with the next: the counter's own steps would decide them. */
const SHORTEST_MS = 50

/**
 * Turns samples into active unit-milliseconds. Pure: no clock, no I/O. The total never falls, never exceeds observed wall time x count,
 * and time that nobody observed is never counted beyond the CPU time used in it.
 *
 * @example
 * const meter = new Meter({ count: 1 })
 * meter.add({ atMs: 0, cpuNs: 0n })
 * meter.add({ atMs: 1000, cpuNs: 900_000_000n })
 * meter.activeMs // 1000
 */
export class Meter {
  readonly #count: number
  readonly #threshold: number
  readonly #mergeGapMs: number
  readonly #unseenMs: number
  #totalMs: number
  #last: Sample | null = null
  /** Length of the inactive stretch that may still be merged, and the units busy before it (0: nothing to merge with). */
  #gapMs = 0
  #unitsBeforeGap = 0

  constructor({ count, baseMs = 0, threshold = 0.05, mergeGapMs = 2_000, unseenMs = 3_000 }: MeterOptions) {
    this.#count = count
    this.#totalMs = baseMs
    this.#threshold = threshold
    this.#mergeGapMs = mergeGapMs
    this.#unseenMs = unseenMs
  }

  /** Active unit-milliseconds so far, whole, the base included. */
  get activeMs(): number {
    return Math.floor(this.#totalMs)
  }

  /** Takes the next sample. One that is not later than the last is ignored. */
  add(sample: Sample): void {
    const last = this.#last
    if (last === null) {
      this.#last = sample
      return
    }
    const wallMs = sample.atMs - last.atMs
    if (!(wallMs >= SHORTEST_MS)) return
    this.#last = sample
    // A counter that fell began anew with a restarted container: what it shows was used since.
    const usedNs = sample.cpuNs >= last.cpuNs ? sample.cpuNs - last.cpuNs : sample.cpuNs
    const usedMs = Number(usedNs) / 1e6
    if (wallMs > this.#unseenMs) this.#countUnseen(wallMs, sample.deviceBusy === undefined ? usedMs : 0)
    else this.#countSeen(wallMs, this.#unitsOf(sample, usedMs / wallMs))
  }

  /** Forgets the last sample: call when the lease is paused or stopped, so that the time until it resumes is nobody's. */
  interrupt(): void {
    this.#last = null
    this.#gapMs = 0
    this.#unitsBeforeGap = 0
  }

  #unitsOf(sample: Sample, cores: number): number {
    if (sample.deviceBusy !== undefined) {
      const busy = sample.deviceBusy.filter((share) => share >= this.#threshold).length
      return Math.min(busy, this.#count)
    }
    if (cores < this.#threshold) return 0
    // A second vCPU counts once it is used for more than the threshold, as the first one does.
    return Math.min(Math.max(Math.ceil(cores - this.#threshold), 1), this.#count)
  }

  #countSeen(wallMs: number, units: number): void {
    if (units === 0) {
      this.#gapMs += wallMs
      if (this.#gapMs > this.#mergeGapMs) this.#unitsBeforeGap = 0
      return
    }
    this.#totalMs += this.#gapMs * Math.min(this.#unitsBeforeGap, units) + wallMs * units
    this.#gapMs = 0
    this.#unitsBeforeGap = units
  }

  #countUnseen(wallMs: number, provenMs: number): void {
    this.#totalMs += Math.min(provenMs, wallMs * this.#count)
    this.#gapMs = 0
    this.#unitsBeforeGap = 0
  }
}
