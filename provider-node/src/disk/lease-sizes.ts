import type { Logger } from "pino"
import { monotonicMs } from "../clock.ts"
import type { LiveLease } from "../lease/live-lease.ts"
import { EngineUnavailable, RunnerError } from "../runner/errors.ts"
import type { Runner } from "../runner/runner.ts"
import { chargeOf, restOf, type Space } from "./judge.ts"

interface Size {
  /** Undefined: not measured yet. */
  readonly bytes: number | undefined
  /** Monotonic: when the last look at it began, and when the next is due. */
  readonly at: number
  readonly dueAt: number
  /** It had ended before the look began: it holds no more and no less until it is removed. */
  readonly final: boolean
  /** Looks in a row that its tree or its open files did not let come to an end, and why. */
  readonly failures: number
  readonly unreadable: string | undefined
}
const UNMEASURED: Size = {
  ...{ bytes: undefined, at: Number.NEGATIVE_INFINITY, dueAt: 0, final: false },
  ...{ failures: 0, unreadable: undefined },
}
/** After a start all that is kept is looked at once: so many at a time. What runs waits for none of it, and is no more than units are let. */
const MOST_ENDED = 2
/** So many make it one that can't be measured: a tenant that keeps its tree from being walked has something in it. */
const MOST_FAILURES = 3

/** What a look that failed says of a lease. What the engine or this machine does not do is no tenant's doing and says nothing. Pure. */
export function afterFailure<T extends Pick<Size, "failures" | "unreadable">>(last: T, error: unknown): T {
  if (!(error instanceof RunnerError)) return last
  if (error.code !== "DISK_UNREADABLE" && error.code !== "TOO_MANY_OPEN_FILES") return last
  const failures = error.code === "TOO_MANY_OPEN_FILES" ? MOST_FAILURES : last.failures + 1
  return { ...last, failures, unreadable: failures >= MOST_FAILURES ? error.message : undefined }
}

export interface LeaseSizesModules {
  readonly runner: Pick<Runner, "diskUse">
  readonly space: () => Space | undefined
  /** Whether the engine answered, after each look. */
  readonly onEngine: (up: boolean) => void
  readonly log: Logger
}

/** What each lease was last seen to keep on the disk. Each that runs is measured by itself: one that takes long keeps no other waiting. */
export class LeaseSizes {
  readonly #limit: number
  readonly #modules: LeaseSizesModules
  readonly #sizes = new WeakMap<LiveLease, Size>()
  readonly #measuring = new WeakSet<LiveLease>()
  readonly #stopping = new AbortController()
  #endedUnderWay = 0

  constructor(limit: number, modules: LeaseSizesModules) {
    this.#limit = limit
    this.#modules = modules
  }

  of(lease: LiveLease): Size {
    return this.#sizes.get(lease) ?? UNMEASURED
  }

  /** Looks at a lease in the background if it is due, or was last looked at before `since`. One that has ended is looked at once more, then never. */
  measure(lease: LiveLease, since = Number.NEGATIVE_INFINITY): void {
    const last = this.of(lease)
    const now = monotonicMs()
    if (last.final || this.#measuring.has(lease) || (now < last.dueAt && last.at >= since)) return
    if (!lease.live && this.#endedUnderWay >= MOST_ENDED) return
    this.#measuring.add(lease)
    void this.#measure(lease, last, now)
  }

  /** Ends the looks that are under way. */
  stop(): void {
    this.#stopping.abort()
  }

  async #measure(lease: LiveLease, last: Size, at: number): Promise<void> {
    const { runner, space, onEngine, log } = this.#modules
    const { signal } = this.#stopping
    const final = !lease.live
    let size: Size = last
    if (final) this.#endedUnderWay++
    try {
      const use = await runner.diskUse(lease.id, signal)
      size = { ...UNMEASURED, bytes: use === null ? 0 : chargeOf(use, space()), at, final }
      onEngine(true)
    } catch (error) {
      if (signal.aborted) return
      size = afterFailure(last, error)
      onEngine(!(error instanceof EngineUnavailable))
      if (!(error instanceof EngineUnavailable)) log.warn({ err: error, lease: lease.id }, "a lease's disk use could not be measured")
    } finally {
      if (final) this.#endedUnderWay--
    }
    const now = monotonicMs()
    this.#sizes.set(lease, { ...size, dueAt: now + restOf(now - at, size.bytes ?? 0, this.#limit) })
    this.#measuring.delete(lease)
  }
}
