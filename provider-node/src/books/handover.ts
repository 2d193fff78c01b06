import { dayOf, type ErrorCode, ProtocolError } from "@berth/protocol"
import type { Logger } from "pino"
import type { ChainWatcher } from "../chain/watcher.ts"
import { monotonicMs } from "../clock.ts"
import { fitting } from "../p2p/records.ts"
import type { CountersignedRow, ReceiptStore } from "../store/receipt-store.ts"
import type { BlockLoop } from "./block-loop.ts"
import { Lane } from "./lane.ts"
import { NewestReceipts } from "./newest-receipts.ts"
import { BATCH, PaidReceipts } from "./paid-receipts.ts"

export interface HandoverModules {
  readonly receipts: ReceiptStore
  readonly chain: Pick<ChainWatcher, "head" | "onHead" | "seen" | "tab">
  readonly loop: Pick<BlockLoop, "onSigned">
  /** Hands rows to one recorder; throws when it did not take them. */
  readonly submit: (recorder: string, rows: readonly CountersignedRow[]) => Promise<unknown>
  readonly log: Logger
}

/** Receipts signed within this time are handed over together. */
const GATHER_MS = 300
const HOUR_MS = 3_600_000
/** A recorder's chain may be this many blocks behind ours: till then it may not know a reservation yet. */
const BLOCKS_BEHIND = 64n
/** Refusals of receipts under a reservation themselves. Any other, one that we don't know too, is of the request or the recorder, and may pass. */
const FINAL: readonly ErrorCode[] = ["no_reservation", "no_tab", "closing", "stale", "bad_receipt"]

/**
 * Hands countersigned receipts to recorders: each of them, as they are signed, to the first that takes it; and the newest of each tab to
 * two, hourly and when a day ended. The node works without any: then receipts wait in the journal.
 *
 * Those under reservations go beside the others, by tab and day: they are for anchors alone, and what becomes of them (a recorder may not
 * know of reservations, a term may be over when its last receipt is signed) never holds up one that pays.
 */
export class Handover {
  readonly #recorders: readonly string[]
  readonly #modules: HandoverModules
  readonly #offs: (() => void)[] = []
  readonly #paid: PaidReceipts
  readonly #reserved: Lane
  readonly #newest: readonly NewestReceipts[]
  #hourly: NodeJS.Timeout | undefined
  #day: number | undefined
  /** Monotonic: when a recorder last took something. */
  lastTaken: number | undefined

  constructor(recorders: readonly string[], modules: HandoverModules) {
    this.#recorders = recorders
    this.#modules = modules
    const failed = (err: unknown) => modules.log.error({ err }, "handing receipts to recorders failed; they are tried again")
    this.#paid = new PaidReceipts({ ...modules, toAny: (rows) => this.#toAny(rows), failed })
    this.#reserved = new Lane(() => this.#handReserved(), failed)
    this.#newest = recorders
      .slice(0, 2)
      .map((recorder) => new NewestReceipts({ ...modules, submit: (rows) => this.#submit(recorder, rows), failed }))
  }

  /** Receipts of tabs that pay and that no recorder has yet. */
  get lag(): number {
    return this.#modules.receipts.countToHand()
  }

  start(): void {
    if (this.#recorders.length === 0) return
    const { loop, chain } = this.#modules
    const soon = (ms: number) => {
      this.#paid.soon(ms)
      this.#reserved.soon(ms)
    }
    this.#offs.push(loop.onSigned.on(() => soon(GATHER_MS)))
    this.#offs.push(
      chain.onHead.on((head) => {
        const day = dayOf(head.timestamp)
        if (this.#day !== undefined && day > this.#day) this.#handNewestSoon()
        this.#day = day
      }),
    )
    this.#hourly = setInterval(() => this.#handNewestSoon(), HOUR_MS)
    soon(0)
  }

  async stop(): Promise<void> {
    for (const off of this.#offs) off()
    clearInterval(this.#hourly)
    await Promise.all([this.#paid, this.#reserved, ...this.#newest].map((part) => part.stop()))
  }

  /** The newest receipt of every open tab, to two recorders: they submit it when a close is requested. As far as they take them now; the rest follows. */
  async handNewest(): Promise<void> {
    await Promise.all(this.#newest.map((newest) => newest.hand()))
  }

  #handNewestSoon(): void {
    for (const newest of this.#newest) newest.soon(0)
  }

  async #handReserved(): Promise<boolean> {
    let done = true
    for (const { tab, day } of this.#modules.receipts.reservedToHand()) if (!(await this.#handReservedDay(tab, day))) done = false
    return done
  }

  async #handReservedDay(tab: string, day: number): Promise<boolean> {
    const { receipts, log } = this.#modules
    while (!this.#reserved.stopped) {
      const rows = fitting(receipts.reservedOn(tab, day, BATCH))
      if (rows.length === 0) break
      const refusals = await this.#toAny(rows)
      if (refusals && !this.#isFinal(refusals, rows)) return false
      if (refusals)
        log.warn({ tab, day, receipts: rows.length }, "no recorder takes these receipts under a reservation: they stay unanchored")
      receipts.markHanded(rows)
    }
    return true
  }

  #isFinal(refusals: readonly unknown[], rows: readonly CountersignedRow[]): boolean {
    const head = this.#modules.chain.head?.number ?? 0n
    const old = rows.every(({ proposal }) => proposal.block + BLOCKS_BEHIND < head)
    return old && refusals.every((error) => error instanceof ProtocolError && FINAL.includes(error.code))
  }

  /** @returns why none took them; undefined when one did */
  async #toAny(rows: readonly CountersignedRow[]): Promise<readonly unknown[] | undefined> {
    const refusals: unknown[] = []
    for (const recorder of this.#recorders) {
      const refusal = await this.#submit(recorder, rows)
      if (!refusal) return undefined
      refusals.push(refusal)
    }
    return refusals
  }

  async #submit(recorder: string, rows: readonly CountersignedRow[]): Promise<unknown> {
    try {
      await this.#modules.submit(recorder, rows)
      this.lastTaken = monotonicMs()
      return undefined
    } catch (error) {
      this.#modules.log.warn({ recorder, err: error }, "a recorder did not take receipts; they wait in the journal")
      return error
    }
  }
}
