import { ProtocolError } from "@berth/protocol"
import { ChainUnavailable } from "../chain/errors.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import { fitting } from "../p2p/records.ts"
import type { CountersignedRow, NewestPlace, ReceiptStore } from "../store/receipt-store.ts"
import { Lane } from "./lane.ts"
import { BATCH } from "./paid-receipts.ts"

interface NewestModules {
  readonly receipts: ReceiptStore
  readonly chain: Pick<ChainWatcher, "seen" | "tab">
  /** Resolves to why the recorder did not take the rows, or undefined. */
  readonly submit: (rows: readonly CountersignedRow[]) => Promise<unknown>
  /** Told what a run threw. */
  readonly failed: (error: unknown) => void
}

/**
 * Hands one recorder the newest receipt of each open tab, those of the last day first, a request at a time. A recorder that has enough of this
 * node for now gets the rest later, from there on: who began at the front each time would never get to the last. Tabs that the chain has
 * closed are left out, each found out once: a recorder refuses them, and each refusal costs as much as many good ones.
 */
export class NewestReceipts {
  readonly #modules: NewestModules
  readonly #lane: Lane
  /** Where the pass under way has come to; undefined: there is none. */
  #at: NewestPlace | undefined
  #running: Promise<boolean> | undefined

  constructor(modules: NewestModules) {
    this.#modules = modules
    this.#lane = new Lane(() => this.#handOnce(), modules.failed)
  }

  /** Begins a pass, or goes on with the one that is under way, in the background until it has come to its end. */
  soon(ms: number): void {
    this.#lane.soon(ms)
  }

  /** The same, as far as the recorder lets it get now; what is left goes on in the background. */
  async hand(): Promise<void> {
    if (!(await this.#handOnce())) this.#lane.soon(FIRST_WAIT_MS)
  }

  stop(): Promise<void> {
    return this.#lane.stop()
  }

  #handOnce(): Promise<boolean> {
    this.#running ??= this.#handOn().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** @returns whether the pass has come to its end */
  async #handOn(): Promise<boolean> {
    const { receipts, submit } = this.#modules
    while (!this.#lane.stopped) {
      const rows = fitting(receipts.newest(BATCH, this.#at))
      if (rows.length === 0) break
      const open = await this.#open(rows)
      const refusal = open.length > 0 ? await submit(open) : undefined
      if (refusal !== undefined && !isOfOne(refusal)) return false
      const { tab, proposal } = rows.at(-1)!
      this.#at = { tab, day: proposal.day }
    }
    this.#at = undefined
    return true
  }

  /** Those whose tab is open. While the chain does not answer: those that were last seen open. */
  async #open(rows: readonly CountersignedRow[]): Promise<CountersignedRow[]> {
    const { receipts, chain } = this.#modules
    const statuses = await Promise.all(
      rows.map(async ({ signer }) => (chain.seen(signer) ?? (await chain.tab(signer).catch(unlessUnavailable)))?.status),
    )
    for (const [i, { tab }] of rows.entries()) if (statuses[i] === "closed") receipts.markOver(tab)
    return rows.filter((_, i) => statuses[i] === "open" || statuses[i] === "closing")
  }
}

/** A recorder that has enough for now, or did not answer, is asked again soon. */
const FIRST_WAIT_MS = 1_000

function unlessUnavailable(error: unknown): undefined {
  if (!(error instanceof ChainUnavailable)) throw error
}

/** Whether a recorder refused a receipt, and has taken the others of the request. */
const isOfOne = (error: unknown): boolean =>
  error instanceof ProtocolError && error.code !== "rate_limited" && /^submit\[\d+\]/.test(error.field ?? "")
