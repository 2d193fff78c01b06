import { type Books, type ComputeRecord, equalBytes, hexToBytes, propose, recordsHashOf, type TermsLeaf } from "@berth/protocol"

/** One anchored receipt, with its records in their order. */
export interface ReceiptLeaf {
  readonly seq: number
  /** Block of the anchor: the receipt is not younger. */
  readonly anchorBlock: bigint
  readonly terms: readonly TermsLeaf[]
  readonly records: readonly ComputeRecord[]
}

/** What a settled line says. */
export interface StatementClaim {
  readonly id: string
  readonly day: number
  readonly gpuMs: bigint
  readonly recordsHash: `0x${string}`
  /** Block in which it was settled: the receipt is not younger. */
  readonly block: bigint
}

export interface StatementMatch {
  readonly statement: string
  readonly seq: number
  /** The books at that receipt, from which the next statement is matched. */
  readonly books: Books
}

/**
 * A receipt's block is not in the anchor; it lies between its last record's and the anchor's. It is near the first while something runs, and near
 * the second when a lease slept before it ended. So many are tried at either end first.
 */
const NEAR = 64n
/** Blocks tried for one statement: a day of 2-second blocks, a tenth of a second of work. */
const MAX_TRIED = 43_200

/**
 * Finds the anchored receipt whose recordsHash a settled statement carries, by computing it from the records alone. A match proves that
 * the tab's signer put its name under exactly these records. No match proves nothing: records may be missing, or a day in between was
 * never settled.
 * @param books as of the last match
 * @param receipts anchored after it, by seq
 * @returns `tried`: hashes computed for it
 */
export function matchStatement(
  books: Books,
  receipts: readonly ReceiptLeaf[],
  statement: StatementClaim,
): { readonly match?: StatementMatch; readonly tried: number } {
  if (statement.day < books.day) return { tried: 0 }
  const wanted = hexToBytes(statement.recordsHash)
  let at = books
  let tried = 0
  for (const receipt of receipts) {
    const lastBlock = receipt.records.reduce((max, r) => (r.block > max ? r.block : max), at.block)
    const next = follow(at, receipt, statement.day, lastBlock)
    if (!next || next.books.gpuMs > statement.gpuMs) break
    at = next.books
    if (at.gpuMs !== statement.gpuMs) continue
    const last = receipt.anchorBlock < statement.block ? receipt.anchorBlock : statement.block
    for (const block of likelyBlocks(lastBlock, last)) {
      if (tried >= MAX_TRIED) return { tried }
      tried++
      if (equalBytes(recordsHashOf({ ...next.opening, block }), wanted))
        return { match: { statement: statement.id, seq: receipt.seq, books: { ...at, block, recordsHash: wanted } }, tried }
    }
  }
  return { tried }
}

/** All blocks from `first` to `last`, the likeliest first: those near either end, then those between, the youngest first. */
function* likelyBlocks(first: bigint, last: bigint): Generator<bigint> {
  const nearFirst = last - first < NEAR ? last : first + NEAR
  for (let block = first; block <= nearFirst; block++) yield block
  for (let block = last; block > nearFirst; block--) yield block
}

/** The books after a receipt, or undefined when it does not follow: one before it is missing. */
function follow(books: Books, { seq, terms, records }: ReceiptLeaf, day: number, block: bigint) {
  try {
    const { next, opening } = propose(books, { seq, day, block, advance: 0n, terms, records })
    return { books: next, opening }
  } catch {
    return undefined
  }
}
