import { type Address, type AnchorEntry, anchorEntrySize, anchorRoot, bytesToHex, hexToBytes, packAnchor } from "@berth/protocol"
import { computeRecordsAbi } from "@berth/protocol/abi"
import { encodeFunctionData } from "viem"
import { anchorBatches } from "./batches.ts"
import type { MarketReader } from "./chain/market-reader.ts"
import type { Outcome, Sender } from "./chain/sender.ts"
import type { OnStep } from "./steps.ts"
import type { RecorderDatabase } from "./store/database.ts"
import type { Outbox } from "./store/outbox.ts"
import type { ReceiptStore } from "./store/receipts.ts"

/** Entries looked at in one go. */
const AT_ONCE = 5_000
/** Anchors under way at a time: each is up to 4 M gas. */
const MAX_UNDER_WAY = 4

export interface AnchoringParts {
  readonly computeRecords: Address
  readonly recorder: Address
  readonly db: RecorderDatabase
  readonly receipts: ReceiptStore
  readonly outbox: Outbox
  readonly sender: Sender
  readonly reader: MarketReader
  readonly maxBytes: number
  readonly onStep: OnStep
}

/** Turns entries that wait into anchors, once each. */
export class Anchoring {
  readonly #parts: AnchoringParts

  constructor(parts: AnchoringParts) {
    this.#parts = parts
  }

  /** Signs anchors for what waits and stores them with what they carry, in one step each. Sending is the outbox's. */
  async prepare(): Promise<number> {
    const { outbox, receipts, sender, db, computeRecords, maxBytes, onStep } = this.#parts
    const free = MAX_UNDER_WAY - outbox.pending().filter((tx) => tx.kind === "anchor").length
    if (free <= 0) return 0
    const batches = anchorBatches(receipts.waitingEntries(AT_ONCE, free * maxBytes), maxBytes).slice(0, free)
    for (const batch of batches) {
      const data = anchorCall(
        batch.map((b) => b.entry),
        maxBytes,
      )
      const gas = await sender.simulate(computeRecords, data)
      const tx = await sender.sign("anchor", computeRecords, data, gas, batch.length)
      onStep("signed")
      db.transaction(() => {
        receipts.assignEntries(
          batch.map((b) => b.id),
          outbox.add(tx),
        )
      })
      onStep("queued")
    }
    return batches.length
  }

  /** An anchor was mined, or its nonce went elsewhere. In the second case it may still be there: the chain's events say. */
  async concluded({ tx, mined }: Outcome, fromBlock: bigint): Promise<void> {
    const { db, receipts, outbox, reader, recorder } = this.#parts
    const there = mined !== undefined || (await reader.anchoredBy(recorder, rootOf(tx.data), fromBlock))
    db.transaction(() => {
      if (there) receipts.entriesAnchored(tx.id)
      else receipts.free(tx.id)
      outbox.decided(tx.id, mined)
    })
  }
}

/** Calldata of `anchor` over these entries. A single entry above the limit goes without its records: the root binds them all the same. */
function anchorCall(entries: readonly AnchorEntry[], maxBytes: number): Uint8Array {
  const tooLarge = entries.length === 1 && anchorEntrySize(entries[0]!) + 1 > maxBytes
  const records = tooLarge ? "0x" : bytesToHex(packAnchor(entries))
  const data = encodeFunctionData({ abi: computeRecordsAbi, functionName: "anchor", args: [bytesToHex(anchorRoot(entries)), records] })
  return hexToBytes(data)
}

/** The root in an anchor's calldata: the word after the selector. */
function rootOf(data: Uint8Array): `0x${string}` {
  return bytesToHex(data.subarray(4, 36))
}
