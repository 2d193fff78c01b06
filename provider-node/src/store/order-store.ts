import type { Journal } from "./journal.ts"

type TabId = `0x${string}`

/** What the chain has paid for a tab, claims under its standing order included, as of the last of these. */
export interface OrderClaim {
  /** UTC day of chain time. */
  readonly day: number
  /** Credits, cumulative. */
  readonly spent: bigint
}

const WHERE = "chain_id=:chain AND contract=:contract"

/** Tabs with a standing order: what of it was claimed, so that work which was paid without a signature is nobody's debt. */
export class OrderStore {
  readonly #journal: Journal
  readonly #noted = new Set<TabId>()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Those that are not over: at a start they are looked at, even when all their leases are long gone. */
  tabs(): TabId[] {
    return this.#journal.all<{ tab: TabId }>(`SELECT tab FROM orders WHERE ${WHERE} AND over=0`).map((row) => row.tab)
  }

  /** This tab has an order. */
  note(tab: TabId): void {
    if (this.#noted.has(tab)) return
    this.#journal.run("INSERT OR IGNORE INTO orders (chain_id, contract, tab) VALUES (:chain, :contract, :tab)", { tab })
    this.#noted.add(tab)
  }

  /** The last claim that was mined; before the first one day 0 and nothing. */
  claimed(tab: string): OrderClaim {
    const row = this.#journal.get<{ day: number; spent: string }>(`SELECT day, spent FROM orders WHERE ${WHERE} AND tab=:tab`, { tab })
    return { day: row?.day ?? 0, spent: BigInt(row?.spent ?? 0) }
  }

  setClaimed(tab: TabId, { day, spent }: OrderClaim): void {
    this.#journal.run(`UPDATE orders SET day=:day, spent=:spent WHERE ${WHERE} AND tab=:tab`, { tab, day, spent: spent.toString() })
  }

  /** The tab is closed on chain. */
  end(tab: TabId): void {
    this.#journal.run(`UPDATE orders SET over=1 WHERE ${WHERE} AND tab=:tab`, { tab })
    this.#noted.delete(tab)
  }
}
