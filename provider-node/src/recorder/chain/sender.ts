import { type Address, bytesToHex } from "@berth/protocol"
import { type Hash, type Hex, keccak256, type PrivateKeyAccount, type PublicClient } from "viem"
import type { Logger } from "../log.ts"
import type { PendingTx, TxKind } from "../store/outbox.ts"

/** After this long unmined a transaction is offered again at a higher fee (by an eighth and more: pools refuse less). */
const BUMP_AFTER_MS = 60_000
/** A nonce is seen as used by something else only when this many looks in a row found no receipt: an RPC node may lag behind itself. */
const LOOKS_BEFORE_LOST = 3
/** Of a transaction that was signed anew again and again, as while there is nothing to pay gas with, the last so many may still be mined. */
const MOST_HASHES = 16

/** A transaction that is decided. Whoever made it stores that together with what follows from it. Not mined: its nonce went elsewhere, or it reverted. */
export interface Outcome<Tx = PendingTx> {
  readonly tx: Tx
  readonly mined?: { readonly hash: Hash; readonly block: bigint; readonly gasUsed: bigint }
}

/** Signed transactions on disk. */
export interface TxStore<Tx> {
  /** In the order of their nonces. */
  pending(): Tx[]
  resign(id: number, nonce: number, raw: Hex, hashes: readonly Hash[], sentAt: number): void
}

export interface SenderParts<Tx> {
  readonly client: PublicClient
  readonly account: PrivateKeyAccount
  readonly chainId: number
  readonly outbox: TxStore<Tx>
  readonly confirmations: number
  readonly log: Logger
  readonly onStep: (step: "sent") => void
}

/**
 * Sends stored transactions until they are mined. A transaction is signed with its nonce and stored in one step with what it carries, then
 * sent; after a crash it is sent again as it is, so it can happen once only. The gas key must be its user's alone.
 */
export class Sender<Kind extends string = TxKind, Tx extends PendingTx<Kind> = PendingTx<Kind>> {
  readonly #client: PublicClient
  readonly #account: PrivateKeyAccount
  readonly #chainId: number
  readonly #outbox: TxStore<Tx>
  readonly #confirmations: bigint
  readonly #log: Logger
  readonly #onStep: (step: "sent") => void
  readonly #looks = new Map<number, number>()
  readonly #sent = new Set<Hash>()

  constructor({ client, account, chainId, outbox, confirmations, log, onStep }: SenderParts<Tx>) {
    this.#client = client
    this.#account = account
    this.#chainId = chainId
    this.#outbox = outbox
    this.#confirmations = BigInt(confirmations)
    this.#log = log
    this.#onStep = onStep
  }

  /** Signs; nothing is stored or sent. */
  async sign(kind: Kind, target: Address, data: Uint8Array, gas: bigint, items: number): Promise<Omit<PendingTx<Kind>, "id">> {
    const last = this.#outbox.pending().at(-1)?.nonce ?? -1
    const nonce = Math.max(last + 1, await this.#chainNonce())
    const raw = await this.#signed(target, data, gas, nonce, 1n)
    return { kind, nonce, target, data, gas, raw, hashes: [keccak256(raw)], sentAt: Date.now(), items }
  }

  /** Gas that a call takes now, with a tenth on top. Throws when it would revert: this is the simulation before each send. */
  async simulate(target: Address, data: Uint8Array): Promise<bigint> {
    const gas = await this.#client.estimateGas({ account: this.#account.address, to: target, data: bytesToHex(data) })
    return gas + gas / 10n
  }

  /** Broadcasts what is not yet known to the chain and reports what is decided. */
  async work(head: bigint): Promise<Outcome<Tx>[]> {
    const outcomes: Outcome<Tx>[] = []
    const pending = this.#outbox.pending()
    const next = pending.length > 0 ? await this.#chainNonce() : 0
    for (const tx of pending) {
      const outcome = tx.nonce < next ? await this.#look(tx, head) : await this.#unmined(tx, next)
      if (outcome) outcomes.push(outcome)
    }
    return outcomes
  }

  /** Something of the key's was mined at its nonce. */
  async #look(tx: Tx, head: bigint): Promise<Outcome<Tx> | undefined> {
    for (const hash of tx.hashes.toReversed()) {
      const receipt = await this.#receipt(hash)
      if (!receipt) continue
      if (head - receipt.blockNumber + 1n < this.#confirmations) return undefined
      this.#looks.delete(tx.id)
      this.#sent.delete(hash)
      if (receipt.status === "success") return { tx, mined: { hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed } }
      this.#log.error({ hash, kind: tx.kind, gasUsed: receipt.gasUsed }, "a transaction that passed its simulation reverted")
      return { tx }
    }
    const looks = (this.#looks.get(tx.id) ?? 0) + 1
    this.#looks.set(tx.id, looks)
    if (looks < LOOKS_BEFORE_LOST) return undefined
    this.#looks.delete(tx.id)
    this.#log.error(
      { nonce: tx.nonce, kind: tx.kind },
      "the nonce went to a transaction that is not ours: does something else use this key?",
    )
    return { tx }
  }

  async #unmined(tx: Tx, next: number): Promise<undefined> {
    const before = this.#outbox.pending().filter((other) => other.nonce < tx.nonce).length
    // A gap below: what filled it is gone (a deep reorg, a chain set back). Wait for nobody, take the place.
    if (tx.nonce > next + before) return this.#resign(tx, next + before, 1n)
    if (Date.now() - tx.sentAt > BUMP_AFTER_MS) return this.#resign(tx, tx.nonce, 2n)
    if (!this.#sent.has(tx.hashes.at(-1)!)) await this.#broadcast(tx.raw)
  }

  async #resign(tx: Tx, nonce: number, bump: bigint): Promise<undefined> {
    const raw = await this.#signed(tx.target, tx.data, tx.gas, nonce, bump)
    this.#log.warn({ kind: tx.kind, nonce, was: tx.nonce }, "transaction not mined: signed anew")
    this.#outbox.resign(tx.id, nonce, raw, [...tx.hashes, keccak256(raw)].slice(-MOST_HASHES), Date.now())
    await this.#broadcast(raw)
  }

  async #broadcast(raw: Hex): Promise<void> {
    try {
      await this.#client.sendRawTransaction({ serializedTransaction: raw })
    } catch (error) {
      if (!isAlreadyKnown(error)) throw error
    }
    this.#onStep("sent")
    this.#sent.add(keccak256(raw))
  }

  async #signed(target: Address, data: Uint8Array, gas: bigint, nonce: number, bump: bigint): Promise<Hex> {
    const fees = await this.#client.estimateFeesPerGas()
    return this.#account.signTransaction({
      ...{ type: "eip1559", chainId: this.#chainId, to: target, data: bytesToHex(data), gas, nonce },
      maxFeePerGas: fees.maxFeePerGas * bump * 2n,
      maxPriorityFeePerGas: fees.maxPriorityFeePerGas * bump,
    })
  }

  #chainNonce(): Promise<number> {
    return this.#client.getTransactionCount({ address: this.#account.address, blockTag: "latest" })
  }

  async #receipt(hash: Hash) {
    try {
      return await this.#client.getTransactionReceipt({ hash })
    } catch (error) {
      if ((error as Error).name === "TransactionReceiptNotFoundError") return undefined
      throw error
    }
  }
}

/** Pools answer so when the very transaction is there or mined already. */
function isAlreadyKnown(error: unknown): boolean {
  return /already known|already exists|nonce too low|known transaction|nonce .{0,20}too low/i.test(
    `${(error as Error).message} ${(error as { details?: string }).details ?? ""}`,
  )
}
