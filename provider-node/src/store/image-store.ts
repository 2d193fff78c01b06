import type { PulledImage } from "../disk/judge.ts"
import type { Journal } from "./journal.ts"

const WHERE = "chain_id=:chain AND contract=:contract"

/** Images that this node pulled, and when a lease last used each. */
export class ImageStore {
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  all(): PulledImage[] {
    return this.#journal
      .all<{ id: string; tags: string; used_at: number }>(`SELECT id, tags, used_at FROM images WHERE ${WHERE}`)
      .map((row) => ({ id: row.id, tags: JSON.parse(row.tags) as string[], usedAt: row.used_at }))
  }

  save({ id, tags, usedAt }: PulledImage): void {
    this.#journal.run(
      "INSERT OR REPLACE INTO images (chain_id, contract, id, tags, used_at) VALUES (:chain, :contract, :id, :tags, :used_at)",
      {
        id,
        tags: JSON.stringify(tags),
        used_at: usedAt,
      },
    )
  }

  forget(id: string): void {
    this.#journal.run(`DELETE FROM images WHERE ${WHERE} AND id=:id`, { id })
  }
}
