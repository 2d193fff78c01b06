import { isRunning } from "@berth/protocol"
import type { Logger } from "pino"
import { monotonicMs } from "../clock.ts"
import { EngineUnavailable } from "../runner/errors.ts"
import type { Sample } from "../runner/meter.ts"
import type { Runner } from "../runner/runner.ts"
import { Signal } from "../signal.ts"
import type { LiveLease } from "./live-lease.ts"
import type { LeaseTable } from "./table.ts"

/** The block loop does not wait for a slow engine longer than this: it bills what was seen until then. */
const PATIENCE_MS = 500
/** Without a sample of a lease for this long the time between is not billed, whatever CPU was used in it. */
const UNSEEN_MS = 3_000

/** Samples what runs, four to five times a second, into each lease's meter. */
export class Metering {
  /** Emitted after each round. */
  readonly onSampled = new Signal<void>()
  readonly #sampleMs: number
  readonly #runner: Runner
  readonly #leases: LeaseTable
  readonly #engineUp: () => boolean
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #lastAt = Number.NEGATIVE_INFINITY
  /** Of those that ran in the last round, monotonic: each one's own last sample. */
  #seenAt = new Map<LiveLease, number>()
  readonly #unread = new WeakSet<LiveLease>()
  #stopped = false

  constructor(
    options: { readonly sampleMs: number },
    modules: { runner: Runner; leases: LeaseTable; engineUp: () => boolean; log: Logger },
  ) {
    this.#sampleMs = options.sampleMs
    this.#runner = modules.runner
    this.#leases = modules.leases
    this.#engineUp = modules.engineUp
    this.#log = modules.log
  }

  start(): void {
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#round
  }

  /** Samples now, unless that was just done. Resolves early when the engine is slow. */
  async now(): Promise<void> {
    if (monotonicMs() - this.#lastAt < 60) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS)
    })
    await Promise.race([this.#sample(), late])
    clearTimeout(timer)
  }

  #sample(): Promise<void> {
    this.#round ??= this.#sampleOnce().finally(() => {
      this.#round = undefined
    })
    return this.#round
  }

  async #sampleOnce(): Promise<void> {
    // Local cgroup files can still be read while the engine is gone; what nobody answers for is not billed all the same.
    if (!this.#engineUp()) return this.onSampled.emit()
    // Who is given a while to end may work on in it, and pays for that.
    const running = this.#leases.live().filter((lease) => isRunning(lease.state) || lease.state === "stopping")
    if (running.length === 0) {
      this.#lastAt = monotonicMs()
      this.onSampled.emit()
      return
    }
    try {
      const samples = await this.#runner.sample(running.map((lease) => lease.id))
      const now = monotonicMs()
      this.#seenAt = new Map(running.map((lease) => [lease, this.#take(lease, samples.get(lease.id), now)]))
      this.#lastAt = now
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) this.#log.error({ err: error }, "sampling failed")
    }
    this.onSampled.emit()
  }

  /** @returns since when nothing was seen of it */
  #take(lease: LiveLease, sample: Sample | undefined, now: number): number {
    const seenAt = this.#seenAt.get(lease) ?? (sample ? this.#lastAt : now)
    const unseen = now - seenAt > UNSEEN_MS
    if (unseen) lease.interruptMeter()
    if (sample) {
      lease.meter(sample, now)
      this.#unread.delete(lease)
    } else if (unseen && now - this.#lastAt <= UNSEEN_MS && !this.#unread.has(lease)) {
      // The engine is slow about this container only, or has no figures of it.
      this.#unread.add(lease)
      this.#log.warn({ lease: lease.id }, "what a lease uses can't be read: it is not billed until it can")
    }
    return sample ? now : seenAt
  }

  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#sample().finally(() => this.#schedule()), this.#sampleMs)
  }
}
