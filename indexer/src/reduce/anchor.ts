import { type AnchorEntry, anchorRoot, ByteWriter, bytesToHex, hexToBytes, keccak, tabBlockRoot, unpackAnchor } from "@berth/protocol"

type Hex = `0x${string}`

export interface AnchorContent {
  /** Whether the packed data give the root; undefined when none were posted. */
  readonly verified: boolean | undefined
  /** Empty unless verified. */
  readonly entries: readonly { readonly tab: Hex; readonly root: Hex; readonly entry: AnchorEntry }[]
}

/** Opens what anybody may have posted as an anchor. Bytes that are not in the format are an unverified anchor, no error. */
export function openAnchor(root: Hex, records: Hex): AnchorContent {
  if (records === "0x") return { verified: undefined, entries: [] }
  try {
    const entries = unpackAnchor(hexToBytes(records))
    if (entries.length === 0 || bytesToHex(anchorRoot(entries)) !== root) return { verified: false, entries: [] }
    return {
      verified: true,
      entries: entries.map((entry) => ({
        entry,
        tab: bytesToHex(entry.tab),
        root: bytesToHex(tabBlockRoot(entry.tab, entry.seq, entry.terms, entry.records)),
      })),
    }
  } catch {
    return { verified: false, entries: [] }
  }
}

/** A recorder's head after an anchor: keccak256(abi.encode(previous head, root, block)). */
export function headAfter(previous: Hex, root: Hex, block: bigint): Hex {
  return bytesToHex(keccak(new ByteWriter(96).bytes(hexToBytes(previous)).bytes(hexToBytes(root)).word(block).done()))
}
