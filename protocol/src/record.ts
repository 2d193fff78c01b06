import { ByteReader, ByteWriter } from "./bytes.ts"
import { keccak } from "./keccak.ts"
import { merkleRoot } from "./tree.ts"

/** A compute record: what one lease used up to one block. A leaf of the trees. */
export interface ComputeRecord {
  readonly block: bigint
  readonly leaseNo: number
  /** The lease's active milliseconds since its start, summed over its devices. */
  readonly cumulativeMs: bigint
  /** Credits that this record adds: floor(price * after) - floor(price * before). */
  readonly amount: bigint
  readonly requests: number
  readonly tokens: bigint
}

/** The first leaf of a lease: binds the bill to the signed terms. */
export interface TermsLeaf {
  readonly leaseNo: number
  /** EIP-712 struct hash of PublicTerms, 32 bytes. */
  readonly publicTermsHash: Uint8Array
}

/** Bytes of a packed record. */
export const RECORD_SIZE = 32

const packed = new ByteWriter(RECORD_SIZE)

/** `leaseNo u32 | cumulativeMs u64 | amount u64 | requests u32 | tokens u64`. */
export function packRecord(record: ComputeRecord): Uint8Array {
  return packed
    .restart()
    .u32(record.leaseNo)
    .u64(record.cumulativeMs)
    .u64(record.amount)
    .u32(record.requests)
    .u64(record.tokens)
    .done()
    .slice()
}

/** What `packRecord` packed, made at `block`: 32 bytes do not name it. Throws RangeError on fewer bytes. */
export function unpackRecord(block: bigint, bytes: Uint8Array): ComputeRecord {
  const r = new ByteReader(bytes)
  return { block, leaseNo: r.u32(), cumulativeMs: r.u64(), amount: r.u64(), requests: r.u32(), tokens: r.u64() }
}

const recordBytes = new ByteWriter(77)
const termsBytes = new ByteWriter(69)

/** Kind 0x01. */
export function recordLeaf(tab: Uint8Array, seq: number, record: ComputeRecord): Uint8Array {
  return keccak(recordBytes.restart().u8(1).bytes(tab).u64(record.block).u32(seq).bytes(packRecord(record)).done())
}

/** Kind 0x02. */
export function termsLeaf(tab: Uint8Array, terms: TermsLeaf): Uint8Array {
  return keccak(termsBytes.restart().u8(2).bytes(tab).u32(terms.leaseNo).bytes(terms.publicTermsHash).done())
}

/** All leaves of one receipt in their order: new leases' terms by leaseNo, then records by (block, leaseNo) as given. */
export function receiptLeaves(tab: Uint8Array, seq: number, terms: readonly TermsLeaf[], records: readonly ComputeRecord[]): Uint8Array[] {
  return [...terms.map((t) => termsLeaf(tab, t)), ...records.map((r) => recordLeaf(tab, seq, r))]
}

/** Root of one tab's records in one receipt. */
export function tabBlockRoot(tab: Uint8Array, seq: number, terms: readonly TermsLeaf[], records: readonly ComputeRecord[]): Uint8Array {
  return merkleRoot(receiptLeaves(tab, seq, terms, records))
}
