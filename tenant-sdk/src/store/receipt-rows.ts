import type { DatabaseSync, StatementSync } from "node:sqlite"
import { setImmediate } from "node:timers/promises"
import { type Address, type Books, encodeBooks, type Market } from "@berth/protocol"
import { WireProposal } from "@berth/protocol/wire"

/** A countersigned receipt with everything it was checked from. */
export interface ReceiptRow {
  readonly seq: number
  readonly day: number
  readonly proposal: WireProposal
  readonly countersignature: Uint8Array
}

/**
 * The tab's books are written with every so many receipts of a day only: those in between follow from the receipts. Written with each they
 * are a fifth of what a receipt costs.
 */
const BOOKS_EVERY = 16

/** Receipts, and bytes of them, that are read in one go: milliseconds of work. */
const SLICE = 500
const SLICE_BYTES = 1024 * 1024
const MAX_SEQ = 0xffffffff

const TAB = "SELECT id FROM tabs WHERE chainId = ? AND contract = ? AND signer = ?"

interface Pending {
  readonly signer: Address
  readonly row: ReceiptRow
  readonly next: Books
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Countersigned receipts. Those that arrive in the same turn of the event loop share one transaction: one fsync for all tabs of a tick.
 * A promise that resolved is on the disk (synchronous=FULL).
 */
export class ReceiptRows {
  readonly #db: DatabaseSync
  readonly #key: [number, string]
  readonly #insert: StatementSync
  readonly #advance: StatementSync
  #pending: Pending[] = []

  constructor(db: DatabaseSync, market: Market) {
    this.#db = db
    this.#key = [market.chainId, market.contract.toLowerCase()]
    this.#insert = db.prepare(`INSERT INTO receipts VALUES (NULL, (${TAB}), ?, ?, ?, ?)`)
    this.#advance = db.prepare("UPDATE tabs SET books = ? WHERE chainId = ? AND contract = ? AND signer = ?")
  }

  /** Stores a receipt. `next`: the books that follow from it. */
  save(signer: Address, row: ReceiptRow, next: Books): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#pending.push({ signer, row, next, resolve, reject }) === 1) globalThis.setImmediate(() => this.#commit())
    })
  }

  /**
   * A tab's receipts in slices, each small enough to be read between two signatures: the event loop turns after each. Those of days `from` to `to`, both
   * included, that were there at the call; all by default.
   */
  async *slices(
    signer: Address,
    { from = 0, to = Number.MAX_SAFE_INTEGER }: { from?: number; to?: number } = {},
  ): AsyncGenerator<ReceiptRow[]> {
    const last = this.last(signer)?.seq ?? 0
    let seq = from === 0 ? 0 : this.#firstOf(signer, from)
    for (;;) {
      const rows = this.#read("AND seq >= ? AND seq <= ? ORDER BY seq", signer, seq, last)
      const wanted = rows.filter((r) => r.day <= to)
      if (wanted.length > 0) yield wanted
      if (rows.length === 0 || wanted.length < rows.length) return
      seq = rows.at(-1)!.seq + 1
      await setImmediate()
    }
  }

  /** Those before a receipt, newest first. */
  async *slicesBefore(signer: Address, seq: number): AsyncGenerator<ReceiptRow[]> {
    for (let before = seq; ; await setImmediate()) {
      const rows = this.#read("AND seq < ? ORDER BY seq DESC", signer, before)
      if (rows.length === 0) return
      yield rows
      before = rows.at(-1)!.seq
    }
  }

  /** The last one. */
  last(signer: Address): ReceiptRow | undefined {
    return this.#read("ORDER BY seq DESC LIMIT 1", signer)[0]
  }

  /** Seq of the first receipt of a day or one after it. Days rise with seq, and have no index of their own. */
  #firstOf(signer: Address, day: number): number {
    const dayFrom = this.#db.prepare(`SELECT day FROM receipts WHERE tab = (${TAB}) AND seq >= ? ORDER BY seq LIMIT 1`)
    let [low, high] = [0, MAX_SEQ]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = dayFrom.get(...this.#key, signer, middle) as { day: number } | undefined
      if (found && found.day < day) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Rows up to a slice's size. */
  #read(rest: string, signer: Address, ...values: number[]): ReceiptRow[] {
    const sql = `SELECT seq, day, proposal, countersignature FROM receipts WHERE tab = (${TAB}) ${rest}`
    const rows: ReceiptRow[] = []
    let bytes = 0
    for (const found of this.#db.prepare(sql).iterate(...this.#key, signer, ...values)) {
      const row = found as unknown as Omit<ReceiptRow, "proposal"> & { proposal: Uint8Array }
      rows.push({ ...row, proposal: WireProposal.decode(row.proposal) })
      bytes += row.proposal.length
      if (rows.length === SLICE || bytes > SLICE_BYTES) break
    }
    return rows
  }

  #commit(): void {
    const batch = this.#pending
    this.#pending = []
    try {
      this.#db.exec("BEGIN IMMEDIATE")
      for (const { signer, row, next } of batch) {
        this.#insert.run(...this.#key, signer, row.seq, row.day, WireProposal.encode(row.proposal), row.countersignature)
        if (next.tree.size % BOOKS_EVERY === 0) this.#advance.run(encodeBooks(next), ...this.#key, signer)
      }
      this.#db.exec("COMMIT")
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK")
      for (const { reject } of batch) reject(error)
      return
    }
    for (const { resolve } of batch) resolve()
  }
}
