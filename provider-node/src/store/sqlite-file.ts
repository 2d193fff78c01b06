import { chmodSync, closeSync, existsSync, openSync } from "node:fs"
import { DatabaseSync, type StatementSync } from "node:sqlite"
import type { Market } from "@berth/protocol"

type SqlValue = string | number | bigint | Uint8Array | null

export interface SqliteFileOptions {
  readonly path: string
  readonly market: Market
  /** SQL by the version that it leads to, the first one to 1. Never changed once released: new ones go to the end. */
  readonly migrations: readonly string[]
  /** Whether statements may do without `:chain` or `:contract`; by default they throw, so that none forgets which market it is about. */
  readonly acrossMarkets?: boolean
  /**
   * Whether the place of what is deleted is overwritten. SQLite does so for whole pages; a value that shares a page with others may have been copied
   * about before, and such copies stay.
   */
  readonly overwritesDeleted?: boolean
}

/** How long a statement waits for another process that has the file. */
const BUSY_TIMEOUT = "PRAGMA busy_timeout=2000"

/**
 * A SQLite file of this program. WAL with synchronous=FULL: what a transaction committed survives a power cut, and one fsync pays for all that
 * it holds. Its owner alone may read it. Every row is keyed by (chainId, contract), so that one file serves old and new deployments side by side.
 */
export class SqliteFile {
  readonly #db: DatabaseSync
  readonly #key: { readonly chain: number; readonly contract: string }
  readonly #acrossMarkets: boolean
  readonly #statements = new Map<string, StatementSync>()

  /** @throws Error when the file is from a newer version of Berth. */
  constructor({ path, market, migrations, acrossMarkets = false, overwritesDeleted = false }: SqliteFileOptions) {
    this.#key = { chain: market.chainId, contract: market.contract.toLowerCase() }
    this.#acrossMarkets = acrossMarkets
    keepPrivate(path)
    this.#db = new DatabaseSync(path)
    this.#db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
    this.#db.exec(BUSY_TIMEOUT)
    if (overwritesDeleted) this.#db.exec("PRAGMA secure_delete=ON")
    // 16 MiB instead of 4: a page that many tabs' receipts write to is copied back once for many ticks.
    this.#db.exec("PRAGMA wal_autocheckpoint=4000")
    const { user_version: version } = this.#db.prepare("PRAGMA user_version").get() as { user_version: number }
    if (version > migrations.length) {
      this.#db.close()
      throw new Error(
        `${path} was written by a newer berth-node (version ${version}, this one knows ${migrations.length}). Update berth-node.`,
      )
    }
    for (let next = version; next < migrations.length; next++)
      this.transaction(() => this.#db.exec(`${migrations[next]}; PRAGMA user_version=${next + 1}`))
  }

  /** Runs `work` in one transaction: all of it is there afterwards, or nothing. Within another it is a part of that one. */
  transaction<T>(work: () => T): T {
    if (this.#db.isTransaction) return work()
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

  /**
   * Runs a statement, prepared once. `:chain` and `:contract` are bound by `run`, `all` and `get`.
   * @returns the id of a row inserted and the number of rows changed
   */
  run(sql: string, values: Record<string, SqlValue> = {}): { id: number; changes: number } {
    const { lastInsertRowid, changes } = this.#prepare(sql).run({ ...this.#key, ...values })
    return { id: Number(lastInsertRowid), changes: Number(changes) }
  }

  all<T>(sql: string, values: Record<string, SqlValue> = {}): T[] {
    return this.#prepare(sql).all({ ...this.#key, ...values }) as T[]
  }

  get<T>(sql: string, values: Record<string, SqlValue> = {}): T | undefined {
    return this.#prepare(sql).get({ ...this.#key, ...values }) as T | undefined
  }

  /**
   * Empties the write-ahead log into the file: older versions of what was changed since are then in neither. Not within a transaction.
   * @returns false while another process reads the file: nothing is waited for, try again later
   */
  emptyLog(): boolean {
    this.#db.exec("PRAGMA busy_timeout=0")
    try {
      const { busy } = this.#db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number }
      return busy === 0
    } finally {
      this.#db.exec(BUSY_TIMEOUT)
    }
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      statement.setAllowBareNamedParameters(true)
      statement.setAllowUnknownNamedParameters(this.#acrossMarkets)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** SQLite makes `-wal` and `-shm` after the file's mode, which is to be right before anything is in it, whatever the umask and the directory. */
function keepPrivate(path: string): void {
  try {
    // A file that is there is not opened: closing it again would drop SQLite's locks of it in this process.
    closeSync(openSync(path, "wx", 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, 0o600)
}
