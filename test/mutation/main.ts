// `npm run test:mutation`: changes the contracts one place at a time and sees whether the tests notice.
//   --seed 202611 --percent 0   which mutants: one of each operator in each file, and a part of the others
//   --workers 2                 how many processes
//   --survivors                 runs those again that survived (after a test was added), instead of all
//   --report                    runs none, writes results.json from what has been run
//   --list                      prints them and runs none
// Stopped and started again, it goes on where it was. What it does: README.md here.
import { globSync } from "node:fs"
import { parseArgs } from "node:util"
import type { Mutant } from "./candidates.ts"
import { confirm } from "./confirm.ts"
import { Journal } from "./journal.ts"
import { layUnmutated } from "./lay.ts"
import { runPool } from "./pool.ts"
import { report } from "./report.ts"
import { select } from "./select.ts"
import { ROOT, Sources } from "./sources.ts"
import { escapeRegExp, Workplace } from "./workplace.ts"

const { values } = parseArgs({
  options: {
    percent: { type: "string", default: "0" },
    seed: { type: "string", default: "202611" },
    workers: { type: "string", default: "2" },
    survivors: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
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
if (values.report) {
  report({ seed, mutants, possible: all.length, journal })
  process.exit()
}
if (values.survivors) journal.forgetSurvivors()

console.log("building the contracts unmutated and running mocha's tests on them")
const workplaces = Array.from({ length: Number(values.workers) }, (_, i) => Workplace.make(`mocha-${i}`))
const testFiles = globSync("contracts/test/**/*.test.ts", { cwd: ROOT })
const profiles = await layUnmutated(sources, workplaces)
const baseline = await workplaces[0]!.mocha({ files: testFiles })
if (!baseline || baseline.passed.length === 0) throw new Error(`The suite did not run: see ${workplaces[0]!.path}/suite.log`)
// Some tests want what only Hardhat's own build gives (names of errors in its messages, sizes, gas): they wait for the second phase.
const unfit = baseline.failed.map(({ test }) => escapeRegExp(test.slice(test.indexOf(": ") + 2))).join("|")
for (const { test, reason } of baseline.failed) console.log(`not used before the second phase: ${test} (${reason})`)
console.log(`unmutated: ${baseline.passed.length} tests pass; compiled as ${JSON.stringify(profiles)}`)

let done = 0
const todo = mutants.filter(({ id }) => !journal.get(id))
await runPool(workplaces, { profiles, unfit }, todo, testFilesFor, (mutant, outcome) => {
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
