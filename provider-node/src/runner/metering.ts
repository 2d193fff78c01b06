import { Meter, type MeterOptions } from "./meter.ts"
import type { LeaseId, Runner } from "./runner.ts"

export interface MeteringOptions {
  readonly runner: Pick<Runner, "sample">
  /** Told of each sampling that failed (the engine is gone, say); the next one is tried all the same. */
  readonly onError: (error: unknown) => void
  /** Default 220 ms: 4 to 5 Hz. */
  readonly periodMs?: number
}

/** Samples the tracked leases several times a second and keeps a {@link Meter} for each. */
export class Metering {
  readonly #options: MeteringOptions
  readonly #meters = new Map<LeaseId, Meter>()
  #timer: NodeJS.Timeout | null = null
  #turn: Promise<void> = Promise.resolve()

  constructor(options: MeteringOptions) {
    this.#options = options
  }

  /** Starts to count a lease, from `baseMs` where the store had got to. Tracking twice goes on with the first. */
  track(leaseId: LeaseId, options: MeterOptions): void {
    if (!this.#meters.has(leaseId)) this.#meters.set(leaseId, new Meter(options))
  }

  /** Active unit-milliseconds so far; throws for a lease that is not tracked, since a silent 0 would be a lost bill. */
  activeMs(leaseId: LeaseId): number {
    const meter = this.#meters.get(leaseId)
    if (meter === undefined) throw new Error(`Lease ${leaseId} is not metered; call track() first`)
    return meter.activeMs
  }

  untrack(leaseId: LeaseId): void {
    this.#meters.delete(leaseId)
  }

  start(): void {
    if (this.#timer === null) this.#schedule(0)
  }

  /** Samples once now, out of turn: before a record is closed, so that it holds the newest use. */
  sampleNow(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#sample())
    return this.#turn
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#turn
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(async () => {
      const started = performance.now()
      await this.sampleNow()
      if (this.#timer !== null) this.#schedule(Math.max(0, (this.#options.periodMs ?? 220) - (performance.now() - started)))
    }, delayMs)
  }

  async #sample(): Promise<void> {
    if (this.#meters.size === 0) return
    try {
      const samples = await this.#options.runner.sample([...this.#meters.keys()])
      for (const [leaseId, sample] of samples) this.#meters.get(leaseId)?.add(sample)
    } catch (error) {
      this.#options.onError(error)
    }
  }
}
