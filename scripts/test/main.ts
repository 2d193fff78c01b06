// `npm test`: every group of tests in turn, with a container engine where one is needed. The last line counts them all.
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { type Engine, findEngine } from "../engine/engine.ts"
import { needProgram } from "../engine/install.ts"
import { ticking } from "../engine/ticking.ts"
import { allGroups, type Group, LEFT_OUT, type Need } from "./groups.ts"
import { runGroup } from "./run-group.ts"

const root = join(import.meta.dirname, "../..")
const total = { passed: 0, failed: 0, skipped: 0 }
let engine: Engine | undefined
let running: ChildProcess | undefined
let interrupted = false

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void interrupt(signal))
const groups = chosenGroups(process.argv.slice(2))
if (groups) await runAll(groups)
if (engine) await ticking(console.log, "the container engine stops", engine.stop())
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(interrupted ? 130 : total.failed > 0 || total.passed === 0 ? 1 : 0)

async function runAll(chosen: readonly Group[]): Promise<void> {
  if (!(await haveAll(new Set(chosen.flatMap((group) => group.needs))))) {
    total.failed++
    return
  }
  const skippedTitles: string[] = []
  const failures: string[] = []
  for (const group of chosen) {
    if (interrupted) return
    console.log(`\n=== ${group.name}`)
    const started = performance.now()
    const counts = await runGroup(group, (child) => {
      running = child
    })
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped += counts.skipped
    skippedTitles.push(...counts.skippedTitles.map((title) => `${group.name}: ${title}`))
    failures.push(...counts.failures.map((line) => `${group.name}: ${line}`))
    const seconds = Math.round((performance.now() - started) / 1_000)
    console.log(`=== ${group.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${seconds} s`)
  }
  console.log("\nLeft out:")
  for (const line of [...skippedTitles, ...LEFT_OUT]) console.log(`  ${line}`)
  if (failures.length === 0) return
  console.log("\nFailed:")
  for (const line of failures) console.log(`  ${line}`)
}

/** The groups named on the command line; all when none is. */
function chosenGroups(args: readonly string[]): Group[] | undefined {
  const all = allGroups()
  const names = args.filter((arg) => arg !== "--no-install")
  const unknown = names.filter((name) => !all.some((group) => group.name === name))
  if (unknown.length === 0) return names.length === 0 ? all : all.filter((group) => names.includes(group.name))
  console.error(`No such group of tests: ${unknown.join(", ")}. There are: ${all.map((group) => group.name).join(", ")}.`)
  total.failed++
  return undefined
}

/** Finds, installs or starts what the chosen groups need; false, having said why, when that can't be. */
async function haveAll(needs: ReadonlySet<Need>): Promise<boolean> {
  const install = !process.argv.includes("--no-install")
  const log = (line: string) => console.log(line)
  try {
    if (needs.has("postgres")) await needProgram("pg_ctlcluster", "postgresql", { install, log })
    if (!needs.has("engine")) return true
    engine = await findEngine({ install, dataDir: join(root, ".berth/engine"), log })
  } catch (error) {
    console.error(`The tests run real containers and a real database. ${(error as Error).message}`)
    return false
  }
  process.env.DOCKER_HOST = `unix://${engine.socketPath}`
  console.log(`Container engine: ${engine.name} ${engine.version} on ${engine.socketPath}`)
  return true
}

/** Ends the group that runs; what comes after it is left out, and the engine that we started is stopped. */
async function interrupt(signal: NodeJS.Signals): Promise<void> {
  if (interrupted) {
    running?.kill("SIGKILL")
    process.exit(130)
  }
  interrupted = true
  if (!running || running.exitCode !== null || running.signalCode !== null) {
    await engine?.stop()
    process.exit(130)
  }
  // A terminal's Ctrl-C has reached the group already.
  if (signal !== "SIGINT") running.kill(signal)
  console.error("Stopping when the test that runs has cleaned up; once more stops at once.")
  const hard = setTimeout(() => running?.kill("SIGKILL"), 30_000)
  await once(running, "exit")
  clearTimeout(hard)
}
