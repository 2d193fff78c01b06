import type { Address, Hash, Hex } from "viem"
import type { RecorderDatabase } from "./database.ts"

const KEY = "chain = :chain AND contract = :contract"

export type TxKind = "anchor" | "settle"

/** A signed transaction that is on its way. Its nonce makes sure that it happens at most once, however often it is sent. */
export interface PendingTx<Kind extends string = TxKind> {
  readonly id: number
  readonly kind: Kind
  readonly nonce: number
  readonly target: Address
  readonly data: Uint8Array
  readonly gas: bigint
  readonly raw: Hex
  /** This one's hash and those of the same transaction at lower fees: any of them may be mined, only one can. */
  readonly hashes: readonly Hash[]
  /** Wall clock, ms since 1970: only decides when to offer a higher fee. */
  readonly sentAt: number
  readonly items: number
}

export interface DoneTx {
  readonly hash: Hash
  readonly items: number
  readonly bytes: number
  readonly gasUsed: bigint
  readonly block: bigint
}

/** Signed transactions, stored before they are sent. */
export class Outbox {
  readonly #db: RecorderDatabase

  constructor(db: RecorderDatabase) {
    this.#db = db
  }

  add(tx: Omit<PendingTx, "id">): number {
    return this.#db.run(
      `INSERT INTO tx (chain, contract, kind, nonce, target, data, gas, raw, hashes, sentAt, state, items)
       VALUES (:chain, :contract, :kind, :nonce, :target, :data, :gas, :raw, :hashes, :sentAt, 'pending', :items)`,
      {
        ...{ kind: tx.kind, nonce: tx.nonce, target: tx.target, data: tx.data, gas: tx.gas, raw: tx.raw },
        ...{ hashes: tx.hashes.join(), sentAt: tx.sentAt, items: tx.items },
      },
    ).id
  }

  /** In the order of their nonces. */
  pending(): PendingTx[] {
    return this.#db.all<Row>(`SELECT * FROM tx WHERE ${KEY} AND state = 'pending' ORDER BY nonce`).map((r) => ({
      ...{ id: r.id, kind: r.kind, nonce: r.nonce, target: r.target, data: r.data, gas: BigInt(r.gas), raw: r.raw },
      ...{ hashes: r.hashes.split(",") as Hash[], sentAt: r.sentAt, items: r.items },
    }))
  }

  /** The same transaction signed anew, at a higher fee or under another nonce. */
  resign(id: number, nonce: number, raw: Hex, hashes: readonly Hash[], sentAt: number): void {
    this.#db.run("UPDATE tx SET nonce = :nonce, raw = :raw, hashes = :hashes, sentAt = :sentAt WHERE id = :id", {
      ...{ id, nonce, raw, hashes: hashes.join(), sentAt },
    })
  }

  /** @param mined absent: its nonce went to something else, or it reverted */
  decided(id: number, mined?: { readonly hash: Hash; readonly block: bigint; readonly gasUsed: bigint }): void {
    if (mined)
      this.#db.run("UPDATE tx SET state = 'done', hashes = :hash, block = :block, gasUsed = :gasUsed, raw = '' WHERE id = :id", {
        id,
        ...mined,
      })
    else this.#db.run("UPDATE tx SET state = 'lost', raw = '' WHERE id = :id", { id })
  }

  find(id: number): DoneTx | undefined {
    const r = this.#db.get<Row>("SELECT * FROM tx WHERE id = :id AND state = 'done'", { id })
    return r && { hash: r.hashes as Hash, items: r.items, bytes: r.data.length, gasUsed: BigInt(r.gasUsed!), block: BigInt(r.block!) }
  }

  counts(): Record<TxKind, number> {
    const rows = this.#db.all<{ kind: TxKind; n: number }>(
      `SELECT kind, count(*) AS n FROM tx WHERE ${KEY} AND state = 'done' GROUP BY kind`,
    )
    return { anchor: 0, settle: 0, ...Object.fromEntries(rows.map((r) => [r.kind, r.n])) }
  }
}

interface Row {
  id: number
  kind: TxKind
  nonce: number
  target: Address
  data: Uint8Array
  gas: number
  raw: Hex
  hashes: string
  sentAt: number
  items: number
  block: number | null
  gasUsed: number | null
}
