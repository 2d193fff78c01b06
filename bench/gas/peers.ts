import type { Measured } from "./measure.ts"

/**
 * What others take to settle one item, run on the same EVM (EDR) from their own sources, their neighbours mocked, so these are lower
 * bounds. Gas all in, divided by the items of the transaction; storage slots already non-zero.
 */
export const PEERS: readonly (readonly [name: string, gas: number, bytes: number])[] = [
  ["x402 batch settlement, 100 vouchers", 19_682, 481],
  ["x402 batch settlement, co-signed", 22_009, 482],
  ["Sablier Flow, batch of 20 withdrawals", 36_183, 163],
  ["Livepeer, batch of 100 tickets", 59_884, 546],
  ["EigenLayer claim, depth 7", 83_196, 836],
  ["Filecoin Pay, settleRail", 94_426, 68],
  ["TAP v1 escrow, redeem", 103_430, 452],
  ["The Graph Horizon, collect", 144_426, 644],
]

/** Thirty settlements of each beside ours: theirs leave out what it takes to fund, open and close. */
export function months(results: Readonly<Record<string, Measured>>) {
  const ours = results["settle-100"]!.gasPerItem
  return [
    { month: "Berth: deposit, open, 30 settlements, close, withdraw", gas: results.month!.gas },
    { month: "Berth: the 30 settlements alone", gas: Math.round(30 * ours) },
    ...PEERS.map(([peer, gas]) => ({ month: `${peer}: 30 settlements alone`, gas: 30 * gas })),
  ]
}
