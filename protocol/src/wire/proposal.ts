import { type Books, expectLater, type Proposal, priced, propose } from "../books.ts"
import { equalBytes } from "../bytes.ts"
import { ProtocolError } from "../errors.ts"
import { recordsHashOf } from "../receipt.ts"
import { expectSize } from "./convert.ts"
import type { WireProposal } from "./generated/messages.js"

/**
 * Recomputes a proposal received from a node upon `books` and compares every field.
 * @param priceOf credits per GPU-hour of a lease, from its signed terms; throws when the lease is not known
 * @throws ProtocolError `bad_receipt` or `stale` with the first field that does not follow; `malformed` for wrong sizes
 */
export function checkProposal(books: Books, wire: WireProposal, priceOf: (leaseNo: number) => bigint): Proposal {
  expectSizes(wire)
  // Before the amounts, which an old receipt gets wrong too: a sender must learn that it is merely late.
  expectLater(books, wire)
  const records = priced(books, wire.records, priceOf)
  const wrong = records.findIndex((r, i) => r.amount !== wire.records[i]!.amount)
  if (wrong >= 0) {
    const { leaseNo, block } = records[wrong]!
    throw new ProtocolError(
      "bad_receipt",
      `record ${wrong} of lease ${leaseNo} at block ${block} claims ${wire.records[wrong]!.amount} credits where its terms give ${records[wrong]!.amount}`,
      { field: "records" },
    )
  }
  return recompute(books, wire)
}

/**
 * The books that follow once `wire` is countersigned: for the receipts in one's own store, in their order.
 * @throws ProtocolError `bad_receipt` or `stale`: the store is not as it was written
 */
export function booksAfter(books: Books, wire: WireProposal): Books {
  return recompute(books, wire).next
}

function recompute(books: Books, wire: WireProposal): Proposal {
  const { seq, day, block, amount, used, terms, records } = wire
  const computed = propose(books, { seq, day, block, advance: amount - used, terms, records })
  const field = firstDifference(wire, computed)
  if (!field) return computed
  throw new ProtocolError("bad_receipt", `${field} of receipt ${seq} does not follow from receipt ${books.seq} and its records`, { field })
}

/** The first field of a proposal that is not as computed. Day, block and advance are what it was computed from, and recordsHash follows. */
function firstDifference(wire: WireProposal, { receipt, opening }: Proposal): string | undefined {
  if (wire.used !== opening.used) return "used"
  if (wire.gpuMs !== receipt.gpuMs) return "gpuMs"
  if (wire.treeSize !== opening.treeSize) return "treeSize"
  if (!equalBytes(wire.treeRoot, opening.treeRoot)) return "treeRoot"
  return equalBytes(wire.previousDayRecordsHash, opening.previousDayRecordsHash) ? undefined : "previousDayRecordsHash"
}

/** A proposal as received, believed: for one's own store and for the blind. Sizes are checked, nothing else. */
export function openProposal(
  books: Pick<Books, "tab" | "node">,
  wire: WireProposal,
): Pick<Proposal, "receipt" | "opening" | "terms" | "records"> {
  expectSizes(wire)
  const opening = {
    tab: books.tab,
    seq: wire.seq,
    block: wire.block,
    used: wire.used,
    treeSize: wire.treeSize,
    treeRoot: wire.treeRoot,
    previousDayRecordsHash: wire.previousDayRecordsHash,
  }
  return {
    receipt: { node: books.node, day: wire.day, gpuMs: wire.gpuMs, amount: wire.amount, recordsHash: recordsHashOf(opening) },
    opening,
    terms: wire.terms,
    records: wire.records,
  }
}

function expectSizes(wire: WireProposal): void {
  expectSize(wire.treeRoot, 32, "treeRoot")
  expectSize(wire.previousDayRecordsHash, 32, "previousDayRecordsHash")
  expectSize(wire.nodeSignature, 64, "nodeSignature")
  for (const t of wire.terms) expectSize(t.publicTermsHash, 32, "publicTermsHash")
}
