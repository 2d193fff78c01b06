import { ByteReader, ByteWriter } from "./bytes.ts"
import { ProtocolError } from "./errors.ts"
import { keccak } from "./keccak.ts"
import { type ComputeRecord, packRecord, RECORD_SIZE, type TermsLeaf, tabBlockRoot, unpackRecord } from "./record.ts"
import { merkleRoot } from "./tree.ts"

/** One receipt's records as an anchor carries them. */
export interface AnchorEntry {
  readonly tab: Uint8Array
  readonly seq: number
  readonly terms: readonly TermsLeaf[]
  readonly records: readonly ComputeRecord[]
}

const VERSION = 1
const ENTRY_HEAD = 32 + 4 + 2 + 2
const TERMS_SIZE = 4 + 32

/** Kind 0x03. */
export function anchorLeaf(tab: Uint8Array, seq: number, root: Uint8Array): Uint8Array {
  return keccak(new ByteWriter(69).u8(3).bytes(tab).u32(seq).bytes(root).done())
}

/** Root of an anchor over its entries, in their order. */
export function anchorRoot(entries: readonly AnchorEntry[]): Uint8Array {
  return merkleRoot(entries.map((e) => anchorLeaf(e.tab, e.seq, tabBlockRoot(e.tab, e.seq, e.terms, e.records))))
}

/** Bytes that `packAnchor` takes for one entry. */
export function anchorEntrySize(entry: AnchorEntry): number {
  return ENTRY_HEAD + entry.terms.length * TERMS_SIZE + entry.records.length * (8 + RECORD_SIZE)
}

/** The `records` argument of `anchor`. */
export function packAnchor(entries: readonly AnchorEntry[]): Uint8Array {
  const out = new ByteWriter(entries.reduce((sum, e) => sum + anchorEntrySize(e), 1)).u8(VERSION)
  for (const e of entries) {
    out.bytes(e.tab).u32(e.seq).u16(e.terms.length).u16(e.records.length)
    for (const t of e.terms) out.u32(t.leaseNo).bytes(t.publicTermsHash)
    for (const r of e.records) out.u64(r.block).bytes(packRecord(r))
  }
  return out.done()
}

/** Reads anchor data posted by anybody. Throws ProtocolError `malformed` when it is not in the format. */
export function unpackAnchor(data: Uint8Array): AnchorEntry[] {
  try {
    const r = new ByteReader(data)
    const version = r.u8()
    if (version !== VERSION) throw new RangeError(`unknown version ${version}`)
    const entries: AnchorEntry[] = []
    while (r.left > 0) {
      const tab = r.bytes(32)
      const seq = r.u32()
      const termsCount = r.u16()
      const recordCount = r.u16()
      if (r.left < termsCount * TERMS_SIZE + recordCount * (8 + RECORD_SIZE)) throw new RangeError("an entry is cut off")
      const terms = Array.from({ length: termsCount }, () => ({ leaseNo: r.u32(), publicTermsHash: r.bytes(32) }))
      const records = Array.from({ length: recordCount }, () => unpackRecord(r.u64(), r.bytes(RECORD_SIZE)))
      entries.push({ tab, seq, terms, records })
    }
    return entries
  } catch (cause) {
    throw new ProtocolError("malformed", `anchor data is not in version 1 of the format: ${(cause as Error).message}`, { cause })
  }
}
