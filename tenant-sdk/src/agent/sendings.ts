import type { Once } from "../chain/transact.ts"
import { BerthError } from "../errors.ts"
import type { TransactionRows } from "../store/transaction-rows.ts"

const ID = /^0x[0-9a-f]{32}$/

/**
 * Transactions under ids that their callers choose: asked for again, after an answer that was lost or a crash, it is the transaction that was
 * made then.
 */
export class Sendings {
  readonly #rows: TransactionRows
  readonly #underway = new Map<string, Promise<unknown>>()

  constructor(rows: TransactionRows) {
    this.#rows = rows
  }

  /**
   * @param what says all that matters of it: another call with the same id is refused
   * @throws BerthError `usage`, and what `work` throws
   */
  async once<T>(id: string | undefined, what: string, work: (once?: Once) => Promise<T>): Promise<T> {
    if (id === undefined) return work()
    const key = id.toLowerCase()
    if (!ID.test(key)) throw new BerthError("usage", `"${id}" is no id`, { hint: "choose 16 bytes: 0x and 32 hex digits" })
    // One after the other: the second finds what the first has kept.
    const mine = (this.#underway.get(key) ?? Promise.resolve()).catch(() => {}).then(() => work(this.#of(key, what)))
    this.#underway.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#underway.get(key) === mine) this.#underway.delete(key)
    }
  }

  #of(id: string, what: string): Once {
    return {
      kept: () => {
        const row = this.#rows.find(id)
        if (!row || row.what === what) return row
        throw new BerthError("usage", `id ${id} was given to another transaction, ${row.hash}: ${row.what}`, {
          hint: "choose another id for this one",
        })
      },
      keep: ({ raw, hash }) => this.#rows.save(id, { what, raw, hash }),
      forget: () => this.#rows.remove(id),
    }
  }
}
