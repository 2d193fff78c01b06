import { type Books, expectLater, firstDifference, type Proposal, priced, propose } from "../books.ts"
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
  const received = openProposal(books, wire)
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
  const computed = propose(books, {
    seq: wire.seq,
    day: wire.day,
    block: wire.block,
    advance: wire.amount - wire.used,
    terms: wire.terms,
    records,
  })
  const field = firstDifference(received, computed)
  if (field)
    throw new ProtocolError("bad_receipt", `${field} of receipt ${wire.seq} does not follow from receipt ${books.seq} and its records`, {
      field,
    })
  return computed
}

/** A proposal as received, believed: for one's own store and for the blind. Sizes are checked, nothing else. */
export function openProposal(
  books: Pick<Books, "tab" | "node">,
  wire: WireProposal,
): Pick<Proposal, "receipt" | "opening" | "terms" | "records"> {
  expectSize(wire.treeRoot, 32, "treeRoot")
  expectSize(wire.previousDayRecordsHash, 32, "previousDayRecordsHash")
  expectSize(wire.nodeSignature, 64, "nodeSignature")
  for (const t of wire.terms) expectSize(t.publicTermsHash, 32, "publicTermsHash")
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
