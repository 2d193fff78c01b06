import { hexToBytes, isEnded } from "@berth/protocol"
import type { Hex } from "viem"
import { asBerthError } from "../errors.ts"
import { watchLease } from "../p2p/lease.ts"
import { Backoff } from "./backoff.ts"
import type { TabSet, TabSetModules } from "./tab-set.ts"

/** Follows every running lease at its node, and calls again whenever the line breaks. A node that is silent leaves the state as it was. */
export class LeaseWatches {
  readonly #m: Pick<TabSetModules, "book" | "log">
  readonly #tabs: TabSet
  readonly #stopper = new AbortController()
  readonly #watched = new Map<Hex, Promise<void>>()

  constructor(modules: Pick<TabSetModules, "book" | "log">, tabs: TabSet) {
    this.#m = modules
    this.#tabs = tabs
  }

  start(leaseId: Hex): void {
    if (this.#watched.has(leaseId) || this.#stopper.signal.aborted) return
    this.#watched.set(
      leaseId,
      this.#watch(leaseId).finally(() => this.#watched.delete(leaseId)),
    )
  }

  async stop(): Promise<void> {
    this.#stopper.abort()
    await Promise.all(this.#watched.values())
  }

  async #watch(leaseId: Hex): Promise<void> {
    const { signal } = this.#stopper
    const { book, log } = this.#m
    const backoff = new Backoff()
    const { line } = this.#tabs.get(book.get(leaseId).signer)
    while (!signal.aborted && !isEnded(book.get(leaseId).progress.state)) {
      try {
        for await (const status of watchLease(line, hexToBytes(leaseId), signal)) {
          book.report(leaseId, status)
          backoff.reset()
        }
      } catch (error) {
        const { code, message } = asBerthError(error)
        if (code === "no_lease") book.gone(leaseId, "expired", "its node no longer knows it")
        else if (!signal.aborted) log("warn", "watching a lease broke", { leaseId, code, message })
      }
      if (!isEnded(book.get(leaseId).progress.state)) await backoff.wait(signal).catch(() => {})
    }
  }
}
