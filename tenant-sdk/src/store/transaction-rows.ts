import type { DatabaseSync } from "node:sqlite"
import type { Market } from "@berth/protocol"
import type { Hex } from "viem"
import type { SignedTransaction } from "../chain/broadcast.ts"

/** A transaction that its caller chose an id for. */
export interface TransactionRow extends SignedTransaction {
  /** What it does, in the words of one line: the same id for something else is a mistake. */
  readonly what: string
}

/** Transactions of one market by their callers' ids, written before the chain was given them. */
export class TransactionRows {
  readonly #db: DatabaseSync
  readonly #key: [number, string]

  constructor(db: DatabaseSync, market: Market) {
    this.#db = db
    this.#key = [market.chainId, market.contract.toLowerCase()]
  }

  find(id: string): TransactionRow | undefined {
    const row = this.#db
      .prepare("SELECT what, hash, raw FROM transactions WHERE chainId = ? AND contract = ? AND id = ?")
      .get(...this.#key, id) as { what: string; hash: Hex; raw: Hex } | undefined
    return row && { ...row }
  }

  save(id: string, { what, hash, raw }: TransactionRow): void {
    this.#db.prepare("INSERT OR REPLACE INTO transactions VALUES (?, ?, ?, ?, ?, ?)").run(...this.#key, id, what, hash, raw)
  }

  remove(id: string): void {
    this.#db.prepare("DELETE FROM transactions WHERE chainId = ? AND contract = ? AND id = ?").run(...this.#key, id)
  }
}
