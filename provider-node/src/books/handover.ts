import { dayOf } from "@berth/protocol"
import type { Logger } from "pino"
import type { ChainWatcher } from "../chain/watcher.ts"
import { monotonicMs } from "../clock.ts"
import type { CountersignedRow, ReceiptStore } from "../store/receipt-store.ts"
import type { BlockLoop } from "./block-loop.ts"

export interface HandoverModules {
  readonly receipts: ReceiptStore
  readonly chain: ChainWatcher
  readonly loop: BlockLoop
  /** Hands rows to one recorder; throws when it did not take them. */
  readonly submit: (recorder: string, rows: readonly CountersignedRow[]) => Promise<unknown>
  readonly log: Logger
}

/** Receipts signed within this time are handed over together. */
const GATHER_MS = 300
const HOUR_MS = 3_600_000
/** A recorder that did not answer is asked again after this, doubled each time up to a minute. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
const BATCH = 64

/**
 * Hands countersigned receipts to recorders: each of them, as they are signed, to the first that takes it; and the newest of each tab to
 * two, hourly and when a day ended. The node works without any: then receipts wait in the journal.
 */
export class Handover {
  readonly #recorders: readonly string[]
  readonly #modules: HandoverModules
  readonly #offs: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #hourly: NodeJS.Timeout | undefined
  #wait = FIRST_WAIT_MS
  #day: number | undefined
  #running: Promise<void> | undefined
  #stopped = false
  /** Monotonic: when a recorder last took something. */
  lastTaken: number | undefined

  constructor(recorders: readonly string[], modules: HandoverModules) {
    this.#recorders = recorders
    this.#modules = modules
  }

  /** Receipts that no recorder has yet. */
  get lag(): number {
    return this.#modules.receipts.countToHand()
  }

  start(): void {
    if (this.#recorders.length === 0) return
    const { loop, chain } = this.#modules
    this.#offs.push(loop.onSigned.on(() => this.#schedule(GATHER_MS)))
    this.#offs.push(
      chain.onHead.on((head) => {
        const day = dayOf(head.timestamp)
        if (this.#day !== undefined && day > this.#day) void this.handNewest()
        this.#day = day
      }),
    )
    this.#hourly = setInterval(() => void this.handNewest(), HOUR_MS)
    this.#schedule(0)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const off of this.#offs) off()
    clearTimeout(this.#timer)
    clearInterval(this.#hourly)
    await this.#running
  }

  /** The newest receipt of every tab, to two recorders: they submit it when a close is requested. */
  async handNewest(): Promise<void> {
    const rows = this.#modules.receipts.newest()
    for (const recorder of this.#recorders.slice(0, 2))
      for (let at = 0; at < rows.length; at += BATCH) await this.#submit(recorder, rows.slice(at, at + BATCH))
  }

  #schedule(ms: number): void {
    if (this.#timer || this.#running || this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#running = this.#handAll().finally(() => {
        this.#running = undefined
        if (!this.#stopped && this.lag > 0) this.#schedule(this.#wait)
      })
    }, ms)
  }

  async #handAll(): Promise<void> {
    while (!this.#stopped) {
      const rows = this.#modules.receipts.toHand(BATCH)
      if (rows.length === 0) return
      if (!(await this.#toAny(rows))) {
        this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS)
        return
      }
      this.#wait = FIRST_WAIT_MS
      this.#modules.receipts.markHanded(rows)
    }
  }

  async #toAny(rows: readonly CountersignedRow[]): Promise<boolean> {
    for (const recorder of this.#recorders) if (await this.#submit(recorder, rows)) return true
    return false
  }

  async #submit(recorder: string, rows: readonly CountersignedRow[]): Promise<boolean> {
    try {
      await this.#modules.submit(recorder, rows)
      this.lastTaken = monotonicMs()
      return true
    } catch (error) {
      this.#modules.log.warn({ recorder, err: error }, "a recorder did not take receipts; they wait in the journal")
      return false
    }
  }
}
