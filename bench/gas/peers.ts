import type { Measured } from "./flows.ts"

/**
 * What others take to settle one item, run on the same EVM (EDR) from their own sources, their neighbours mocked, so these are lower
 * bounds. Gas all in, divided by the items of the transaction; storage slots already non-zero.
 */
export const PEERS: readonly (readonly [string, number, number | string])[] = [
  ["x402 batch settlement, 100 vouchers", 19_682, 481],
  ["x402 batch settlement, co-signed", 22_009, 482],
  ["Sablier Flow, batch of 20 withdrawals", 36_183, 163],
  ["Livepeer, batch of 100 tickets", 59_884, 546],
  ["EigenLayer claim, depth 7", 83_196, 836],
  ["Filecoin Pay, settleRail", 94_426, 68],
  ["TAP v1 escrow, redeem", 103_430, 452],
  ["The Graph Horizon, collect", 144_426, 644],
]

export function printPeers(oneNode: Measured, tenNodes: Measured): void {
  console.table(
    [
      ["Berth, 100 tabs of one node", oneNode.gasPerItem, oneNode.bytesPerItem],
      ["Berth, 100 tabs of ten nodes", tenNodes.gasPerItem, tenNodes.bytesPerItem],
      ...PEERS,
    ].map(([settles, gas, bytes]) => ({
      "one item": settles,
      gas,
      bytes,
      "times ours": Math.round((Number(gas) / oneNode.gasPerItem) * 100) / 100,
    })),
  )
}
