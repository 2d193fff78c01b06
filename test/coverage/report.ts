import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ROOT } from "../mutation/sources.ts"
import type { Measured } from "./measure.ts"
import type { Point } from "./points.ts"

const VERDICTS = join(import.meta.dirname, "verdicts.json")
const BAR = 0.98

interface Share {
  covered: number
  total: number
}

interface FileCoverage {
  lines: Share
  branches: Share
}

/** Lines and branch arms of each file. A line is covered when all that begins on it was reached. */
export function coverageByFile(points: readonly Point[], reached: ReadonlySet<number>): Record<string, FileCoverage> {
  const missed = new Set(points.filter((_, i) => !reached.has(i)))
  const byFile = Map.groupBy(points, ({ file }) => file)
  return Object.fromEntries(
    [...byFile].map(([file, of]) => {
      const lines = [
        ...Map.groupBy(
          of.filter(({ arm }) => arm === undefined),
          ({ line }) => line,
        ).values(),
      ]
      const arms = of.filter(({ arm }) => arm !== undefined)
      return [
        file,
        {
          lines: { covered: lines.filter((line) => !line.some((point) => missed.has(point))).length, total: lines.length },
          branches: { covered: arms.filter((arm) => !missed.has(arm)).length, total: arms.length },
        },
      ]
    }),
  )
}

function sum(shares: readonly Share[]): Share {
  return { covered: shares.reduce((n, { covered }) => n + covered, 0), total: shares.reduce((n, { total }) => n + total, 0) }
}

/** Prints table and list; `keep`: writes results.json and sets the exit code too. */
export function report({ points, reached, suites }: Measured, keep: boolean): void {
  const byFile = coverageByFile(points, reached)
  const lines = sum(Object.values(byFile).map((file) => file.lines))
  const branches = sum(Object.values(byFile).map((file) => file.branches))
  const { uncovered, failed, stale } = judge(points, reached, suites)
  console.table(Object.fromEntries(Object.entries(byFile).map(([file, share]) => [file.replace("contracts/src/", ""), row(share)])))
  for (const { key, file, line, arm, text, verdict } of uncovered)
    console.log(`not reached: ${file}:${line} ${arm ?? "line"}: ${text}\n  ${verdict || asked(key)}`)
  for (const { test, reason, verdict } of failed) console.log(`failed on the copies: ${test} (${reason})\n  ${verdict || asked(test)}`)
  if (keep) for (const key of stale) console.log(`a verdict on nothing: take it out of verdicts.json: ${JSON.stringify(key)}`)
  console.log(`lines ${percent(lines)}, branches ${percent(branches)}`)
  if (!keep) return
  const result = {
    command: "npm run coverage:contracts",
    date: new Date().toISOString(),
    commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    tests: Object.fromEntries(
      Object.entries(suites).map(([name, { passed, failed }]) => [name, { passed: passed.length, failed: failed.length }]),
    ),
    lines: { ...lines, share: shareOf(lines) },
    branches: { ...branches, share: shareOf(branches) },
    byFile,
    uncovered: uncovered.map(({ key, ...point }) => point),
    failedOnCopies: failed,
  }
  writeFileSync(join(import.meta.dirname, "results.json"), `${JSON.stringify(result, null, 2)}\n`)
  const judged = stale.length === 0 && [...uncovered, ...failed].every(({ verdict }) => verdict !== "")
  const enough = [lines, branches].every((share) => share.total > 0 && shareOf(share) >= BAR)
  process.exitCode = enough && judged ? 0 : 1
}

/** What was not reached and which tests failed, with what verdicts.json says of each, and of what else it speaks. */
function judge(points: readonly Point[], reached: ReadonlySet<number>, suites: Measured["suites"]) {
  const verdicts: Record<string, string> = existsSync(VERDICTS) ? JSON.parse(readFileSync(VERDICTS, "utf8")) : {}
  const keys = keysOf(points)
  const uncovered = points.flatMap(({ hit, without, ...point }, i) =>
    reached.has(i) ? [] : [{ ...point, key: keys[i]!, verdict: verdicts[keys[i]!] ?? "" }],
  )
  const failures = Object.values(suites).flatMap((suite) => suite.failed)
  const failed = failures.map(({ test, reason }) => ({ test, reason, verdict: verdicts[test] ?? "" }))
  const spokenOf = new Set([...uncovered.map(({ key }) => key), ...failed.map(({ test }) => test)])
  return { uncovered, failed, stale: Object.keys(verdicts).filter((key) => !spokenOf.has(key)) }
}

/** Without the number of the line, so that a verdict stays when the file grows above it; the second of the same text is `(2)`. */
function keysOf(points: readonly Point[]): string[] {
  const times = new Map<string, number>()
  return points.map(({ file, arm, text }) => {
    const key = `${file}: ${text} => ${arm ?? "line"}`
    times.set(key, (times.get(key) ?? 0) + 1)
    return times.get(key) === 1 ? key : `${key} (${times.get(key)})`
  })
}

const asked = (key: string) => `no verdict yet: add it to verdicts.json as ${JSON.stringify(key)}`
const shareOf = ({ covered, total }: Share) => Math.floor((covered / total) * 10_000) / 10_000
const percent = (share: Share) => `${share.covered} of ${share.total} (${(shareOf(share) * 100).toFixed(2)} %)`
const row = ({ lines, branches }: FileCoverage) => ({
  lines: `${lines.covered}/${lines.total}`,
  branches: `${branches.covered}/${branches.total}`,
})
