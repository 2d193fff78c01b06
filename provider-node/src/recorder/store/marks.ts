import type { Address } from "@berth/protocol"
import type { RecorderDatabase } from "./database.ts"

const KEY = "chain = :chain AND contract = :contract"

/** How far the chain was read and what was seen there: tabs that are closing, nodes that named this recorder. */
export class Marks {
  readonly #db: RecorderDatabase

  constructor(db: RecorderDatabase) {
    this.#db = db
  }

  get(name: "scanned" | "settledDay" | "lookedAt"): number | undefined {
    return this.#db.get<{ value: number }>(`SELECT value FROM mark WHERE ${KEY} AND name = :name`, { name })?.value
  }

  set(name: "scanned" | "settledDay" | "lookedAt", value: number): void {
    this.#db.run("INSERT OR REPLACE INTO mark VALUES (:chain, :contract, :name, :value)", { name, value })
  }

  closing(node: Address, signer: Address, closesAt: bigint): void {
    this.#db.run(
      "INSERT OR IGNORE INTO closing (chain, contract, node, signer, closesAt) VALUES (:chain, :contract, :node, :signer, :closesAt)",
      {
        ...{ node, signer, closesAt },
      },
    )
  }

  closed(node: Address, signer: Address): void {
    this.#db.run(`DELETE FROM closing WHERE ${KEY} AND node = :node AND signer = :signer`, { node, signer })
  }

  /** Closing tabs for which nothing was submitted since `since` (chain time). */
  dueClosing(since: number): { node: Address; signer: Address }[] {
    return this.#db.all(`SELECT node, signer FROM closing WHERE ${KEY} AND settledAt <= :since`, { since })
  }

  closingSettled(node: Address, signer: Address, at: number): void {
    this.#db.run(`UPDATE closing SET settledAt = :at WHERE ${KEY} AND node = :node AND signer = :signer`, { node, signer, at })
  }

  name(node: Address, named: boolean): void {
    this.#db.run(
      named ? "INSERT OR IGNORE INTO named VALUES (:chain, :contract, :node)" : `DELETE FROM named WHERE ${KEY} AND node = :node`,
      { node },
    )
  }

  isNamed(node: Address): boolean {
    return this.#db.get(`SELECT 1 FROM named WHERE ${KEY} AND node = :node`, { node }) !== undefined
  }

  countNamed(): number {
    return this.#db.get<{ n: number }>(`SELECT count(*) AS n FROM named WHERE ${KEY}`)!.n
  }
}
