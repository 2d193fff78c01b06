import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ROOT } from "../mutation/sources.ts"
import type { Measured } from "./measure.ts"
import type { Point } from "./points.ts"

const VERDICTS = join(import.meta.dirname, "verdicts.json")
const BAR = 0.98

export interface Share {
  covered: number
  total: number
}

interface FileCoverage {
  lines: Share
  branches: Share
}

interface Uncovered extends Omit<Point, "hit" | "without"> {
  key: string
  verdict: string
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

export function sum(shares: readonly Share[]): Share {
  return { covered: shares.reduce((n, { covered }) => n + covered, 0), total: shares.reduce((n, { total }) => n + total, 0) }
}

/** Prints table and list; `keep`: writes results.json and sets the exit code too. */
export function report({ points, reached, suites }: Measured, keep: boolean): void {
  const verdicts: Record<string, string> = existsSync(VERDICTS) ? JSON.parse(readFileSync(VERDICTS, "utf8")) : {}
  const byFile = coverageByFile(points, reached)
  const lines = sum(Object.values(byFile).map((file) => file.lines))
  const branches = sum(Object.values(byFile).map((file) => file.branches))
  const keys = keysOf(points)
  const uncovered: Uncovered[] = points.flatMap(({ hit, without, ...point }, i) =>
    reached.has(i) ? [] : [{ ...point, key: keys[i]!, verdict: verdicts[keys[i]!] ?? "" }],
  )
  const failed = Object.values(suites)
    .flatMap((suite) => suite.failed)
    .map(({ test, reason }) => ({ test, reason, verdict: verdicts[test] ?? "" }))
  const result = {
    command: "npm run coverage:contracts",
    date: new Date().toISOString(),
    commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    tests: Object.fromEntries(Object.entries(suites).map(([name, { passed, failed }]) => [name, { passed, failed: failed.length }])),
    lines: { ...lines, share: shareOf(lines) },
    branches: { ...branches, share: shareOf(branches) },
    byFile,
    uncovered: uncovered.map(({ key, ...point }) => point),
    failedOnCopies: failed,
  }
  console.table(Object.fromEntries(Object.entries(byFile).map(([file, share]) => [file.replace("contracts/src/", ""), row(share)])))
  for (const point of uncovered)
    console.log(`not reached: ${point.file}:${point.line} ${point.arm ?? "line"}: ${point.text}\n  ${point.verdict || asked(point.key)}`)
  for (const { test, reason, verdict } of failed) console.log(`failed on the copies: ${test} (${reason})\n  ${verdict || asked(test)}`)
  const stale = Object.keys(verdicts).filter(
    (key) => ![...uncovered.map((point) => point.key), ...failed.map(({ test }) => test)].includes(key),
  )
  if (keep) for (const key of stale) console.log(`a verdict on nothing: take it out of verdicts.json: ${JSON.stringify(key)}`)
  console.log(`lines ${percent(lines)}, branches ${percent(branches)}`)
  if (!keep) return
  writeFileSync(join(import.meta.dirname, "results.json"), `${JSON.stringify(result, null, 2)}\n`)
  const judged = stale.length === 0 && [...uncovered, ...failed].every(({ verdict }) => verdict !== "")
  process.exitCode = lines.total > 0 && branches.total > 0 && shareOf(lines) >= BAR && shareOf(branches) >= BAR && judged ? 0 : 1
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
