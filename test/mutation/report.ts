import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Mutant } from "./candidates.ts"
import type { Journal } from "./journal.ts"
import { ROOT } from "./sources.ts"

const VERDICTS = join(import.meta.dirname, "verdicts.json")
const BAR = 0.95

/** Writes results.json, prints a table, and sets the exit code: 1 under the bar, or when a survivor has no verdict. */
export function report({
  seed,
  mutants,
  possible,
  journal,
}: {
  seed: number
  mutants: readonly Mutant[]
  possible: number
  journal: Journal
}): void {
  const verdicts: Record<string, string> = existsSync(VERDICTS) ? JSON.parse(readFileSync(VERDICTS, "utf8")) : {}
  const ran = mutants
    .filter(({ id }) => journal.get(id))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((mutant) => ({ ...mutant, outcome: journal.get(mutant.id)! }))
  const counted = ran.filter(({ outcome }) => outcome.status !== "notCompiled")
  const survivors = counted
    .filter(({ outcome }) => outcome.status.startsWith("survived"))
    .map(({ file, line, operator, original, mutated }) => ({
      file,
      line,
      operator,
      original,
      mutated,
      verdict: verdicts[verdictKey(file, original, mutated)] ?? "",
    }))
  const killed = counted.length - survivors.length
  const result = {
    command: "npm run test:mutation",
    seed,
    date: new Date().toISOString(),
    commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    possible,
    mutants: counted.length,
    killed,
    survived: survivors.length,
    notCompiled: ran.length - counted.length,
    notRun: mutants.length - ran.length,
    // Passed mocha's tests and not yet seen by Solidity's: counted as survived.
    notConfirmed: counted.filter(({ outcome }) => outcome.status === "survivedMocha").length,
    killedByTime: counted.filter(({ outcome }) => outcome.by === "time").length,
    share: Math.round((killed / counted.length) * 10_000) / 10_000,
    byOperator: tally(counted, ({ operator }) => operator),
    byFile: tally(counted, ({ file }) => file),
    survivors,
    all: ran.map(({ file, line, operator, mutated, outcome }) => ({
      file,
      line,
      operator,
      mutated,
      status: outcome.status,
      by: outcome.by,
    })),
  }
  writeFileSync(join(import.meta.dirname, "results.json"), `${JSON.stringify(result, null, 2)}\n`)
  console.table(result.byOperator)
  console.table(result.byFile)
  for (const { file, line, original, mutated, verdict } of survivors) {
    console.log(
      `survived: ${file}:${line}\n  - ${original}\n  + ${mutated}\n  ${verdict || `no verdict yet: add it to verdicts.json as ${JSON.stringify(verdictKey(file, original, mutated))}`}`,
    )
  }
  console.log(`${killed} of ${counted.length} mutants killed (${(result.share * 100).toFixed(1)} %), ${result.notCompiled} did not compile`)
  process.exitCode = result.share >= BAR && result.notRun === 0 && survivors.every(({ verdict }) => verdict !== "") ? 0 : 1
}

function verdictKey(file: string, original: string, mutated: string): string {
  return `${file}: ${original} => ${mutated}`
}

interface Tally {
  mutants: number
  killed: number
}

function tally<T extends { outcome: { status: string } }>(ran: readonly T[], key: (item: T) => string): Record<string, Tally> {
  const groups = [...Map.groupBy(ran, key)].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    groups.map(([name, items]) => [
      name,
      { mutants: items.length, killed: items.filter(({ outcome }) => outcome.status === "killed").length },
    ]),
  )
}
