import { availableParallelism } from "node:os"
import type { Counts } from "./counts.ts"
import type { Part } from "./groups.ts"
import { type PartRun, runPart } from "./run-part.ts"

const BEAT_MS = 10_000

/**
 * Parts that run at a time when nobody says: one for every two cores. A part is a chain, nodes, an agent and containers that work at a time, and many
 * tests hold them to a second: three parts on two busy cores had some fail for want of a core.
 */
export function usualWidth(asked = process.env.BERTH_TEST_LANES): number {
  const cores = availableParallelism()
  const width = asked === undefined ? Math.min(Math.max(Math.floor(cores / 2), 1), 6) : Number(asked)
  if (!Number.isInteger(width) || width < 1)
    throw new Error(`BERTH_TEST_LANES is ${asked}: set it to how many parts run at a time, 1 or more`)
  return width
}

export interface LanesOptions {
  readonly width: number
  readonly say: (text: string) => void
  /** Told of each part's counts, as it ends. */
  readonly ended: (part: Part, counts: Counts) => void
}

interface Begun extends PartRun {
  readonly part: Part
  readonly since: number
  /** Settles when its end was shown and its place is free. */
  readonly over: Promise<void>
}

/** Runs parts of the tests beside each other; shows what each said in one piece as it ends, and every few seconds which are at work. */
export class Lanes {
  readonly #waiting: Part[]
  readonly #running = new Set<Begun>()
  readonly #options: LanesOptions
  readonly #live: boolean
  #stopped = false

  constructor(parts: readonly Part[], options: LanesOptions) {
    this.#waiting = parts.toSorted((a, b) => Number(a.quiet ?? false) - Number(b.quiet ?? false) || b.seconds - a.seconds)
    this.#live = parts.length === 1 || options.width === 1
    this.#options = options
  }

  async run(): Promise<void> {
    const beat = setInterval(() => this.#beat(), BEAT_MS)
    while (this.#running.size > 0 || (this.#waiting.length > 0 && !this.#stopped)) {
      for (let part = this.#next(); part; part = this.#next()) this.#begin(part)
      await Promise.race([...this.#running].map((run) => run.over))
    }
    clearInterval(beat)
  }

  /** Begins no more and tells those that run to end. */
  stop(signal: NodeJS.Signals | undefined): void {
    this.#stopped = true
    if (signal) for (const { child } of this.#running) child.kill(signal)
  }

  /** Takes what may begin now out of those that wait. */
  #next(): Part | undefined {
    const running = [...this.#running].map(({ part }) => part)
    if (this.#stopped || running.length >= this.#options.width || running.some((part) => part.quiet)) return undefined
    const isFree = (part: Part) => !(part.quiet && running.length > 0) && !(part.compiles && running.some((other) => other.compiles))
    const at = this.#waiting.findIndex(isFree)
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0]
  }

  #begin(part: Part): void {
    this.#options.say(this.#live ? `\n=== ${part.name}` : `=== ${part.name} begins`)
    const run = runPart(part, this.#live)
    const begun: Begun = { ...run, part, since: performance.now(), over: run.counts.then((counts) => this.#end(begun, counts)) }
    this.#running.add(begun)
  }

  #end(begun: Begun, counts: Counts): void {
    const { part, since, said } = begun
    this.#running.delete(begun)
    const text = this.#live ? "" : `\n=== ${part.name}\n${said()}`
    const { passed, failed, skipped } = counts
    const seconds = Math.round((performance.now() - since) / 1_000)
    this.#options.say(`${text}=== ${part.name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s`)
    for (const line of failed > 0 ? counts.failures : []) this.#options.say(`    ${line}`)
    this.#options.ended(part, counts)
  }

  #beat(): void {
    if (this.#live) return
    const doing = [...this.#running].map(({ part, since }) => `${part.name} ${Math.round((performance.now() - since) / 1_000)} s`)
    this.#options.say(`… ${doing.join(", ")}${this.#waiting.length > 0 ? `; ${this.#waiting.length} to come` : ""}`)
  }
}
