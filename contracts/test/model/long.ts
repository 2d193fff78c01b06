// npm run test:model: the model against the contracts on many random days. MODEL_DAYS (10,000), MODEL_FROM (the first
// world's number, so that several processes can share the work), MODEL_SEED (a world's name: only that one is played).
import hre from "hardhat"
import { noCounts, play } from "./play.ts"
import { neglected, report } from "./report.ts"

const DAYS_A_WORLD = 50
const counts = noCounts()
let failures = 0

// Hardhat loads every file of the folder as a test when none is named.
if (import.meta.main) await main()

async function main(): Promise<void> {
  const days = Number(process.env.MODEL_DAYS ?? 10_000)
  const first = Number(process.env.MODEL_FROM ?? 0)
  const seed = process.env.MODEL_SEED
  const began = Date.now()

  await hre.tasks.getTask("build").run({ quiet: true, noTests: true })

  if (seed) await attempt(seed, Math.min(days, DAYS_A_WORLD))
  else {
    for (let n = first; counts.days < days && failures < 10; n++) {
      await attempt(`long ${n}`, Math.min(DAYS_A_WORLD, days - counts.days))
      if (n % 20 === 19) console.log(`${counts.days} days, ${Math.round((Date.now() - began) / 1000)} s`)
    }
  }
  console.log(`${report(counts)}\n${Math.round((Date.now() - began) / 1000)} s, seeds "long ${first}" and on, ${DAYS_A_WORLD} days each`)
  const missed = neglected(counts, counts.days / 200)
  if (!seed && missed.length > 0) {
    console.error(`too few calls, or fewer than one in five done: ${missed.join(", ")}`)
    failures++
  }
  process.exit(failures > 0 ? 1 : 0)
}

/** A world in which the two differ is told, with its seed, and the next one is played. */
async function attempt(world: string, dayCount: number): Promise<void> {
  try {
    await play(world, dayCount, counts)
  } catch (error) {
    console.error((error as Error).message)
    failures++
  }
}
