import { bytesToHex, hexToBytes, isEnded, recoverAddress } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { SignedQuote } from "@berth/protocol/wire"
import type { Hex } from "viem"
import { asBerthError, BerthError } from "../errors.ts"
import { askLease } from "../p2p/lease.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import { Backoff } from "./backoff.ts"
import { stopLease } from "./lease-io.ts"
import type { LeaseWatches } from "./lease-watches.ts"
import type { TabKeeper } from "./tab-keeper.ts"
import type { TabSet, TabSetModules } from "./tab-set.ts"

/** How long a node may take to see a tab that was just opened: confirmations on its side. */
export const NEW_TAB_MS = 60_000
/** Codes after which we can't know whether the node took the lease that it was sent. */
const UNSURE: ReadonlySet<string> = new Set(["timeout", "unreachable", "cancelled", "internal"])

/** Sends the openings of leases that are stored, and finds out what became of those that nobody answered. */
export class Openings {
  readonly #m: TabSetModules
  readonly #tabs: TabSet
  readonly #watches: LeaseWatches
  readonly #stopper = new AbortController()
  readonly #settling = new Map<Hex, Promise<void>>()

  constructor(modules: TabSetModules, tabs: TabSet, watches: LeaseWatches) {
    this.#m = modules
    this.#tabs = tabs
    this.#watches = watches
  }

  /**
   * Sends an opening. Sent twice it gives the same lease; refused, it is forgotten. A caller who no longer wants it gets none: what the node
   * accepted meanwhile is stopped.
   * @param again it may have been sent before
   */
  async send(row: LeaseRow, again: boolean, signal?: AbortSignal): Promise<LeaseRow> {
    try {
      const lease = await this.#send(row, again, signal)
      if (!signal?.aborted) return lease
    } catch (error) {
      if (!this.#m.book.has(row.leaseId)) throw error
      if (signal?.aborted) this.#m.book.stopAsked(row.leaseId)
      this.#settle(row.leaseId)
      throw signal?.aborted ? nobodyKnows(row, "it is stopped as soon as the node says that it runs") : askAgain(row, asBerthError(error))
    }
    throw await this.#takeBack(row.leaseId)
  }

  /** Leases that were asked for when a former agent died: those that the node has are ours, the others never began. */
  async recover(): Promise<void> {
    for (const row of this.#m.book.running()) if (row.nodeSignature !== undefined) this.#watches.start(row.leaseId)
    const unsure = this.#m.book.running().filter((row) => row.nodeSignature === undefined)
    for (const { leaseId } of unsure) await this.#look(leaseId).catch(() => this.#settle(leaseId))
  }

  async stop(): Promise<void> {
    this.#stopper.abort()
    await Promise.all(this.#settling.values())
  }

  async #send(row: LeaseRow, again: boolean, signal?: AbortSignal): Promise<LeaseRow> {
    const { book } = this.#m
    const tab = this.#tabs.get(row.signer)
    // One that was sent before may have been taken then, whatever becomes of this call.
    let sent = again
    try {
      const answer = await this.#ask(tab, row, signal, () => {
        sent = true
      })
      const node = recoverAddress(nativeEcdsa, hexToBytes(row.leaseId), answer.nodeSignature)
      if (node !== tab.row.node) throw new BerthError("bad_signature", `node ${tab.row.node} did not sign lease ${row.leaseId}`)
      book.accepted(row.leaseId, answer.nodeSignature)
      if (answer.leases[0]) book.report(row.leaseId, answer.leases[0])
    } catch (error) {
      const ours = asBerthError(error)
      if (!sent || !UNSURE.has(ours.code)) book.remove(row.leaseId)
      throw ours
    }
    // The books of a reservation have a stream from their first lease on.
    tab.start()
    this.#watches.start(row.leaseId)
    return book.get(row.leaseId)
  }

  async #ask(tab: TabKeeper, row: LeaseRow, signal: AbortSignal | undefined, onSent: () => void) {
    const { leaseNo, privateTerms, signature } = row
    const open = {
      leaseNo,
      start: row.terms.start,
      clientId: hexToBytes(row.clientId),
      privateTerms,
      quote: SignedQuote.decode(row.quote),
      signature,
    }
    const limit = AbortSignal.any([AbortSignal.timeout(NEW_TAB_MS), ...(signal ? [signal] : [])])
    for (;;) {
      try {
        return await askLease(tab.line, { open }, undefined, onSent)
      } catch (error) {
        const isNew = tab.books.seq === 0 && this.#m.book.ofTab(row.signer).size === 1
        if (asBerthError(error).code !== "no_tab" || !isNew || limit.aborted) throw error
        await this.#m.chain.nextBlock(limit).catch(() => {})
      }
    }
  }

  /** Accepted, but nobody wants it any more. */
  async #takeBack(leaseId: Hex): Promise<BerthError> {
    const id = leaseId.slice(2, 14)
    try {
      await stopLease({ book: this.#m.book, tabs: this.#tabs }, leaseId, "stop")
      return new BerthError("cancelled", `the run was cancelled: lease ${id}, which its node had just accepted, is stopped`)
    } catch (cause) {
      return new BerthError("cancelled", `the run was cancelled, but lease ${id} was accepted and could not be stopped`, {
        hint: `berth stop ${id}`,
        cause,
      })
    }
  }

  /** Asks the node until it is known whether it took the lease. */
  #settle(leaseId: Hex): void {
    if (this.#settling.has(leaseId) || this.#stopper.signal.aborted) return
    this.#settling.set(
      leaseId,
      this.#lookUntilKnown(leaseId).finally(() => this.#settling.delete(leaseId)),
    )
  }

  async #lookUntilKnown(leaseId: Hex): Promise<void> {
    const { signal } = this.#stopper
    const backoff = new Backoff()
    while (!signal.aborted) {
      try {
        return await this.#look(leaseId)
      } catch (error) {
        const { code, message } = asBerthError(error)
        this.#m.log("warn", "not known whether a lease was accepted", { leaseId, code, message })
      }
      await backoff.wait(signal).catch(() => {})
    }
  }

  async #look(leaseId: Hex): Promise<void> {
    const { book } = this.#m
    // Sent again meanwhile, and refused or accepted.
    if (!book.has(leaseId) || book.get(leaseId).nodeSignature !== undefined || isEnded(book.get(leaseId).progress.state)) return
    const row = book.get(leaseId)
    const { leases } = await askLease(this.#tabs.get(row.signer).line, { list: {} }, this.#stopper.signal)
    if (!leases.some((l) => bytesToHex(l.leaseId) === leaseId)) return book.gone(leaseId, "failed_to_start", "its node did not take it")
    await this.#send(row, true)
    if (book.get(leaseId).stopAsked) await stopLease({ book, tabs: this.#tabs }, leaseId, "stop")
  }
}

function nobodyKnows(row: LeaseRow, then: string): BerthError {
  const id = row.leaseId.slice(2, 14)
  return new BerthError("cancelled", `the run was cancelled; whether the node took lease ${id} is not known: ${then}`, {
    hint: `berth ps shows it while it may run, berth stop ${id} asks again`,
  })
}

function askAgain(row: LeaseRow, why: BerthError): BerthError {
  const id = row.leaseId.slice(2, 14)
  return new BerthError(why.code, `${why.message}; lease ${id} may run there all the same`, {
    hint: `berth ps shows it once the node answers, berth stop ${id} ends it; the same --id ${row.clientId} goes on with it`,
    cause: why,
  })
}
