import { type Address, type Books, decodeBooks, encodeBooks } from "@berth/protocol"
import { booksAfter, WireProposal } from "@berth/protocol/wire"
import type { Journal } from "./journal.ts"

/** A tab's row: whose it is, its books as of the last countersigned receipt, and the highest seq that was ever used or seen. */
export interface TabRow {
  readonly tab: `0x${string}`
  readonly signer: Address
  readonly tenant: Address
  readonly books: Books
  readonly lastSeq: number
  /** The amount of a close that this node signed: nothing runs on the tab after it. */
  readonly closeAmount: bigint | null
  /** Paid for ahead by reservations: there may be no such tab on chain. Its receipts, all of amount 0, are handed in with the reservation's id. */
  readonly reserved: boolean
}

export interface CountersignedRow {
  readonly tab: `0x${string}`
  readonly signer: Address
  readonly seq: number
  readonly proposal: WireProposal
  readonly countersignature: Uint8Array
  /** The reservation that its newest lease is under; absent where the tab pays. */
  readonly reservation?: `0x${string}` | undefined
}

/** A place among the newest receipts: that of the tab's. */
export interface NewestPlace {
  readonly day: number
  readonly tab: string
}

interface StoredTab {
  tab: string
  signer: string
  tenant: string
  books: string
  last_seq: number
  close_amount: string | null
  reserved: number
}

/** A tab's books are written with every so many receipts of a day only: those in between follow from the receipts, at a fraction of the cost. */
const BOOKS_EVERY = 16

const WHERE = "chain_id=:chain AND contract=:contract"
const RECEIPTS = `receipts r JOIN tabs t ON t.chain_id=r.chain_id AND t.contract=r.contract AND t.tab=r.tab
  WHERE r.chain_id=:chain AND r.contract=:contract AND r.countersignature IS NOT NULL`
const COUNTERSIGNED = `SELECT r.tab, t.signer, r.seq, r.proposal, r.countersignature FROM ${RECEIPTS}`
// From the tabs on: a look a tab, not one a receipt.
const NEWEST = `SELECT r.tab, t.signer, r.seq, r.proposal, r.countersignature FROM tabs t CROSS JOIN receipts r
  ON r.chain_id=t.chain_id AND r.contract=t.contract AND r.tab=t.tab AND r.seq=(SELECT max(x.seq) FROM receipts x
    WHERE x.chain_id=t.chain_id AND x.contract=t.contract AND x.tab=t.tab AND x.countersignature IS NOT NULL)
  WHERE t.chain_id=:chain AND t.contract=:contract AND t.reserved=0 AND t.over=0`

/** Tabs and their receipts in the journal: one row per seq, stored before it is sent. */
export class ReceiptStore {
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  tab(tab: string): TabRow | undefined {
    const row = this.#journal.get<StoredTab>(`SELECT * FROM tabs WHERE ${WHERE} AND tab=:tab`, { tab })
    return row && this.#decode(row)
  }

  tabs(): TabRow[] {
    return this.#journal.all<StoredTab>(`SELECT * FROM tabs WHERE ${WHERE}`).map((row) => this.#decode(row))
  }

  /** Ids of all tabs that a tenant ever had here. */
  tabsOf(tenant: Address): TabRow["tab"][] {
    return this.#journal
      .all<{ tab: TabRow["tab"] }>(`SELECT tab FROM tabs WHERE ${WHERE} AND tenant=:tenant`, { tenant })
      .map(({ tab }) => tab)
  }

  saveTab(row: TabRow): void {
    this.#journal.run(
      `INSERT INTO tabs (chain_id, contract, tab, signer, tenant, books, last_seq, close_amount, reserved)
       VALUES (:chain, :contract, :tab, :signer, :tenant, :books, :last_seq, :close_amount, :reserved)
       ON CONFLICT DO UPDATE SET books=excluded.books, last_seq=excluded.last_seq, close_amount=excluded.close_amount,
         tenant=excluded.tenant, reserved=excluded.reserved`,
      {
        tab: row.tab,
        signer: row.signer,
        tenant: row.tenant,
        books: encodeBooks(row.books),
        last_seq: row.lastSeq,
        close_amount: row.closeAmount?.toString() ?? null,
        reserved: row.reserved ? 1 : 0,
      },
    )
  }

  /** A receipt made and its seq, before anything of it is sent. */
  addProposal(tab: string, proposal: WireProposal): void {
    this.#journal.run(
      "INSERT INTO receipts (chain_id, contract, tab, seq, day, proposal) VALUES (:chain, :contract, :tab, :seq, :day, :proposal)",
      { tab, seq: proposal.seq, day: proposal.day, proposal: WireProposal.encode(proposal) },
    )
  }

  /** A receipt that was never sent and that another one replaces: nobody can have signed it. */
  dropProposal(tab: string, seq: number): void {
    this.#journal.run(`DELETE FROM receipts WHERE ${WHERE} AND tab=:tab AND seq=:seq AND countersignature IS NULL`, { tab, seq })
  }

  proposal(tab: string, seq: number): { proposal: WireProposal; countersignature: Uint8Array | null } | undefined {
    const row = this.#journal.get<{ proposal: Uint8Array; countersignature: Uint8Array | null }>(
      `SELECT proposal, countersignature FROM receipts WHERE ${WHERE} AND tab=:tab AND seq=:seq`,
      { tab, seq },
    )
    return row && { proposal: WireProposal.decode(row.proposal), countersignature: row.countersignature }
  }

  /** The newest receipt above `seq`: what was made and not countersigned when the node stopped. */
  newestAbove(tab: string, seq: number): WireProposal | undefined {
    const row = this.#journal.get<{ proposal: Uint8Array }>(
      `SELECT proposal FROM receipts WHERE ${WHERE} AND tab=:tab AND seq>:seq ORDER BY seq DESC LIMIT 1`,
      { tab, seq },
    )
    return row && WireProposal.decode(row.proposal)
  }

  /**
   * The signer's signature, and the books that follow. Receipts that were replaced unsigned before it go.
   * @param signed seq of the receipt countersigned before: only what came after it is looked at, however long the tab's past is
   */
  countersign(tab: string, books: Books, countersignature: Uint8Array, signed: number): void {
    this.#journal.run(`UPDATE receipts SET countersignature=:cs WHERE ${WHERE} AND tab=:tab AND seq=:seq`, {
      tab,
      seq: books.seq,
      cs: countersignature,
    })
    if (books.seq > signed + 1)
      this.#journal.run(`DELETE FROM receipts WHERE ${WHERE} AND tab=:tab AND seq>:signed AND seq<:seq AND countersignature IS NULL`, {
        tab,
        signed,
        seq: books.seq,
      })
    if (books.tree.size % BOOKS_EVERY === 0)
      this.#journal.run(`UPDATE tabs SET books=:books WHERE ${WHERE} AND tab=:tab`, { tab, books: encodeBooks(books) })
  }

  /** Countersigned receipts of tabs that pay and that no recorder has yet, each tab's oldest first; none of `except`, tabs. */
  toHand(limit: number, except: readonly string[] = []): CountersignedRow[] {
    return this.#countersigned(
      `${COUNTERSIGNED} AND t.reserved=0 AND r.handed=0 AND r.tab NOT IN (SELECT value FROM json_each(:except)) ORDER BY r.tab, r.seq LIMIT :limit`,
      { limit, except: JSON.stringify(except) },
    )
  }

  /** The oldest of those of one tab that came after `seq`. */
  nextToHand(tab: string, seq: number): CountersignedRow | undefined {
    const where = "t.reserved=0 AND r.handed=0 AND r.tab=:tab AND r.seq>:seq"
    return this.#countersigned(`${COUNTERSIGNED} AND ${where} ORDER BY r.seq LIMIT 1`, { tab, seq })[0]
  }

  /** Tabs and days of which receipts under reservations are there that no recorder has yet. */
  reservedToHand(): { tab: `0x${string}`; day: number }[] {
    return this.#journal.all(`SELECT DISTINCT r.tab, r.day FROM ${RECEIPTS} AND t.reserved=1 AND r.handed=0 ORDER BY r.day, r.tab`)
  }

  /** Those of one tab and day, oldest first. */
  reservedOn(tab: string, day: number, limit: number): CountersignedRow[] {
    const where = "t.reserved=1 AND r.handed=0 AND r.tab=:tab AND r.day=:day"
    const rows = this.#countersigned(`${COUNTERSIGNED} AND ${where} ORDER BY r.seq LIMIT :limit`, { tab, day, limit })
    return rows.map((row) => ({ ...row, reservation: this.#reservationOf(row) }))
  }

  /** The newest countersigned receipt of each tab that pays and is not known to be over, those of the last day first. @param after where to go on */
  newest(limit: number, after: NewestPlace = { day: Number.MAX_SAFE_INTEGER, tab: "" }): CountersignedRow[] {
    return this.#countersigned(`${NEWEST} AND (r.day<:day OR (r.day=:day AND r.tab>:tab)) ORDER BY r.day DESC, r.tab LIMIT :limit`, {
      ...after,
      limit,
    })
  }

  /** The chain has closed a tab: nothing of it settles any more. */
  markOver(tab: string): void {
    this.#journal.run(`UPDATE tabs SET over=1 WHERE ${WHERE} AND tab=:tab`, { tab })
  }

  markHanded(rows: readonly CountersignedRow[]): void {
    this.#journal.transaction(() => {
      for (const { tab, seq } of rows)
        this.#journal.run(`UPDATE receipts SET handed=1 WHERE ${WHERE} AND tab=:tab AND seq=:seq`, { tab, seq })
    })
  }

  /** How many `toHand` has in all. */
  countToHand(): number {
    return this.#journal.get<{ n: number }>(`SELECT count(*) AS n FROM ${RECEIPTS} AND t.reserved=0 AND r.handed=0`)!.n
  }

  #reservationOf({ tab, proposal }: CountersignedRow): `0x${string}` | undefined {
    const leaseNo = Math.max(...[...proposal.terms, ...proposal.records].map((of) => of.leaseNo))
    return (
      this.#journal.get<{ id: `0x${string}` | null }>(
        `SELECT json_extract(terms, '$.reservation') AS id FROM leases WHERE ${WHERE} AND tab=:tab AND lease_no=:leaseNo`,
        { tab, leaseNo },
      )?.id ?? undefined
    )
  }

  #countersigned(sql: string, values: Record<string, number | string>): CountersignedRow[] {
    return this.#journal
      .all<{ tab: `0x${string}`; signer: Address; seq: number; proposal: Uint8Array; countersignature: Uint8Array }>(sql, values)
      .map((row) => ({ ...row, proposal: WireProposal.decode(row.proposal) }))
  }

  /** The row's own books and seq may be some receipts behind. */
  #decode(row: StoredTab): TabRow {
    const stored = decodeBooks(row.books)
    const since = this.#journal.all<{ proposal: Uint8Array }>(
      `SELECT proposal FROM receipts WHERE ${WHERE} AND tab=:tab AND seq>:seq AND countersignature IS NOT NULL ORDER BY seq`,
      { tab: row.tab, seq: stored.seq },
    )
    const { newest } = this.#journal.get<{ newest: number | null }>(`SELECT max(seq) AS newest FROM receipts WHERE ${WHERE} AND tab=:tab`, {
      tab: row.tab,
    })!
    return {
      tab: row.tab as `0x${string}`,
      signer: row.signer as Address,
      tenant: row.tenant as Address,
      books: since.reduce((at, { proposal }) => booksAfter(at, WireProposal.decode(proposal)), stored),
      lastSeq: Math.max(row.last_seq, newest ?? 0),
      closeAmount: row.close_amount === null ? null : BigInt(row.close_amount),
      reserved: row.reserved === 1,
    }
  }
}
