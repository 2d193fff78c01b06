import { type Bundle, hexToBytes, type SettlementLine } from "@berth/protocol"

/** The last receipt of each tab in a bundle, as `settle` takes them: one pays for all before it. */
export function linesOfBundle(bundle: Bundle): SettlementLine[] {
  return bundle.tabs.flatMap(({ node, statements }) => {
    const [last] = statements.toSorted((a, b) => b.seq - a.seq)
    if (!last) return []
    const { day, gpuMs, amount, recordsHash, signerSignature } = last
    return [{ receipt: { node, day, gpuMs, amount, recordsHash: hexToBytes(recordsHash) }, countersignature: hexToBytes(signerSignature) }]
  })
}
