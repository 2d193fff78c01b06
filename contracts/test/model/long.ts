// npm run test:model: the model against the contracts on many random days. MODEL_DAYS (10,000), MODEL_SEED (a word; with one, MODEL_DAYS
// is one world's and only that one is played).
import hre from "hardhat"
import { noCounts, play } from "./play.ts"
import { neglected, report } from "./report.ts"

const DAYS_A_WORLD = 50
const days = Number(process.env.MODEL_DAYS ?? 10_000)
const seed = process.env.MODEL_SEED
const began = Date.now()
const counts = noCounts()

await hre.tasks.getTask("build").run({ quiet: true, noTests: true })
if (seed) await play(seed, Math.min(days, DAYS_A_WORLD), counts)
else {
  for (let n = 0; counts.days < days; n++) {
    await play(`long ${n}`, Math.min(DAYS_A_WORLD, days - counts.days), counts)
    if (n % 20 === 19) console.log(`${counts.days} days, ${Math.round((Date.now() - began) / 1000)} s`)
  }
}
console.log(`${report(counts)}\n${Math.round((Date.now() - began) / 1000)} s, seeds "long 0" and on, ${DAYS_A_WORLD} days each`)
const missed = neglected(counts, 100)
if (!seed && missed.length > 0) {
  console.error(`too few calls, or fewer than one in five done: ${missed.join(", ")}`)
  process.exit(1)
}
