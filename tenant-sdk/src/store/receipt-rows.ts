import type { DatabaseSync, StatementSync } from "node:sqlite"
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
      if (this.#pending.push({ signer, row, next, resolve, reject }) === 1) setImmediate(() => this.#commit())
    })
  }

  all(signer: Address): ReceiptRow[] {
    return this.#read("ORDER BY seq", signer)
  }

  /** The last one. */
  last(signer: Address): ReceiptRow | undefined {
    return this.#read("ORDER BY seq DESC LIMIT 1", signer)[0]
  }

  #read(rest: string, signer: Address): ReceiptRow[] {
    const rows = this.#db
      .prepare(`SELECT seq, day, proposal, countersignature FROM receipts WHERE tab = (${TAB}) ${rest}`)
      .all(...this.#key, signer) as unknown as (Omit<ReceiptRow, "proposal"> & { proposal: Uint8Array })[]
    return rows.map((row) => ({ ...row, proposal: WireProposal.decode(row.proposal) }))
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
