import { type Address, type AnchorEntry, anchorRoot, bytesToHex, hexToBytes, unpackAnchor } from "@berth/protocol"
import type { Hex } from "viem"

/** A root and records as some recorder posted them. */
export interface Anchor {
  readonly recorder: Address
  readonly root: Hex
  readonly records: Hex
  readonly block: bigint
}

/** One receipt's records as a recorder anchored them, in which block. */
export interface AnchoredReceipt {
  readonly recorder: Address
  readonly block: bigint
  readonly entry: AnchorEntry
}

/** The receipts in an anchor; none where its records don't give its root, or are left out: posting nonsense is no fault of the node's. Pure. */
export function receiptsOf({ recorder, root, records, block }: Anchor): AnchoredReceipt[] {
  return entriesOf(root, records).map((entry) => ({ recorder: recorder.toLowerCase() as Address, block, entry }))
}

function entriesOf(root: Hex, records: Hex): readonly AnchorEntry[] {
  if (records === "0x") return []
  try {
    const entries = unpackAnchor(hexToBytes(records))
    return bytesToHex(anchorRoot(entries)) === root ? entries : []
  } catch {
    // A recorder may post what it likes; what is not in the format says nothing about any tab.
    return []
  }
}
