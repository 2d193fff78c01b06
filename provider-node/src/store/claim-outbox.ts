import type { Address, Hash, Hex } from "viem"
import type { PendingTx } from "../recorder/store/outbox.ts"
import type { Journal } from "./journal.ts"

const WHERE = "chain_id=:chain AND contract=:contract"

interface Row {
  id: number
  kind: ClaimKind
  subject: string
  nonce: number
  target: string
  data: Uint8Array
  gas: string
  raw: string
  hashes: string
  sent_at: number
}

/** `days`: of a reservation, by its id. `order`: under the standing order of a tab, by the tab's id. */
export type ClaimKind = "days" | "order"

export interface PendingClaim extends PendingTx<ClaimKind> {
  /** What it is a claim of: there is one at a time on its way. */
  readonly subject: Hex
}

/** Claims' transactions, signed and stored before they are sent: after a crash the same one is sent again, and its nonce lets it happen once. */
export class ClaimOutbox {
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  add(subject: Hex, tx: Omit<PendingTx<ClaimKind>, "id">): void {
    this.#journal.run(
      `INSERT INTO claim_txs (chain_id, contract, kind, subject, nonce, target, data, gas, raw, hashes, sent_at)
       VALUES (:chain, :contract, :kind, :subject, :nonce, :target, :data, :gas, :raw, :hashes, :sent_at)`,
      {
        ...{ kind: tx.kind, subject, nonce: tx.nonce, target: tx.target, data: tx.data, gas: tx.gas.toString(), raw: tx.raw },
        ...{ hashes: tx.hashes.join(), sent_at: tx.sentAt },
      },
    )
  }

  /** In the order of their nonces. */
  pending(): PendingClaim[] {
    return this.#journal.all<Row>(`SELECT * FROM claim_txs WHERE ${WHERE} ORDER BY nonce`).map((r) => ({
      ...{ id: r.id, kind: r.kind, items: 1, subject: r.subject as Hex, nonce: r.nonce, target: r.target as Address },
      ...{ data: r.data, gas: BigInt(r.gas), raw: r.raw as Hex, hashes: r.hashes.split(",") as Hash[], sentAt: r.sent_at },
    }))
  }

  /** The same transaction signed anew, at a higher fee or under another nonce. */
  resign(id: number, nonce: number, raw: Hex, hashes: readonly Hash[], sentAt: number): void {
    this.#journal.run(`UPDATE claim_txs SET nonce=:nonce, raw=:raw, hashes=:hashes, sent_at=:sent_at WHERE ${WHERE} AND id=:id`, {
      ...{ id, nonce, raw, hashes: hashes.join(), sent_at: sentAt },
    })
  }

  /** Mined or lost: the chain and the claims kept here say what is left to do. */
  decided(id: number): void {
    this.#journal.run(`DELETE FROM claim_txs WHERE ${WHERE} AND id=:id`, { id })
  }
}
