import { DatabaseSync, type StatementSync } from "node:sqlite"
import type { Market } from "@berth/protocol"
import { MIGRATIONS } from "./migrations.ts"

/**
 * The node's SQLite file. WAL with synchronous=FULL: what a transaction committed survives a power cut, and one fsync pays for all that it
 * holds. Every row is keyed by (chainId, contract), so that one file serves old and new deployments side by side.
 */
export class Journal {
  readonly market: Market
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** @throws Error when the file is from a newer version of Berth. */
  constructor(path: string, market: Market) {
    this.market = { chainId: market.chainId, contract: market.contract.toLowerCase() as Market["contract"] }
    this.#db = new DatabaseSync(path)
    this.#db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=2000; PRAGMA foreign_keys=ON")
    const version = Number((this.#db.prepare("PRAGMA user_version").get() as { user_version: number }).user_version)
    if (version > MIGRATIONS.length) {
      this.#db.close()
      throw new Error(
        `${path} was written by a newer berth-node (version ${version}, this one knows ${MIGRATIONS.length}). Update berth-node.`,
      )
    }
    for (let next = version; next < MIGRATIONS.length; next++)
      this.transaction(() => this.#db.exec(`${MIGRATIONS[next]}; PRAGMA user_version=${next + 1}`))
  }

  /** Runs `work` in one transaction: all of it is there afterwards, or nothing. Not nested. */
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

  /** A prepared statement, prepared once. `:chain` and `:contract` are bound by `run`, `all` and `get`. */
  run(sql: string, values: Record<string, string | number | bigint | Uint8Array | null>): void {
    this.#prepare(sql).run({ chain: this.market.chainId, contract: this.market.contract, ...values })
  }

  all<T>(sql: string, values: Record<string, string | number | bigint | null> = {}): T[] {
    return this.#prepare(sql).all({ chain: this.market.chainId, contract: this.market.contract, ...values }) as T[]
  }

  get<T>(sql: string, values: Record<string, string | number | bigint | null> = {}): T | undefined {
    return this.#prepare(sql).get({ chain: this.market.chainId, contract: this.market.contract, ...values }) as T | undefined
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
      this.#statements.set(sql, statement)
    }
    return statement
  }
}
