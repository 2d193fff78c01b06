import type { DatabaseSync } from "node:sqlite"
import { type Address, type Books, decodeBooks, encodeBooks, type Market } from "@berth/protocol"

/**
 * `lost`: the node knows receipts that this store does not, so nothing more is signed. `reserved`: the books of work under a reservation;
 * there is no such tab on chain.
 */
export type TabState = "opening" | "open" | "closing" | "closed" | "lost" | "reserved"

/** A tab as the agent keeps it. */
export interface TabRow {
  readonly signer: Address
  readonly node: Address
  readonly tenant: Address
  /** V3 keystore of the signer key, encrypted with the profile's key. */
  readonly keystore: string
  readonly state: TabState
  /** Credits put in so far, by us. */
  readonly deposit: bigint
  readonly nextLeaseNo: number
  readonly books: Books
  /** Unix milliseconds. */
  readonly createdAt: number
}

/** The tabs of one market. */
export class TabRows {
  readonly #db: DatabaseSync
  readonly #key: [number, string]

  constructor(db: DatabaseSync, market: Market) {
    this.#db = db
    this.#key = [market.chainId, market.contract.toLowerCase()]
  }

  all(): TabRow[] {
    const rows = this.#db.prepare("SELECT * FROM tabs WHERE chainId = ? AND contract = ? ORDER BY createdAt, signer").all(...this.#key)
    return (rows as unknown as (Omit<TabRow, "deposit" | "books"> & { deposit: string; books: string })[]).map((row) => ({
      ...row,
      deposit: BigInt(row.deposit),
      books: decodeBooks(row.books),
    }))
  }

  insert(row: TabRow): void {
    this.#db
      .prepare("INSERT INTO tabs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        ...this.#key,
        row.signer,
        row.node,
        row.tenant,
        row.keystore,
        row.state,
        `${row.deposit}`,
        row.nextLeaseNo,
        encodeBooks(row.books),
        row.createdAt,
      )
  }

  update(row: Pick<TabRow, "signer" | "state" | "deposit" | "nextLeaseNo">): void {
    this.#db
      .prepare("UPDATE tabs SET state = ?, deposit = ?, nextLeaseNo = ? WHERE chainId = ? AND contract = ? AND signer = ?")
      .run(row.state, `${row.deposit}`, row.nextLeaseNo, ...this.#key, row.signer)
  }
}
