import { setTimeout as sleep } from "node:timers/promises"
import type { Anchoring } from "./anchoring.ts"
import type { Head, MarketReader } from "./chain/market-reader.ts"
import type { Outcome, Sender } from "./chain/sender.ts"
import type { Logger } from "./log.ts"
import type { SettleReport, Settling } from "./settling.ts"
import type { OnStep } from "./steps.ts"
import type { Outbox } from "./store/outbox.ts"

/** Longest pause between two tries of what fails. */
const MAX_BACK_OFF_MS = 30_000
/** Entries that came while no block did are anchored after this long all the same. */
const ANCHOR_ANYWAY_MS = 2_000

export interface LoopParts {
  readonly reader: MarketReader
  readonly sender: Sender
  readonly anchoring: Anchoring
  readonly settling: Settling
  readonly outbox: Outbox
  readonly follow: (head: Head) => Promise<void>
  readonly log: Logger
  readonly onStep: OnStep
}

/** What a tick does once it knows the head. None waits for another that fails: a node's money does not hang on anchors. */
type Part = "transactions" | "settling" | "anchoring"

interface Failure {
  readonly times: number
  readonly error: Error
  /** `performance.now()` before which it is not tried again. */
  readonly restsUntil: number
}

/** Compares what should be on chain with what is, at each block: level-triggered, so a tick that failed is made up for by the next. */
export class Loop {
  head: Head = { number: -1n, timestamp: 0n }
  readonly #parts: LoopParts
  readonly #pollMs: number
  readonly #startBlock: bigint
  #lastRead = 0
  #lastAnchored = 0
  #anchoredAt = -1n
  #settledAt = -1n
  #unread: string | null = null
  readonly #failing = new Map<Part, Failure>()
  #failures = 0
  #wake = new AbortController()
  #ended = false
  /** One thing at a time: ticks and settlements on demand. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: LoopParts, pollMs: number, startBlock: bigint) {
    this.#parts = parts
    this.#pollMs = pollMs
    this.#startBlock = startBlock
  }

  get lagMs(): number | null {
    return this.#lastRead === 0 ? null : Math.round(performance.now() - this.#lastRead)
  }

  /** What fails now, in a line. */
  get lastError(): string | null {
    if (this.#unread !== null) return this.#unread
    for (const [part, { error }] of this.#failing) return `${part}: ${firstLine(error)}`
    return null
  }

  async run(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.tick()
        this.#failures = 0
        this.#unread = null
      } catch (error) {
        this.#failures++
        this.#unread = firstLine(error as Error)
        this.#parts.log.warn({ failures: this.#failures, reason: this.#unread }, "the chain could not be read: trying again")
      }
      await sleep(this.#pause(this.#failures), undefined, { signal: this.#wake.signal }).catch(() => {})
      if (this.#wake.signal.aborted && !this.#ended) this.#wake = new AbortController()
    }
    await this.#queue.catch(() => {})
  }

  end(): void {
    this.#ended = true
    this.#wake.abort()
  }

  /** @throws when the chain can't be read; a part that fails is tried again later */
  tick(): Promise<void> {
    return this.#alone(() => this.#tick())
  }

  async settleNow(all: boolean): Promise<SettleReport> {
    const { head, prepared } = await this.#alone(async () => {
      await this.#tick()
      const prepared = await this.#parts.settling.prepareNow(this.head, all)
      return { head: this.head, prepared }
    })
    while (this.#underWay(prepared.ids)) {
      if (this.#ended) throw new Error("the recorder was stopped before the settlement was mined; it goes on at the next start")
      const failing = this.#failing.get("transactions")
      if (failing) throw failing.error
      await this.tick()
      if (this.#underWay(prepared.ids)) await sleep(this.#pollMs)
    }
    const transactions = prepared.ids.map((id) => this.#parts.outbox.find(id)).filter((tx) => tx !== undefined)
    return { today: Number(head.timestamp / 86_400n), lines: prepared.lines, leftOut: prepared.leftOut, transactions }
  }

  #underWay(ids: readonly number[]): boolean {
    return this.#parts.outbox.pending().some((tx) => ids.includes(tx.id))
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.catch(() => {}).then(work)
    this.#queue = run
    return run
  }

  async #tick(): Promise<void> {
    const { reader, follow, settling, anchoring } = this.#parts
    const head = await reader.head()
    if (head.number !== this.head.number) await follow(head)
    this.head = head
    this.#lastRead = performance.now()
    await this.#attempt("transactions", () => this.#workOutbox(head))
    if (head.number !== this.#settledAt)
      await this.#attempt("settling", async () => {
        await settling.prepareDue(head)
        this.#settledAt = head.number
      })
    if (head.number > this.#anchoredAt || performance.now() - this.#lastAnchored > ANCHOR_ANYWAY_MS)
      await this.#attempt("anchoring", async () => {
        await anchoring.prepare()
        this.#anchoredAt = head.number
        this.#lastAnchored = performance.now()
      })
    await this.#attempt("transactions", () => this.#workOutbox(head))
  }

  async #attempt(part: Part, work: () => Promise<void>): Promise<void> {
    const before = this.#failing.get(part)
    if (before && performance.now() < before.restsUntil) return
    try {
      await work()
      this.#failing.delete(part)
    } catch (error) {
      const times = (before?.times ?? 0) + 1
      this.#failing.set(part, { times, error: error as Error, restsUntil: performance.now() + this.#pause(times) })
      this.#parts.log.warn(
        { part, failures: times, reason: firstLine(error as Error) },
        "a part of the recorder's work failed: trying again",
      )
    }
  }

  #pause(failures: number): number {
    return Math.min(this.#pollMs * 2 ** Math.min(failures, 10), Math.max(MAX_BACK_OFF_MS, this.#pollMs))
  }

  /** What was decided of one transaction is noted whatever becomes of the next: an anchor's is looked for in the chain's events. */
  async #workOutbox(head: Head): Promise<void> {
    const { sender, log, onStep } = this.#parts
    let failure: unknown
    for (const outcome of await sender.work(head.number)) {
      const { tx, mined } = outcome
      onStep("decided")
      try {
        await this.#conclude(outcome)
      } catch (error) {
        failure ??= error
        continue
      }
      onStep("concluded")
      log.info({ kind: tx.kind, items: tx.items, ...(mined ?? { lost: true, nonce: tx.nonce }) }, "transaction decided")
    }
    if (failure) throw failure
  }

  async #conclude(outcome: Outcome): Promise<void> {
    const { anchoring, settling } = this.#parts
    if (outcome.tx.kind === "anchor") await anchoring.concluded(outcome, this.#startBlock)
    else await settling.concluded(outcome)
  }
}

function firstLine(error: Error): string {
  return error.message.split("\n")[0]!
}
