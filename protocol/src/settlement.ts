import type { Hex } from "viem"
import { type Address, ByteWriter, hexToBytes } from "./bytes.ts"
import type { Receipt } from "./receipt.ts"

/** A countersigned receipt ready to settle: the signer's EIP-2098 signature, 64 bytes. */
export interface SettlementLine {
  readonly receipt: Receipt
  readonly countersignature: Uint8Array
}

/** Bytes of a line in a settlement batch. */
export const LINE_SIZE = 112
const GROUP_HEAD = 26
/** Lines a group can count (u16). */
const MAX_GROUP = 0xffff

/** The `batch` argument of `settle`: lines grouped by (node, day), in first-seen order. */
export function packSettlement(lines: readonly SettlementLine[]): Uint8Array {
  const groups = groupLines(lines)
  const out = new ByteWriter(groups.reduce((sum, g) => sum + GROUP_HEAD + g.lines.length * LINE_SIZE, 0))
  for (const group of groups) {
    out.bytes(hexToBytes(group.node)).u32(group.day).u16(group.lines.length)
    for (const { receipt, countersignature } of group.lines) {
      out.u64(receipt.gpuMs).u64(receipt.amount).bytes(receipt.recordsHash).bytes(countersignature)
    }
  }
  return out.done()
}

/** What a `Settled` event says in its `figures`. */
export interface SettledFigures {
  /** UTC day number. */
  readonly day: number
  /** The signer's word: GPU-ms of the tab's whole life. */
  readonly gpuMs: bigint
  /** The signer's word: credits, cumulative. */
  readonly amount: bigint
  /** Credits that this line moved, the fee included. */
  readonly paid: bigint
}

/**
 * Reads the `figures` word of a `Settled` event: `day | gpuMs | amount | paid`, u64 each, big-endian (docs/formats.md).
 *
 * @example
 * const { day, paid } = unpackFigures(log.args.figures)
 */
export function unpackFigures(figures: Hex): SettledFigures {
  const word = BigInt(figures)
  const u64 = (shift: bigint) => BigInt.asUintN(64, word >> shift)
  return { day: Number(u64(192n)), gpuMs: u64(128n), amount: u64(64n), paid: u64(0n) }
}

function groupLines(lines: readonly SettlementLine[]): { node: Address; day: number; lines: SettlementLine[] }[] {
  const groups: { node: Address; day: number; lines: SettlementLine[] }[] = []
  const open = new Map<string, SettlementLine[]>()
  for (const line of lines) {
    const key = `${line.receipt.node.toLowerCase()}/${line.receipt.day}`
    let group = open.get(key)
    if (!group || group.length === MAX_GROUP) {
      group = []
      open.set(key, group)
      groups.push({ node: line.receipt.node, day: line.receipt.day, lines: group })
    }
    group.push(line)
  }
  return groups
}
