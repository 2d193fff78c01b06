// `npm run bench:gas`: measures every flow; writes results.json and repricing.json (the same bytes in every run) and draws gas.svg from
// them; exits 1 if a bar is missed.
import { writeFileSync } from "node:fs"
import { writeReport } from "../support/write-report.ts"
import { judge } from "./bars.ts"
import * as flows from "./flows.ts"
import { type Measured, shareOf, sumOf, type Taken } from "./measure.ts"
import { months, PEERS } from "./peers.ts"
import { draw } from "./picture.ts"
import { type Repriced, repriced } from "./repricing.ts"
import { claimFlow, refundFlow, reserveFlow, transferFlow } from "./reservation-flows.ts"
import { listedFlow, settleFlow, settleMaxFlow } from "./settle-flows.ts"

const taken: Record<string, Taken> = {
  deposit: await flows.depositFlow(),
  "open-tab": await flows.openTabFlow(),
  "deposit-open": await flows.depositOpenFlow(),
  "top-up": await flows.topUpFlow(),
  "settle-1": await settleFlow(1, 1),
  "settle-10": await settleFlow(1, 10),
  "settle-100": await settleFlow(1, 100),
  "settle-500": await settleFlow(1, 500),
  "settle-max": await settleMaxFlow(1_360),
  "settle-10x10": await settleFlow(10, 10),
  "settle-100-listed": await listedFlow(),
  "close-tab": await flows.closeTabFlow(),
  "close-timed": await flows.closeTimedFlow(),
  withdraw: await flows.withdrawFlow(),
  stake: await flows.stakeFlow(),
  reserve: await reserveFlow(),
  "claim-1": await claimFlow(1),
  "claim-30": await claimFlow(30),
  transfer: await transferFlow(),
  refund: await refundFlow(),
  "open-order": await flows.openOrderFlow(),
  "claim-order": await flows.claimOrderFlow(),
  "anchor-0": await flows.anchorFlow(0),
  "anchor-100": await flows.anchorFlow(100),
  "anchor-1000": await flows.anchorFlow(1000),
}
// A new tenant's month: from nothing to a tab, thirty days as one of a hundred in the recorder's batch, closed, the rest taken home.
const day = shareOf(taken["settle-100"]!)
const monthParts = [taken["deposit-open"]!, ...Array<Taken>(30).fill(day), taken["close-tab"]!, taken.withdraw!]
taken.month = sumOf(1, monthParts)

const results: Record<string, Measured> = {}
const then: Record<string, Repriced> = {}
for (const [flow, all] of Object.entries(taken)) {
  const { rewritten, fresh, ...measured } = all
  results[flow] = measured
  then[flow] = repriced(all)
}
write("results.json", `${JSON.stringify(results, null, 2)}\n`)
write("repricing.json", `${JSON.stringify(then, null, 2)}\n`)
write("gas.svg", draw(results))
writeReport()

const flowTable = Object.entries(results).map(([flow, measured]) => ({ flow, ...measured, "computed, repriced": then[flow]!.gasPerItem }))
const ours = results["settle-100"]!.gasPerItem
console.table(flowTable)
console.table(PEERS.map(([item, gas, bytes]) => ({ "one item": item, gas, bytes, "times ours": Math.round((gas / ours) * 100) / 100 })))
console.table(months(results))
const judged = judge(results)
console.table(judged)
if (judged.some(({ holds }) => !holds)) {
  console.error("A bar is missed: see above. What the flows do: bench/gas/*flows.ts. The bars: bench/gas/bars.ts, docs/contracts.md.")
  process.exit(1)
}
process.exit(0)

function write(name: string, text: string): void {
  writeFileSync(new URL(name, import.meta.url), text)
}
