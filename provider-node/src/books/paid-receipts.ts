import { dayOf, ProtocolError } from "@berth/protocol"
import type { Logger } from "pino"
import type { ChainWatcher } from "../chain/watcher.ts"
import { fitting } from "../p2p/records.ts"
import type { CountersignedRow, ReceiptStore } from "../store/receipt-store.ts"
import { Lane } from "./lane.ts"

/** Receipts of one request. */
export const BATCH = 64
/** Recorders take no receipts of days further back. */
const OLDEST_DAYS = 30

/** What was refused: all, as the request was, or a receipt; or none, as all were taken or some are let go of. */
type Fate = "all" | "none" | CountersignedRow

interface PaidModules {
  readonly receipts: ReceiptStore
  readonly chain: Pick<ChainWatcher, "head" | "tab">
  /** Hands rows to the first recorder that takes them. Resolves to why none did, or undefined. */
  readonly toAny: (rows: readonly CountersignedRow[]) => Promise<readonly unknown[] | undefined>
  /** Told what a run threw. */
  readonly failed: (error: unknown) => void
  readonly log: Logger
}

/**
 * Hands in the receipts that pay. Those of a tab of which one is refused step back: they are handed in beside the others, one at a time and
 * ever later, until they are taken or the chain says that nothing of them settles any more. Which tabs did is not kept: a node that starts
 * anew finds out again.
 */
export class PaidReceipts {
  readonly #modules: PaidModules
  readonly #lane: Lane
  readonly #back: Lane
  /** Tabs that stepped back, whoever was tried last at the end: the seq of the receipt that was seen to last. */
  readonly #stepped = new Map<string, number>()

  constructor(modules: PaidModules) {
    this.#modules = modules
    this.#lane = new Lane(() => this.#hand(), modules.failed)
    this.#back = new Lane(() => this.#handSteppedBack(), modules.failed)
  }

  soon(ms: number): void {
    this.#lane.soon(ms)
  }

  async stop(): Promise<void> {
    await Promise.all([this.#lane.stop(), this.#back.stop()])
  }

  async #hand(): Promise<boolean> {
    const { receipts } = this.#modules
    // Twice as many at each refusal: where all are refused that is soon seen, and a good one that steps back with them loses nothing.
    for (let atOnce = 1; !this.#lane.stopped; ) {
      const rows = fitting(receipts.toHand(BATCH, [...this.#stepped.keys()]))
      if (rows.length === 0) break
      const fate = await this.#fateOf(rows)
      if (fate === "all") return false
      if (fate === "none") continue
      const tabs = [...new Set(rows.slice(rows.indexOf(fate)).map(({ tab }) => tab))].slice(0, atOnce)
      for (const tab of tabs) this.#stepped.set(tab, 0)
      this.#back.soon(0)
      atOnce *= 2
    }
    return true
  }

  /** A refusal costs the sender some of its rate: one of a tab, and no more than so many a run. */
  async #handSteppedBack(): Promise<boolean> {
    let refused = 0
    for (const tab of [...this.#stepped.keys()]) {
      const fate = await this.#handOneByOne(tab)
      if (fate === "all") return false
      if (fate !== "none" && ++refused === BATCH) break
    }
    return this.#stepped.size === 0
  }

  /** From behind the one that was refused last to the next that is. */
  async #handOneByOne(tab: string): Promise<Fate> {
    const { receipts } = this.#modules
    let seq = this.#stepped.get(tab)!
    this.#stepped.delete(tab)
    this.#stepped.set(tab, seq)
    while (!this.#back.stopped) {
      const row = receipts.nextToHand(tab, seq) ?? receipts.nextToHand(tab, 0)
      if (!row) {
        this.#stepped.delete(tab)
        break
      }
      const fate = await this.#fateOf([row])
      if (fate === "all") return fate
      seq = row.seq
      this.#stepped.set(tab, seq)
      if (fate !== "none") return fate
    }
    return "none"
  }

  /** Hands rows in, and marks them if they were taken, or those of which nothing settles any more. */
  async #fateOf(rows: readonly CountersignedRow[]): Promise<Fate> {
    const { receipts, toAny, log } = this.#modules
    const refusals = await toAny(rows)
    const over = refusals ? await this.#overAmong(rows, refusals) : []
    if (over.length > 0)
      log.warn({ tab: over[0]!.tab, receipts: over.length }, "nothing of these receipts settles any more: they are not handed in")
    if (!refusals || over.length > 0) {
      receipts.markHanded(refusals ? over : rows)
      return "none"
    }
    return refusals.map((error) => refusedRow(rows, error)).find((row) => row !== undefined) ?? "all"
  }

  /**
   * Rows that a recorder refused for good, as we see it ourselves on chain: their tab is closed, or their day too long ago. They would be
   * refused for ever, and keep back all that come after them; a tenant makes some by signing once its tab is closed. One recorder's word
   * does, for the others may be down or lie; and no recorder's word alone, for all may.
   * @throws ChainUnavailable
   */
  async #overAmong(rows: readonly CountersignedRow[], refusals: readonly unknown[]): Promise<CountersignedRow[]> {
    const { chain } = this.#modules
    for (const error of refusals) {
      const row = refusedRow(rows, error)
      if (!row) continue
      const { code } = error as ProtocolError
      if (code === "closing" && (await chain.tab(row.signer)).status === "closed") return rows.filter(({ tab }) => tab === row.tab)
      const today = chain.head && dayOf(chain.head.timestamp)
      if (code === "stale" && today !== undefined && row.proposal.day < today - OLDEST_DAYS) return [row]
    }
    return []
  }
}

/**
 * The row that a recorder names as the first that it refused. Of a request that is too large or can't be read it names none: the first then
 * stands for all. None for what is of the recorder (all that it can store waits for an anchor) or on the way to it.
 */
function refusedRow(rows: readonly CountersignedRow[], error: unknown): CountersignedRow | undefined {
  if (!(error instanceof ProtocolError) || error.code === "rate_limited") return undefined
  const [, index] = /^submit\[(\d+)\]/.exec(error.field ?? "") ?? []
  if (index !== undefined) return rows[Number(index)]
  return error.code === "too_large" || error.code === "malformed" ? rows[0] : undefined
}
