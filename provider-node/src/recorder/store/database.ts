import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync, type StatementSync } from "node:sqlite"
import type { Market } from "@berth/protocol"

const MIGRATIONS = [
  `CREATE TABLE statement (
     chain INTEGER NOT NULL, contract TEXT NOT NULL, node TEXT NOT NULL, signer TEXT NOT NULL, day INTEGER NOT NULL,
     seq INTEGER NOT NULL, gpuMs TEXT NOT NULL, amount TEXT NOT NULL, recordsHash BLOB NOT NULL, countersignature BLOB NOT NULL,
     nodeSignature BLOB NOT NULL, tree BLOB, state TEXT NOT NULL, txId INTEGER,
     PRIMARY KEY (chain, contract, node, signer, day)) WITHOUT ROWID, STRICT;
   CREATE INDEX statement_open ON statement (chain, contract, state, day);
   CREATE INDEX statement_tx ON statement (txId) WHERE txId IS NOT NULL;
   CREATE TABLE entry (
     id INTEGER PRIMARY KEY, chain INTEGER NOT NULL, contract TEXT NOT NULL, tab BLOB NOT NULL, seq INTEGER NOT NULL, day INTEGER NOT NULL,
     packed BLOB, txId INTEGER, UNIQUE (chain, contract, tab, seq)) STRICT;
   CREATE INDEX entry_waiting ON entry (chain, contract, id) WHERE txId IS NULL;
   CREATE INDEX entry_tx ON entry (txId) WHERE txId IS NOT NULL AND packed IS NOT NULL;
   CREATE TABLE tx (
     id INTEGER PRIMARY KEY, chain INTEGER NOT NULL, contract TEXT NOT NULL, kind TEXT NOT NULL, nonce INTEGER NOT NULL, target TEXT NOT NULL,
     data BLOB NOT NULL, gas INTEGER NOT NULL, raw TEXT NOT NULL, hashes TEXT NOT NULL, sentAt INTEGER NOT NULL, state TEXT NOT NULL,
     items INTEGER NOT NULL, block INTEGER, gasUsed INTEGER) STRICT;
   CREATE INDEX tx_state ON tx (chain, contract, state);
   CREATE TABLE closing (
     chain INTEGER NOT NULL, contract TEXT NOT NULL, node TEXT NOT NULL, signer TEXT NOT NULL, closesAt INTEGER NOT NULL,
     settledAt INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (chain, contract, node, signer)) WITHOUT ROWID, STRICT;
   CREATE TABLE named (
     chain INTEGER NOT NULL, contract TEXT NOT NULL, node TEXT NOT NULL, PRIMARY KEY (chain, contract, node)) WITHOUT ROWID, STRICT;
   CREATE TABLE mark (
     chain INTEGER NOT NULL, contract TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
     PRIMARY KEY (chain, contract, name)) WITHOUT ROWID, STRICT;`,
]

type Value = string | number | bigint | Uint8Array | null

/**
 * The recorder's SQLite file. WAL with synchronous=FULL; every row is keyed by (chainId, contract). A file belongs to one chain from its
 * first block on: a local chain that was made anew under the same id gets a file of its own.
 */
export class RecorderDatabase {
  readonly #db: DatabaseSync
  readonly #key: { chain: number; contract: string }
  readonly #prepared = new Map<string, StatementSync>()

  /** @param origin hash of the block in which the core contract was deployed */
  constructor(stateDir: string, market: Market, origin: string) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 })
    this.#key = { chain: market.chainId, contract: market.contract.toLowerCase() }
    const path = join(stateDir, `recorder-${market.chainId}-${origin.slice(2, 14)}.sqlite`)
    this.#db = new DatabaseSync(path)
    this.#db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=2000")
    const { user_version: version } = this.#db.prepare("PRAGMA user_version").get() as { user_version: number }
    if (version > MIGRATIONS.length) throw new Error(`${path} was written by a newer berth-node: update berth-node`)
    for (let next = version; next < MIGRATIONS.length; next++)
      this.transaction(() => this.#db.exec(`${MIGRATIONS[next]}; PRAGMA user_version=${next + 1}`))
  }

  /** All of `work` is there afterwards, or nothing. Not nested. */
  transaction<T>(work: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE")
    try {
      const result = work()
      this.#db.exec("COMMIT")
      return result
    } catch (error) {
      this.#db.exec("ROLLBACK")
      throw error
    }
  }

  /** Runs a statement with `:chain` and `:contract` bound. @returns the id of a row inserted and the number of rows changed */
  run(sql: string, values: Record<string, Value> = {}): { id: number; changes: number } {
    const { lastInsertRowid, changes } = this.#prepare(sql).run({ ...this.#key, ...values })
    return { id: Number(lastInsertRowid), changes: Number(changes) }
  }

  all<T>(sql: string, values: Record<string, Value> = {}): T[] {
    return this.#prepare(sql).all({ ...this.#key, ...values }) as T[]
  }

  get<T>(sql: string, values: Record<string, Value> = {}): T | undefined {
    return this.#prepare(sql).get({ ...this.#key, ...values }) as T | undefined
  }

  close(): void {
    this.#prepared.clear()
    this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      statement.setAllowBareNamedParameters(true)
      statement.setAllowUnknownNamedParameters(true)
      this.#prepared.set(sql, statement)
    }
    return statement
  }
}
