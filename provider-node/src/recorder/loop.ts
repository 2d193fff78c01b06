import { setTimeout as sleep } from "node:timers/promises"
import type { Anchoring } from "./anchoring.ts"
import type { Head, MarketReader } from "./chain/market-reader.ts"
import type { Sender } from "./chain/sender.ts"
import type { Logger } from "./log.ts"
import type { SettleReport, Settling } from "./settling.ts"
import type { OnStep } from "./steps.ts"
import type { Outbox } from "./store/outbox.ts"

/** Longest pause between two tries while the RPC does not answer. */
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

/** Compares what should be on chain with what is, at each block: level-triggered, so a tick that failed is made up for by the next. */
export class Loop {
  head: Head = { number: -1n, timestamp: 0n }
  lastError: string | null = null
  readonly #parts: LoopParts
  readonly #pollMs: number
  readonly #startBlock: bigint
  #lastRead = 0
  #lastAnchored = 0
  #anchoredAt = -1n
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

  async run(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.tick()
        this.#failures = 0
        this.lastError = null
      } catch (error) {
        this.#failures++
        this.lastError = (error as Error).message.split("\n")[0]!
        this.#parts.log.warn({ failures: this.#failures, reason: this.lastError }, "the chain could not be read or written: trying again")
      }
      const pause = Math.min(this.#pollMs * 2 ** Math.min(this.#failures, 10), Math.max(MAX_BACK_OFF_MS, this.#pollMs))
      await sleep(pause, undefined, { signal: this.#wake.signal }).catch(() => {})
      if (this.#wake.signal.aborted && !this.#ended) this.#wake = new AbortController()
    }
    await this.#queue.catch(() => {})
  }

  end(): void {
    this.#ended = true
    this.#wake.abort()
  }

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
    const isNew = head.number !== this.head.number
    if (isNew) await follow(head)
    this.head = head
    this.#lastRead = performance.now()
    await this.#workOutbox(head)
    if (head.number > this.#anchoredAt || performance.now() - this.#lastAnchored > ANCHOR_ANYWAY_MS) {
      await anchoring.prepare()
      this.#anchoredAt = head.number
      this.#lastAnchored = performance.now()
    }
    if (isNew) await settling.prepareDue(head)
    await this.#workOutbox(head)
  }

  async #workOutbox(head: Head): Promise<void> {
    const { sender, anchoring, settling, log, onStep } = this.#parts
    for (const outcome of await sender.work(head.number)) {
      const { tx, mined } = outcome
      onStep("decided")
      if (tx.kind === "anchor") await anchoring.concluded(outcome, this.#startBlock)
      else settling.concluded(outcome)
      onStep("concluded")
      log.info({ kind: tx.kind, items: tx.items, ...(mined ?? { lost: true, nonce: tx.nonce }) }, "transaction decided")
    }
  }
}
