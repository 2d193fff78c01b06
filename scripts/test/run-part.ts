import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Counts, readCounts } from "./counts.ts"
import type { Part } from "./groups.ts"

const root = join(import.meta.dirname, "../..")

/** Time that a runner has to end by itself once its tests have ended. More means that something was left open: a bug. */
const END_MS = 30_000

export interface PartRun {
  readonly child: ChildProcess
  /** What it and its children said so far; empty when it is shown as it comes. */
  said(): string
  /** Its counts, once it has ended. Whatever can't be counted is a failure. */
  readonly counts: Promise<Counts>
}

/**
 * Runs one part.
 * @param live its output is shown as it comes; else it is kept, in a file: something that a test left open must not be waited for
 */
export function runPart(part: Part, live: boolean): PartRun {
  const dir = mkdtempSync(join(tmpdir(), "berth-test-"))
  const file = join(dir, "counts.json")
  const output = join(dir, "output")
  // Tests start hundreds of Node processes, which then need half the time to load the same few hundred modules.
  const env = { NODE_COMPILE_CACHE: join(root, ".berth/compile-cache"), ...process.env, BERTH_TEST_COUNTS: file }
  const fd = openSync(output, "a")
  const stdio = live ? ("inherit" as const) : ["ignore" as const, fd, fd]
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...part.args], { cwd: root, env, stdio })
  closeSync(fd)
  let said: string | undefined
  const counted = watch(child, part, file).then((complaint) => {
    const counts = countsOf(file, complaint)
    said = readFileSync(output, "utf8")
    rmSync(dir, { recursive: true, force: true })
    return counts
  })
  return { child, counts: counted, said: () => said ?? readFileSync(output, "utf8") }
}

function countsOf(file: string, complaint: string | undefined): Counts {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0, skippedTitles: [], failures: [] }
  let wrong = complaint
  try {
    counts = readCounts(file)
  } catch (error) {
    wrong ??= `its tests were not counted (${(error as Error).message})`
  }
  // One more beyond those that the runner counted, or the part would seem to have failed of a test.
  return wrong ? { ...counts, failed: counts.failed + 1, failures: [...counts.failures, wrong] } : counts
}

/** Waits for the runner's end. Gives what was wrong with it, beyond what it counted itself. */
function watch(child: ChildProcess, part: Part, file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let complaint: string | undefined
    const end = (why: string) => {
      complaint = why
      child.kill("SIGKILL")
    }
    const limit = setTimeout(() => end(`it did not end within ${part.limitMs / 60_000} minutes`), part.limitMs)
    let countedAt = 0
    const look = setInterval(() => {
      if (!isCounted(file)) return
      countedAt ||= performance.now()
      if (performance.now() - countedAt > END_MS) end("all tests ended, but something that they left open kept the process alive")
    }, 1_000)
    const over = (why: string | undefined) => {
      clearTimeout(limit)
      clearInterval(look)
      resolve(why)
    }
    child.on("error", (error) => over(`its runner did not start (${error.message})`))
    child.on("exit", (code, signal) => {
      const lying = code !== 0 && isCounted(file) && readCounts(file).failed === 0
      over(complaint ?? (lying ? `its runner ended with ${signal ?? `exit ${code}`} though no test failed` : undefined))
    })
  })
}

function isCounted(file: string): boolean {
  try {
    readCounts(file)
    return true
  } catch {
    return false
  }
}
