import { type Address, ByteWriter, hexToBytes } from "./bytes.ts"
import type { Market } from "./ids.ts"
import { keccak, keccakText } from "./keccak.ts"
import { domainSeparator } from "./typed-data.ts"

/** What both sides sign. One struct, two signatures. */
export interface Receipt {
  readonly node: Address
  readonly day: number
  /** Active GPU milliseconds over the tab's whole life. */
  readonly gpuMs: bigint
  /** Credits over the tab's whole life: used + advance. */
  readonly amount: bigint
  readonly recordsHash: Uint8Array
}

/** What recordsHash is the hash of. Opened only to prove a record or a fault. */
export interface RecordsOpening {
  readonly tab: Uint8Array
  readonly seq: number
  readonly block: bigint
  /** Sum of all records' amounts; only grows. */
  readonly used: bigint
  /** Leaves of the day's tree, this receipt's included. */
  readonly treeSize: number
  readonly treeRoot: Uint8Array
  /** recordsHash of the last receipt countersigned on an earlier day, or 32 zero bytes. */
  readonly previousDayRecordsHash: Uint8Array
}

const openingBytes = new ByteWriter(224)

/** keccak256(abi.encode(tab, seq, block, used, treeSize, treeRoot, previousDayRecordsHash)). */
export function recordsHashOf(o: RecordsOpening): Uint8Array {
  return keccak(
    openingBytes
      .restart()
      .bytes(o.tab)
      .word(o.seq)
      .word(o.block)
      .word(o.used)
      .word(o.treeSize)
      .bytes(o.treeRoot)
      .bytes(o.previousDayRecordsHash)
      .done(),
  )
}

const RECEIPT_TYPE = keccakText("Receipt(address node,uint32 day,uint64 gpuMs,uint64 amount,bytes32 recordsHash)")

const structBytes = new ByteWriter(192)
const digestBytes = new ByteWriter(66)

/** EIP-712 digest of a receipt: what node and signer sign. */
export function receiptDigest(market: Market, r: Receipt): Uint8Array {
  const struct = keccak(
    structBytes.restart().bytes(RECEIPT_TYPE).word(hexToBytes(r.node)).word(r.day).word(r.gpuMs).word(r.amount).bytes(r.recordsHash).done(),
  )
  return keccak(digestBytes.restart().u8(0x19).u8(1).bytes(domainSeparator(market)).bytes(struct).done())
}
