// `npm run bench:gas`: measures every flow, writes results.json (the same bytes in every run), exits 1 if a bar is missed.
import { writeFile } from "node:fs/promises"
import { anchorFlow, closeTabFlow, depositOpenFlow, type Measured, openTabFlow, settleFlow, withdrawFlow } from "./flows.ts"
import { printPeers } from "./peers.ts"
import { claimFlow, refundFlow, reserveFlow, transferFlow } from "./reservation-flows.ts"

const results: Record<string, Measured> = {
  "settle-1": await settleFlow(1, 1),
  "settle-10": await settleFlow(1, 10),
  "settle-100": await settleFlow(1, 100),
  "settle-10x10": await settleFlow(10, 10),
  "open-tab": await openTabFlow(),
  "deposit-open": await depositOpenFlow(),
}
const anchors = [0, 100, 1000]
const anchorBars: [string, number, number][] = []
for (const count of anchors) {
  const { recordBytes, ...measured } = await anchorFlow(count)
  results[`anchor-${count}`] = measured
  anchorBars.push([`anchor-${count}: gas`, measured.gas, 32_000 + 42 * recordBytes])
}
results["close-tab"] = await closeTabFlow()
results.withdraw = await withdrawFlow()
results.reserve = await reserveFlow()
results["claim-1"] = await claimFlow(1)
results["claim-30"] = await claimFlow(30)
results.transfer = await transferFlow()
results.refund = await refundFlow()

await writeFile(new URL("results.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`)

console.table(results)
printPeers(results["settle-100"]!, results["settle-10x10"]!)

const settle = results["settle-100"]!
const bars: [string, number, number][] = [
  ["settle-100: gas a tab", settle.gasPerItem, 13_500],
  ["settle-100: bytes a tab", settle.bytesPerItem, 116],
  ["open-tab: gas", results["open-tab"]!.gas, 85_000],
  ["deposit-open: gas", results["deposit-open"]!.gas, 205_000],
  ...anchorBars,
  ["reserve: gas", results.reserve.gas, 215_000],
  ["claim-30: gas", results["claim-30"].gas, 90_000],
]
console.table(bars.map(([bar, measured, limit]) => ({ bar, measured, limit, holds: measured <= limit })))
if (bars.some(([, measured, limit]) => measured > limit)) {
  console.error("A bar is missed: see above. What the flows do: bench/gas/flows.ts. The bars: docs/contracts.md.")
  process.exit(1)
}
process.exit(0)
