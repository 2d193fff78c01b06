import type { Address } from "@berth/protocol"
import type { Logger } from "pino"
import type { Hex } from "viem"
import { ChainUnavailable } from "../chain/errors.ts"
import type { ReservationReader } from "../chain/reservation-reader.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import { Signal } from "../signal.ts"
import type { ReservationBook } from "./book.ts"
import { isOver, isResolved, type Reservation } from "./reservation.ts"

export interface WatchOptions {
  readonly node: Address
  readonly startBlock: bigint
}

export interface WatchModules {
  readonly chain: ChainWatcher
  readonly reader: ReservationReader
  readonly book: ReservationBook
  readonly log: Logger
  /** The first block whose events were not read; undefined before the first look. */
  readonly cursor: () => bigint | undefined
}

/** Blocks that are read again at each look: a chain that was rearranged under a confirmed block is believed then. */
const AGAIN = 64n

/**
 * Level-triggered: at each new block it reads which reservations were made with this node up to the confirmed block, and how those that are
 * not over stand there. Without an answer everything stays as last read.
 */
export class ReservationWatch {
  /** A look at the chain has succeeded. */
  readonly onRead = new Signal<void>()
  readonly #options: WatchOptions
  readonly #modules: WatchModules
  #off: (() => void) | undefined
  #reading: Promise<void> | undefined
  #again = false
  /** Reservations that were said not to be served. */
  readonly #warned = new Set<Hex>()
  /** The day and block of the last look that succeeded. */
  #readAt: { readonly block: bigint; readonly day: number } | undefined

  constructor(options: WatchOptions, modules: WatchModules) {
    this.#options = options
    this.#modules = modules
  }

  /** Whether everything up to this moment was read at least once since the start: before that no day is promised to anybody. */
  get upToDate(): boolean {
    return this.#readAt !== undefined && this.#readAt.day === this.#modules.book.today
  }

  /** Whether the last look was at the block that is confirmed now. */
  get isCurrent(): boolean {
    return this.#readAt !== undefined && this.#readAt.block === this.#modules.chain.confirmed
  }

  /** Looks once and then at each new block. Does not wait for a chain that is gone. */
  async start(): Promise<void> {
    this.#off = this.#modules.chain.onHead.on(() => void this.read())
    await this.read()
  }

  async stop(): Promise<void> {
    this.#off?.()
    this.#again = false
    await this.#reading
  }

  /** Looks now; when a look is under way, once more after it. */
  read(): Promise<void> {
    if (this.#reading) this.#again = true
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readAll(): Promise<void> {
    do {
      this.#again = false
      try {
        await this.#readOnce()
      } catch (error) {
        if (!(error instanceof ChainUnavailable)) this.#modules.log.error({ err: error }, "reading reservations failed")
        return
      }
    } while (this.#again)
  }

  async #readOnce(): Promise<void> {
    const { chain, book } = this.#modules
    const block = chain.confirmed
    const day = book.today
    if (block === undefined || day === undefined) return
    if (this.#readAt?.block === block && this.#readAt.day === day) return
    const made = await this.#made(block)
    const known = book.all()
    const ids = new Set([...made, ...known.filter((r) => !isOver(r, day)).map((r) => r.id)])
    const read = await Promise.all(
      [...ids].map(async (id) => [id, await this.#modules.reader.reservation(id, this.#options.node, day, block)] as const),
    )
    const seen = read.flatMap(([, r]) => r ?? [])
    await this.#compare(seen, block)
    book.take(
      seen,
      read.flatMap(([id, r]) => (r ? [] : [id])),
      block,
    )
    this.#readAt = { block, day }
    this.#report(known, seen)
    for (const r of seen) {
      this.#dropResolved(r)
      this.#warn(r)
    }
    this.onRead.emit()
  }

  #made(block: bigint): Promise<Hex[]> {
    return this.#modules.reader.made(this.#options.node, this.#unread, block)
  }

  /** Before the look is stored: one that is cut off here is made again, and nothing that was resolved goes unseen. */
  async #compare(seen: readonly Reservation[], block: bigint): Promise<void> {
    const { book, reader } = this.#modules
    for (const r of seen) {
      const old = book.find(r.id)
      if (!old || (old.openDay === r.openDay && old.resolved === r.resolved)) continue
      book.compare(r, await reader.paidDays(r.id, this.#unread, block))
    }
  }

  /** The first block whose events may not have been read. */
  get #unread(): bigint {
    const { startBlock } = this.#options
    const last = this.#modules.cursor()
    return last === undefined || last - AGAIN < startBlock ? startBlock : last - AGAIN
  }

  #report(known: readonly Reservation[], seen: readonly Reservation[]): void {
    const before = new Map(known.map((r) => [r.id, r]))
    for (const r of seen) {
      const { id, gpus, startDay, endDay } = r
      const old = before.get(id)
      if (!old) this.#modules.log.info({ reservation: id, class: r.class, gpus, startDay, endDay }, "reserved")
      else if (old.endDay !== endDay) this.#modules.log.info({ reservation: id, was: old.endDay, endDay }, "a reservation ends earlier")
    }
  }

  #warn(r: Reservation): void {
    const { book, log } = this.#modules
    const why = book.denial(r)
    if (why !== undefined && !this.#warned.has(r.id)) {
      this.#warned.add(r.id)
      log.warn({ reservation: r.id, holder: r.holder, why }, "a reservation is not served: days of it are denied")
    }
    if (why === undefined && this.#warned.delete(r.id)) log.info({ reservation: r.id }, "a reservation is served again")
  }

  #dropResolved(r: Reservation): void {
    const { book } = this.#modules
    const done = book.claimsOf(r.id).filter((claim) => claim.minutes.every((_, i) => isResolved(r, claim.firstDay + i)))
    if (done.length > 0) book.drop(r.id, done)
  }
}
