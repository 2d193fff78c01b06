import { readFileSync, writeFileSync } from "node:fs"

/** What a runner counted: it writes this to the file that BERTH_TEST_COUNTS names, when its tests have ended. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly skippedTitles: readonly string[]
  /** Title and what was wrong, a line each. */
  readonly failures: readonly string[]
}

/** A failure on one line of at most 300 characters. */
export function failureLine(title: string, message: string): string {
  return `${title}: ${message.replace(/\s+/g, " ")}`.slice(0, 300)
}

/** Writes a runner's counts. */
export function writeCounts(file: string, counts: Counts): void {
  writeFileSync(file, JSON.stringify(counts))
}

/** Reads a runner's counts. Throws when there are none, or not in the form: a run that nobody counted has failed. */
export function readCounts(file: string): Counts {
  return checkCounts(JSON.parse(readFileSync(file, "utf8")))
}

/** Throws when a count is missing or is no count. */
export function checkCounts(value: Partial<Record<keyof Counts, unknown>>): Counts {
  const count = (name: "passed" | "failed" | "skipped") => {
    const n = value[name]
    if (typeof n !== "number" || !Number.isInteger(n) || n < 0) throw new Error(`a runner's count of ${name} tests is ${n}`)
    return n
  }
  const lines = (name: "skippedTitles" | "failures") => (Array.isArray(value[name]) ? value[name].map(String) : [])
  return {
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    skippedTitles: lines("skippedTitles"),
    failures: lines("failures"),
  }
}
