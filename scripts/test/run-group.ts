import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Counts, readCounts } from "./counts.ts"
import type { Group } from "./groups.ts"

const root = join(import.meta.dirname, "../..")

/** Time that a runner has to end by itself once its tests have ended. More means that something was left open: a bug. */
const END_MS = 30_000

/** Runs one group, its output shown as it comes, and gives its counts. Whatever can't be counted is a failure. */
export async function runGroup(group: Group, onStart: (child: ChildProcess) => void): Promise<Counts> {
  const dir = mkdtempSync(join(tmpdir(), "berth-test-"))
  const file = join(dir, "counts.json")
  const env = { ...process.env, BERTH_TEST_COUNTS: file }
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...group.args], { cwd: root, env, stdio: "inherit" })
  onStart(child)
  const complaint = await watch(child, group, file)
  const counts = countsOf(file, complaint)
  rmSync(dir, { recursive: true, force: true })
  return counts
}

function countsOf(file: string, complaint: string | undefined): Counts {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0, skippedTitles: [], failures: [] }
  let wrong = complaint
  try {
    counts = readCounts(file)
  } catch (error) {
    wrong ??= `its tests were not counted (${(error as Error).message})`
  }
  if (!wrong) return counts
  console.error(`This group failed: ${wrong}.`)
  // One more beyond those that the runner counted, or the group would seem to have failed of a test.
  return { ...counts, failed: counts.failed + 1, failures: [...counts.failures, wrong] }
}

/** Waits for the runner's end. Gives what was wrong with it, beyond what it counted itself. */
function watch(child: ChildProcess, group: Group, file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let complaint: string | undefined
    const end = (why: string) => {
      complaint = why
      child.kill("SIGKILL")
    }
    const limit = setTimeout(() => end(`it did not end within ${group.limitMs / 60_000} minutes`), group.limitMs)
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
