import { type Address, type AnchorEntry, bytesToHex, DayTree, hexToBytes, packAnchor, unpackAnchor } from "@berth/protocol"
import type { TabLine } from "../batches.ts"
import type { Submission } from "../submission.ts"
import type { RecorderDatabase } from "./database.ts"

const KEY = "chain = :chain AND contract = :contract"

/** A statement with the day's tree so far. */
export interface StoredStatement {
  readonly seq: number
  readonly tree: DayTree | undefined
}

export interface WaitingEntry {
  readonly id: number
  readonly entry: AnchorEntry
}

/** Statements (the newest countersigned receipt per node, signer and day) and entries that wait for an anchor. */
export class ReceiptStore {
  readonly #db: RecorderDatabase
  #waitingBytes: number | undefined

  constructor(db: RecorderDatabase) {
    this.#db = db
  }

  statement(node: Address, signer: Address, day: number): StoredStatement | undefined {
    const row = this.#db.get<{ seq: number; tree: Uint8Array | null }>(
      `SELECT seq, tree FROM statement WHERE ${KEY} AND node = :node AND signer = :signer AND day = :day`,
      { node, signer, day },
    )
    return row && { seq: row.seq, tree: row.tree ? DayTree.decode(row.tree) : undefined }
  }

  hasEntry(tab: Uint8Array, seq: number): boolean {
    return this.#db.get(`SELECT 1 FROM entry WHERE ${KEY} AND tab = :tab AND seq = :seq`, { tab, seq }) !== undefined
  }

  /**
   * Replaces the day's statement. A later one is open again, whatever became of the earlier. One that is `reserved` is kept for its tree:
   * it pays nothing, and no settlement looks at it.
   */
  putStatement(s: Submission, tree: DayTree | undefined, state: "open" | "reserved"): void {
    const { day, gpuMs, amount, recordsHash } = s.receipt
    this.#db.run(
      `INSERT OR REPLACE INTO statement VALUES (:chain, :contract, :node, :signer, :day, :seq, :gpuMs, :amount, :recordsHash,
       :countersignature, :nodeSignature, :tree, :state, NULL)`,
      {
        ...{ node: s.node, signer: s.signer, day, seq: s.opening.seq, gpuMs: `${gpuMs}`, amount: `${amount}`, recordsHash },
        ...{ countersignature: s.countersignature, nodeSignature: s.nodeSignature, tree: tree?.encode() ?? null, state },
      },
    )
  }

  putEntry(entry: AnchorEntry, day: number): void {
    const packed = packAnchor([entry])
    this.#db.run("INSERT INTO entry (chain, contract, tab, seq, day, packed) VALUES (:chain, :contract, :tab, :seq, :day, :packed)", {
      ...{ tab: entry.tab, seq: entry.seq, day, packed },
    })
    // Not taken back with a transaction that fails: then it counts too much until the next anchor.
    if (this.#waitingBytes !== undefined) this.#waitingBytes += packed.length
  }

  /** Entries in no transaction, oldest first: at most so many, and of so many bytes, the first whatever its size. */
  waitingEntries(limit: number, bytes: number): WaitingEntry[] {
    return this.#db
      .all<{ id: number; packed: Uint8Array }>(
        `SELECT id, packed FROM entry JOIN (
           SELECT id, sum(length(packed)) OVER (ORDER BY id) - length(packed) AS before
           FROM (SELECT id, packed FROM entry WHERE ${KEY} AND txId IS NULL ORDER BY id LIMIT :limit)
         ) USING (id) WHERE before < :bytes ORDER BY id`,
        { limit, bytes },
      )
      .map(({ id, packed }) => ({ id, entry: unpackAnchor(packed)[0]! }))
  }

  /** What entries take that wait for an anchor, or for one that is under way. */
  waitingBytes(): number {
    this.#waitingBytes ??=
      this.#db.get<{ n: number | null }>(`SELECT sum(length(packed)) AS n FROM entry WHERE ${KEY} AND packed IS NOT NULL`)!.n ?? 0
    return this.#waitingBytes
  }

  countWaiting(): number {
    return this.#count(`SELECT count(*) AS n FROM entry WHERE ${KEY} AND txId IS NULL`)
  }

  countOpen(): number {
    return this.#count(`SELECT count(*) AS n FROM statement WHERE ${KEY} AND state = 'open'`)
  }

  assignEntries(ids: readonly number[], txId: number): void {
    for (const id of ids) this.#db.run("UPDATE entry SET txId = :txId WHERE id = :id AND chain = :chain", { id, txId })
  }

  /** The anchor is on chain: (tab, seq) stays as a mark against a second one, the records go. */
  entriesAnchored(txId: number): void {
    this.#db.run("UPDATE entry SET packed = NULL WHERE txId = :txId AND packed IS NOT NULL", { txId })
    this.#waitingBytes = undefined
  }

  /** Statements of days before `day` (oldest first) that no transaction holds and that are not settled. */
  openStatements(before: number): TabLine[] {
    return this.#lines(
      `SELECT node, signer, day, gpuMs, amount, recordsHash, countersignature FROM statement
       WHERE ${KEY} AND state = 'open' AND txId IS NULL AND day < :before ORDER BY day, node, signer`,
      { before },
    )
  }

  /** A tab's newest statement of whatever day, unless it is settled or in a transaction. */
  newestOpen(node: Address, signer: Address): TabLine | undefined {
    return this.#lines(
      `SELECT * FROM (SELECT node, signer, day, gpuMs, amount, recordsHash, countersignature, state, txId FROM statement
       WHERE ${KEY} AND node = :node AND signer = :signer ORDER BY seq DESC LIMIT 1) WHERE state = 'open' AND txId IS NULL`,
      { node, signer },
    )[0]
  }

  /** What a transaction holds. */
  statementsOf(txId: number): TabLine[] {
    return this.#lines(`SELECT node, signer, day, gpuMs, amount, recordsHash, countersignature FROM statement WHERE txId = :txId`, { txId })
  }

  assignStatements(lines: readonly TabLine[], txId: number): void {
    for (const { signer, receipt } of lines)
      this.#db.run(
        `UPDATE statement SET txId = :txId WHERE ${KEY} AND node = :node AND signer = :signer AND day = :day AND recordsHash = :recordsHash`,
        { txId, signer, node: receipt.node, day: receipt.day, recordsHash: receipt.recordsHash },
      )
  }

  /** Never pays any more: covered by what was paid, or the tab is over, or never came to be. */
  drop(line: TabLine, state: "covered" | "closed" | "unknown"): void {
    const { node, day, recordsHash } = line.receipt
    this.#db.run(
      `UPDATE statement SET state = :state, txId = NULL WHERE ${KEY} AND node = :node AND signer = :signer AND day = :day AND recordsHash = :recordsHash`,
      { state, node, signer: line.signer, day, recordsHash },
    )
  }

  /** What a transaction held and did not bring on chain waits again. */
  free(txId: number): void {
    this.#db.run("UPDATE statement SET txId = NULL WHERE txId = :txId", { txId })
    this.#db.run("UPDATE entry SET txId = NULL WHERE txId = :txId AND packed IS NOT NULL", { txId })
  }

  /** Forgets what is done and older than `day`. */
  prune(day: number): void {
    this.#db.run(`DELETE FROM entry WHERE ${KEY} AND packed IS NULL AND day < :day`, { day })
    this.#db.run(`DELETE FROM statement WHERE ${KEY} AND state <> 'open' AND day < :day`, { day })
  }

  #count(sql: string): number {
    return this.#db.get<{ n: number }>(sql)!.n
  }

  #lines(sql: string, values: Record<string, string | number>): TabLine[] {
    return this.#db.all<LineRow>(sql, values).map((r) => ({
      signer: r.signer,
      receipt: {
        node: r.node,
        day: r.day,
        gpuMs: BigInt(r.gpuMs),
        amount: BigInt(r.amount),
        recordsHash: hexToBytes(bytesToHex(r.recordsHash)),
      },
      countersignature: r.countersignature,
    }))
  }
}

interface LineRow {
  node: Address
  signer: Address
  day: number
  gpuMs: string
  amount: string
  recordsHash: Uint8Array
  countersignature: Uint8Array
}
