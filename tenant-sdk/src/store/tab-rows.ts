import type { DatabaseSync } from "node:sqlite"
import { type Address, type Books, decodeBooks, encodeBooks, type Market } from "@berth/protocol"
import { booksAfter, WireProposal } from "@berth/protocol/wire"

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
    return (rows as unknown as (Omit<TabRow, "deposit" | "books"> & { id: number; deposit: string; books: string })[]).map(
      ({ id, ...row }) => ({ ...row, deposit: BigInt(row.deposit), books: this.#upToDate(id, decodeBooks(row.books)) }),
    )
  }

  /** The books of the tab's newest receipt: the row's own may be some receipts behind. */
  #upToDate(tab: number, books: Books): Books {
    const since = this.#db.prepare("SELECT proposal FROM receipts WHERE tab = ? AND seq > ? ORDER BY seq").all(tab, books.seq) as {
      proposal: Uint8Array
    }[]
    return since.reduce((at, { proposal }) => booksAfter(at, WireProposal.decode(proposal)), books)
  }

  insert(row: TabRow): void {
    this.#db
      .prepare("INSERT INTO tabs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
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
