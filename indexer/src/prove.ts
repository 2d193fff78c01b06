import type { Context } from "ponder:registry"
import schema from "ponder:schema"
import { type Books, decodeBooks, emptyBooks, encodeBooks, hexToBytes } from "@berth/protocol"
import { and, asc, eq, gt, isNull, lte } from "ponder"
import { matchStatement, type ReceiptLeaf } from "./reduce/proof.ts"

type Hex = `0x${string}`

/** A tab with more settled statements than these that nothing proves is given up: its receipts since the last proof are read at every try. */
const MAX_UNPROVEN = 8

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
  let receipts = await receiptsAfter(db, tab, books.seq)
  for (const statement of statements) {
    const match = matchStatement(books, receipts, statement)
    if (!match) continue
    books = match.books
    receipts = receipts.filter((r) => r.seq > match.seq)
    await settleUpTo(db, tab, match.seq, statement.id, books)
  }
}

async function receiptsAfter(db: Context["db"], tab: Hex, seq: number): Promise<ReceiptLeaf[]> {
  const { anchoredReceipt, computeRecord, lease } = schema
  const receipts = await db.sql
    .select({ seq: anchoredReceipt.seq, block: anchoredReceipt.block })
    .from(anchoredReceipt)
    .where(and(eq(anchoredReceipt.tab, tab), gt(anchoredReceipt.seq, seq)))
    .orderBy(asc(anchoredReceipt.seq))
  const records = await db.sql
    .select()
    .from(computeRecord)
    .where(and(eq(computeRecord.tab, tab), gt(computeRecord.seq, seq)))
    .orderBy(asc(computeRecord.seq), asc(computeRecord.position))
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

async function settleUpTo(db: Context["db"], tab: Hex, seq: number, statement: string, books: Books): Promise<void> {
  const { anchoredReceipt, computeRecord, tabProof } = schema
  await db.sql
    .update(computeRecord)
    .set({ state: "settled", statement })
    .where(and(eq(computeRecord.tab, tab), lte(computeRecord.seq, seq), eq(computeRecord.state, "anchored")))
  await db.sql
    .update(anchoredReceipt)
    .set({ state: "settled" })
    .where(and(eq(anchoredReceipt.tab, tab), lte(anchoredReceipt.seq, seq), eq(anchoredReceipt.state, "anchored")))
  const row = { seq, used: books.used, books: encodeBooks(books) }
  await db
    .insert(tabProof)
    .values({ tab, ...row })
    .onConflictDoUpdate(row)
  await db.update(schema.statement, { id: statement }).set({ provenSeq: seq })
}
