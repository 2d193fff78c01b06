import { type Bundle, hexToBytes, type SettlementLine } from "@berth/protocol"

/** The lines that settle a bundle: the last statement of each tab, which is all that it owes. */
export function settlementOf(bundle: Bundle): SettlementLine[] {
  return bundle.tabs.map(({ node, statements }) => {
    const { day, gpuMs, amount, recordsHash, signerSignature } = statements.at(-1)!
    return {
      receipt: { node, day, gpuMs, amount, recordsHash: hexToBytes(recordsHash) },
      countersignature: hexToBytes(signerSignature),
    }
  })
}
