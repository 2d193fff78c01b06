// `npm run test:mutation`: changes the contracts one place at a time and sees whether the tests notice.
//   --seed 202611 --percent 8   which mutants: one of each operator in each file, and a part of the others
//   --survivors                 runs those again that survived (after a test was added), instead of all
//   --list                      prints them and runs none
// Stopped and started again, it goes on where it was. What it does: README.md here.
import { parseArgs } from "node:util"
import type { Mutant } from "./candidates.ts"
import { confirm } from "./confirm.ts"
import { Journal } from "./journal.ts"
import { runPool } from "./pool.ts"
import { report } from "./report.ts"
import { select } from "./select.ts"
import { Sources } from "./sources.ts"
import { Workplace } from "./workplace.ts"

const { values } = parseArgs({
  options: {
    percent: { type: "string", default: "8" },
    seed: { type: "string", default: "202611" },
    survivors: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
})
const seed = Number(values.seed)
const sources = new Sources()
const all = sources.mutants()
const mutants = select(all, Number(values.percent), seed)
console.log(`${mutants.length} mutants of ${all.length} possible ones, seed ${seed}`)
if (values.list) {
  for (const { file, line, operator, original, mutated } of mutants)
    console.log(`${file}:${line} ${operator}\n  - ${original}\n  + ${mutated}`)
  process.exit(0)
}
const journal = new Journal(sources)
if (values.survivors) journal.forgetSurvivors()

console.log("building the contracts unmutated, without viaIR, and running mocha's tests on them")
const fast = [Workplace.make("0", "fast"), Workplace.make("1", "fast")] as const
await fast[0].build()
await fast[1].build(fast[0])
const baseline = await fast[0].mocha([], false)
if (!baseline || baseline.failed.length > 0 || baseline.passed === 0) {
  throw new Error(`The suite must pass before it can judge a mutant. It fails: ${JSON.stringify(baseline?.failed ?? "out of time")}`)
}
console.log(`unmutated: ${baseline.passed} tests pass`)

let done = 0
const todo = mutants.filter(({ id }) => !journal.get(id))
await runPool(fast, todo, testFilesFor, (mutant, outcome) => {
  journal.add(mutant, outcome)
  console.log(
    `${++done}/${todo.length} ${outcome.status} ${mutant.file}:${mutant.line} ${mutant.operator}: ${mutant.mutated.slice(0, 80)}  [${outcome.by ?? ""}]`,
  )
})
await confirm(mutants, journal)
report({ seed, mutants, possible: all.length, journal })

/** First the files that have killed mutants of this contract before, then the quick ones. */
function testFilesFor(mutant: Mutant): string[] {
  const kills = journal.killsByTestFile(mutant.file)
  const files = Object.entries(baseline!.durations)
  return files.sort(([a, msA], [b, msB]) => (kills.get(b) ?? 0) / msB - (kills.get(a) ?? 0) / msA || msA - msB).map(([file]) => file)
}
