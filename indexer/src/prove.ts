import type { Context } from "ponder:registry"
import schema from "ponder:schema"
import { type Books, decodeBooks, emptyBooks, encodeBooks, hexToBytes } from "@berth/protocol"
import { and, asc, eq, gt, isNull, lte } from "ponder"
import { matchStatement, type ReceiptLeaf } from "./reduce/proof.ts"

type Hex = `0x${string}`

/** A tab with more settled statements than these that nothing proves is given up: its receipts since the last proof are read at every try. */
const MAX_UNPROVEN = 8
/** Records that are looked at in one go: they are in memory all at once. */
const MAX_RECORDS = 300_000
/** In hashes tried, of 2 us each: what may be spent on a tab since its last proof. Anybody can settle and anchor what proves nothing, for little gas. */
const MAX_EFFORT = 1_000_000
/** What reading a record costs, in hashes. */
const RECORD_EFFORT = 2

/**
 * Tries to prove a tab's settled statements from its anchored records, oldest first. What a proven statement covers becomes `settled`.
 * Reads the tables by SQL, since the records of a day are many rows without a common key.
 * @param since block of the oldest of what is new: without a statement settled then or later, nothing can have changed
 */
export async function proveTab({ db }: Context, tab: Hex, since: bigint): Promise<void> {
  const statements = await db.sql
    .select()
    .from(schema.statement)
    .where(and(eq(schema.statement.tab, tab), eq(schema.statement.countersigned, true), isNull(schema.statement.provenSeq)))
    .orderBy(asc(schema.statement.amount))
  if (statements.length > MAX_UNPROVEN || !statements.some((s) => s.block >= since)) return
  const proof = await db.find(schema.tabProof, { tab })
  let books: Books = proof ? decodeBooks(proof.books) : emptyBooks(hexToBytes(tab), statements[0]!.node)
  let effort = proof?.effort ?? 0
  if (effort >= MAX_EFFORT) return
  let receipts = await receiptsAfter(db, tab, books.seq)
  effort += receipts ? RECORD_EFFORT * receipts.reduce((sum, r) => sum + 1 + r.records.length, 0) : MAX_EFFORT
  for (const statement of statements) {
    if (!receipts || effort >= MAX_EFFORT) break
    const { match, tried } = matchStatement(books, receipts, statement)
    effort += tried
    if (!match) continue
    const from = books.seq
    books = match.books
    receipts = receipts.filter((r) => r.seq > match.seq)
    effort = 0
    await settle(db, tab, { from, to: match.seq }, statement.id)
  }
  const row = { seq: books.seq, used: books.used, books: encodeBooks(books), effort }
  await db
    .insert(schema.tabProof)
    .values({ tab, ...row })
    .onConflictDoUpdate(row)
}

/** @returns undefined when there are too many */
async function receiptsAfter(db: Context["db"], tab: Hex, seq: number): Promise<ReceiptLeaf[] | undefined> {
  const { anchoredReceipt, computeRecord, lease } = schema
  const receipts = await db.sql
    .select({ seq: anchoredReceipt.seq, block: anchoredReceipt.block })
    .from(anchoredReceipt)
    .where(and(eq(anchoredReceipt.tab, tab), gt(anchoredReceipt.seq, seq)))
    .orderBy(asc(anchoredReceipt.seq))
    .limit(MAX_RECORDS + 1)
  const records = await db.sql
    .select()
    .from(computeRecord)
    .where(and(eq(computeRecord.tab, tab), gt(computeRecord.seq, seq)))
    .orderBy(asc(computeRecord.seq), asc(computeRecord.position))
    .limit(MAX_RECORDS + 1)
  if (receipts.length > MAX_RECORDS || records.length > MAX_RECORDS) return undefined
  const leases = await db.sql
    .select()
    .from(lease)
    .where(and(eq(lease.tab, tab), gt(lease.firstSeq, seq)))
    .orderBy(asc(lease.leaseNo))
  const recordsOf = Map.groupBy(records, (r) => r.seq)
  const termsOf = Map.groupBy(leases, (l) => l.firstSeq)
  return receipts.map((r) => ({
    seq: r.seq,
    anchorBlock: r.block,
    records: recordsOf.get(r.seq) ?? [],
    terms: (termsOf.get(r.seq) ?? []).map((l) => ({ leaseNo: l.leaseNo, publicTermsHash: hexToBytes(l.termsHash!) })),
  }))
}

/** The receipts after `from` up to `to`, which are those that the proof went through: what else is anchored under a lower seq was signed by nobody. */
async function settle(db: Context["db"], tab: Hex, { from, to }: { from: number; to: number }, statement: string): Promise<void> {
  const { anchoredReceipt, computeRecord } = schema
  await db.sql
    .update(computeRecord)
    .set({ state: "settled", statement })
    .where(and(eq(computeRecord.tab, tab), gt(computeRecord.seq, from), lte(computeRecord.seq, to), eq(computeRecord.state, "anchored")))
  await db.sql
    .update(anchoredReceipt)
    .set({ state: "settled" })
    .where(
      and(eq(anchoredReceipt.tab, tab), gt(anchoredReceipt.seq, from), lte(anchoredReceipt.seq, to), eq(anchoredReceipt.state, "anchored")),
    )
  await db.update(schema.statement, { id: statement }).set({ provenSeq: to })
}
