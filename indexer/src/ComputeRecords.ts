import { type Context, ponder } from "ponder:registry"
import schema from "ponder:schema"
import { type AnchorEntry, bytesToHex } from "@berth/protocol"
import { proveTab } from "./prove.ts"
import { headAfter, openAnchor } from "./reduce/anchor.ts"
import { lower } from "./reduce/node.ts"
import { addToMarket } from "./store.ts"

type Hex = `0x${string}`
type Db = Context["db"]

ponder.on("ComputeRecords:Anchored", async ({ event, context }) => {
  const { db } = context
  const { root, head, records: packed } = event.args
  const id = lower(event.args.recorder)
  const { number: block, timestamp } = event.block
  const { verified, entries } = openAnchor(root, packed)
  /** By tab, the block that its oldest receipt here was made at or after. */
  const touched = new Map<Hex, bigint>()
  let counted = 0
  let records = 0
  for (const { tab, root: tabBlockRoot, entry } of entries) {
    if (!(await counts(db, id, tab, entry.seq))) continue
    await db.insert(schema.anchoredReceipt).values({
      ...{ tab, seq: entry.seq, anchor: event.id, root: tabBlockRoot, block, timestamp, records: entry.records.length, state: "anchored" },
    })
    await insertRecords(db, event.id, tab, entry)
    await countReceipt(db, tab)
    const since = entry.records.at(-1)?.block ?? 0n
    touched.set(tab, smaller(touched.get(tab) ?? since, since))
    counted++
    records += entry.records.length
  }
  await db.insert(schema.anchor).values({
    ...{ id: event.id, recorder: id, root, head, block, timestamp, tx: event.transaction.hash, bytes: (packed.length - 2) / 2 },
    ...{ verified: verified ?? null, receipts: entries.length, counted, records },
  })
  await countRecorder(db, id, root, head, block)
  await addToMarket(context, { anchors: 1, records })
  for (const [tab, since] of touched) {
    // Settled before it was anchored, which is rare.
    const onChain = await db.find(schema.tab, { id: tab })
    if (onChain && onChain.statements > 0) await proveTab(context, tab, since)
  }
})

/**
 * Anyone may anchor anything: only what the tab's node had named this recorder for counts, and the first of (tab, seq). A tab is one of the
 * chain's, or that of a signer whom a reservation at the node names. Receipts are counted from 1.
 */
async function counts(db: Db, recorder: Hex, tab: Hex, seq: number): Promise<boolean> {
  if (seq === 0) return false
  const row = (await db.find(schema.tab, { id: tab })) ?? (await db.find(schema.reservedTab, { id: tab }))
  if (!row) return false
  const node = await db.find(schema.node, { id: row.node })
  if (!node?.recorders.includes(recorder)) return false
  return (await db.find(schema.anchoredReceipt, { tab, seq })) === null
}

async function countReceipt(db: Db, id: Hex): Promise<void> {
  for (const table of [schema.tab, schema.reservedTab])
    if (await db.find(table, { id })) await db.update(table, { id }).set((row) => ({ anchoredReceipts: row.anchoredReceipts + 1 }))
}

async function insertRecords(db: Db, anchor: string, tab: Hex, { seq, terms, records }: AnchorEntry): Promise<void> {
  for (const { leaseNo, publicTermsHash } of terms) {
    const found = { termsHash: bytesToHex(publicTermsHash), firstSeq: seq }
    await db
      .insert(schema.lease)
      .values({ tab, leaseNo, ...found, lastSeq: seq, cumulativeMs: 0n, amount: 0n, requests: 0n, tokens: 0n, lastBlock: 0n })
      .onConflictDoUpdate((row) => (row.firstSeq !== null && row.firstSeq <= seq ? {} : found))
  }
  for (const [position, { leaseNo, block, cumulativeMs, amount, requests, tokens }] of records.entries()) {
    await db
      .insert(schema.computeRecord)
      .values({ tab, seq, position, block, leaseNo, cumulativeMs, amount, requests, tokens, anchor, state: "anchored" })
    await db
      .insert(schema.lease)
      .values({ tab, leaseNo, lastSeq: seq, cumulativeMs, amount, requests: BigInt(requests), tokens, lastBlock: block })
      .onConflictDoUpdate((row) => ({
        lastSeq: Math.max(row.lastSeq, seq),
        cumulativeMs: row.cumulativeMs > cumulativeMs ? row.cumulativeMs : cumulativeMs,
        amount: row.amount + amount,
        requests: row.requests + BigInt(requests),
        tokens: row.tokens + tokens,
        lastBlock: row.lastBlock > block ? row.lastBlock : block,
      }))
  }
}

async function countRecorder(db: Db, id: Hex, root: Hex, head: Hex, block: bigint): Promise<void> {
  const known = await db.find(schema.recorder, { id })
  const expected = headAfter(known?.head ?? `0x${"00".repeat(32)}`, root, block)
  if (expected !== head) throw new Error(`head of ${id} at block ${block} is ${head}, not ${expected}: an anchor was missed`)
  await db
    .insert(schema.recorder)
    .values({ id, head, anchors: 1, lastBlock: block })
    .onConflictDoUpdate((row) => ({ head, anchors: row.anchors + 1, lastBlock: block }))
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
