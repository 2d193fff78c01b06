import { type Address, bytesToHex, hexToBytes, ZERO32 } from "./bytes.ts"
import { ProtocolError } from "./errors.ts"
import { amountBetween } from "./money.ts"
import { type Receipt, type RecordsOpening, recordsHashOf } from "./receipt.ts"
import { type ComputeRecord, type TermsLeaf, tabBlockRoot } from "./record.ts"
import { DayTree } from "./tree.ts"

/**
 * A tab's books as of its last countersigned receipt. Node and agent keep one each and advance them by the same function, so that
 * they hold the same totals or one of them knows that the other erred. Immutable: a proposal that is not signed is dropped.
 */
export interface Books {
  readonly tab: Uint8Array
  readonly node: Address
  /** Seq of the last countersigned receipt; 0 before the first. */
  readonly seq: number
  readonly day: number
  readonly block: bigint
  readonly gpuMs: bigint
  readonly used: bigint
  readonly amount: bigint
  readonly recordsHash: Uint8Array
  readonly previousDayRecordsHash: Uint8Array
  readonly tree: DayTree
  /** Cumulative active ms of every lease that has its terms in the tree, by leaseNo. */
  readonly leases: ReadonlyMap<number, bigint>
}

/** The books of a tab (its id of 32 bytes) at `node` before its first receipt. */
export function emptyBooks(tab: Uint8Array, node: Address): Books {
  return {
    tab,
    node,
    seq: 0,
    day: 0,
    block: 0n,
    gpuMs: 0n,
    used: 0n,
    amount: 0n,
    recordsHash: ZERO32,
    previousDayRecordsHash: ZERO32,
    tree: DayTree.empty(),
    leases: new Map(),
  }
}

/** What a node claims: where and when, the leases that are new, and each lease's cumulative active ms at a block. */
export interface Claim {
  readonly seq: number
  readonly day: number
  readonly block: bigint
  /** Credits ahead of the work; at most one window at the leases' prices. */
  readonly advance: bigint
  readonly terms: readonly TermsLeaf[]
  /** In the order of (block, leaseNo). `amount` is what `priced` computes. */
  readonly records: readonly ComputeRecord[]
}

/** A receipt with what its recordsHash opens to, and the books that follow once both have signed it. */
export interface Proposal {
  readonly receipt: Receipt
  readonly opening: RecordsOpening
  readonly terms: readonly TermsLeaf[]
  readonly records: readonly ComputeRecord[]
  readonly next: Books
}

/** A record before it has an amount. */
export type Usage = Omit<ComputeRecord, "amount">

/** Gives each usage its amount: floor(price * after) - floor(price * before) over the lease's cumulative ms. */
export function priced(books: Books, usages: readonly Usage[], priceOf: (leaseNo: number) => bigint): ComputeRecord[] {
  const since = new Map<number, bigint>()
  return usages.map((usage) => {
    const before = since.get(usage.leaseNo) ?? books.leases.get(usage.leaseNo) ?? 0n
    const amount = amountBetween(before, usage.cumulativeMs, priceOf(usage.leaseNo))
    since.set(usage.leaseNo, usage.cumulativeMs)
    return { ...usage, amount }
  })
}

/**
 * Holds a claim to what was signed before.
 * @throws ProtocolError `stale` when seq, day or block is not after the last countersigned receipt's.
 */
export function expectLater(books: Books, claim: Pick<Claim, "seq" | "day" | "block">): void {
  const stale = (field: string, message: string): never => {
    throw new ProtocolError("stale", message, { field })
  }
  if (claim.seq <= books.seq) stale("seq", `seq ${claim.seq} is not after ${books.seq}`)
  if (claim.day < books.day) stale("day", `day ${claim.day} is before ${books.day}`)
  if (claim.block < books.block) stale("block", `block ${claim.block} is before ${books.block}`)
}

/**
 * Builds the receipt that follows from `books` and a claim. Pure; both sides call it, and the agent compares.
 * @throws ProtocolError `stale` (seq, day or block not after the last), `bad_receipt` (a lease without terms or with them twice, time that
 * runs backwards, records out of order).
 */
export function propose(books: Books, claim: Claim): Proposal {
  const reject = (field: string, message: string): never => {
    throw new ProtocolError("bad_receipt", message, { field })
  }
  expectLater(books, claim)
  if (claim.advance < 0n) reject("amount", "the amount is below what was used")

  const leases = new Map(books.leases)
  let lastNo = 0
  for (const { leaseNo } of claim.terms) {
    if (leases.has(leaseNo)) reject("terms", `lease ${leaseNo} has its terms twice`)
    if (leaseNo <= lastNo) reject("terms", "terms are not in the order of leaseNo")
    leases.set(leaseNo, 0n)
    lastNo = leaseNo
  }

  let used = books.used
  let gpuMs = books.gpuMs
  let last = { block: books.block, leaseNo: 0 }
  for (const record of claim.records) {
    const before = leases.get(record.leaseNo)
    if (before === undefined)
      throw new ProtocolError("bad_receipt", `record of lease ${record.leaseNo}, whose terms are in no receipt`, { field: "records" })
    if (record.cumulativeMs < before)
      reject("records", `lease ${record.leaseNo} runs backwards: ${record.cumulativeMs} ms after ${before} ms`)
    if (record.block > claim.block) reject("records", `a record of block ${record.block} in a receipt of block ${claim.block}`)
    if (record.block < last.block || (record.block === last.block && record.leaseNo <= last.leaseNo))
      reject("records", "records are not in the order of (block, leaseNo)")
    last = record
    used += record.amount
    gpuMs += record.cumulativeMs - before
    leases.set(record.leaseNo, record.cumulativeMs)
  }

  const newDay = claim.day > books.day
  const previousDayRecordsHash = newDay ? books.recordsHash : books.previousDayRecordsHash
  const dayTree = newDay ? DayTree.empty() : books.tree
  if (dayTree.full) reject("treeSize", `day ${claim.day} has its ${dayTree.size} receipts: the next one is tomorrow's`)
  const tree = dayTree.append(tabBlockRoot(books.tab, claim.seq, claim.terms, claim.records))
  const opening: RecordsOpening = {
    tab: books.tab,
    seq: claim.seq,
    block: claim.block,
    used,
    treeSize: tree.size,
    treeRoot: tree.root(),
    previousDayRecordsHash,
  }
  const amount = used + claim.advance
  const recordsHash = recordsHashOf(opening)
  return {
    receipt: { node: books.node, day: claim.day, gpuMs, amount, recordsHash },
    opening,
    terms: claim.terms,
    records: claim.records,
    next: {
      ...books,
      seq: claim.seq,
      day: claim.day,
      block: claim.block,
      gpuMs,
      used,
      amount,
      recordsHash,
      previousDayRecordsHash,
      tree,
      leases,
    },
  }
}

/** Books as one line of JSON for a store. */
export function encodeBooks(b: Books): string {
  return JSON.stringify([
    bytesToHex(b.tab),
    b.node,
    b.seq,
    b.day,
    `${b.block}`,
    `${b.gpuMs}`,
    `${b.used}`,
    `${b.amount}`,
    bytesToHex(b.recordsHash),
    bytesToHex(b.previousDayRecordsHash),
    bytesToHex(b.tree.encode()),
    Array.from(b.leases, ([no, ms]) => [no, `${ms}`]),
  ])
}

/** What `encodeBooks` wrote. It is trusted: for one's own store, not for input from outside. */
export function decodeBooks(text: string): Books {
  const [tab, node, seq, day, block, gpuMs, used, amount, recordsHash, previous, tree, leases] = JSON.parse(text)
  return {
    tab: hexToBytes(tab),
    node,
    seq,
    day,
    block: BigInt(block),
    gpuMs: BigInt(gpuMs),
    used: BigInt(used),
    amount: BigInt(amount),
    recordsHash: hexToBytes(recordsHash),
    previousDayRecordsHash: hexToBytes(previous),
    tree: DayTree.decode(hexToBytes(tree)),
    leases: new Map(leases.map(([no, ms]: [number, string]) => [no, BigInt(ms)])),
  }
}
