// `npm test`: every group of tests, as many parts of them at a time as the machine bears, with a container engine where one is needed. The last
// line counts them all.
import { join } from "node:path"
import { type Engine, findEngine } from "../engine/engine.ts"
import { buildBusyboxImage, buildWorkloadImage } from "../engine/images.ts"
import { needProgram } from "../engine/install.ts"
import { ticking } from "../engine/ticking.ts"
import type { Counts } from "./counts.ts"
import { allGroups, type Group, LEFT_OUT, type Need, type Part } from "./groups.ts"
import { Lanes, usualWidth } from "./lanes.ts"

const root = join(import.meta.dirname, "../..")
const total = { passed: 0, failed: 0, skipped: 0 }
let engine: Engine | undefined
let lanes: Lanes | undefined
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
  const parts = chosen.flatMap((group) => group.parts)
  const ended = ({ name }: Part, counts: Counts) => {
    total.passed += counts.passed
    total.failed += counts.failed
    total.skipped += counts.skipped
    skippedTitles.push(...counts.skippedTitles.map((title) => `${name}: ${title}`))
    failures.push(...counts.failures.map((line) => `${name}: ${line}`))
  }
  lanes = new Lanes(parts, { width: usualWidth(), say: (text) => console.log(text), ended })
  await lanes.run()
  if (interrupted) return
  console.log("\nLeft out:")
  for (const line of [...skippedTitles, ...LEFT_OUT]) console.log(`  ${line}`)
  if (failures.length === 0) return
  console.log("\nFailed:")
  for (const line of failures) console.log(`  ${line}`)
}

/** The groups and parts named on the command line; all when none is. */
function chosenGroups(args: readonly string[]): Group[] | undefined {
  const all = allGroups()
  const names = args.filter((arg) => arg !== "--no-install")
  const known = all.flatMap((group) => [group.name, ...group.parts.map((part) => part.name)])
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    console.error(`No such group of tests: ${unknown.join(", ")}. There are: ${[...new Set(known)].join(", ")}.`)
    total.failed++
    return undefined
  }
  if (names.length === 0) return all
  const partsOf = ({ name, parts }: Group) => (names.includes(name) ? parts : parts.filter((part) => names.includes(part.name)))
  return all.map((group) => ({ ...group, parts: partsOf(group) })).filter(({ parts }) => parts.length > 0)
}

/** Finds, installs or starts what the chosen groups need; false, having said why, when that can't be. */
async function haveAll(needs: ReadonlySet<Need>): Promise<boolean> {
  const install = !process.argv.includes("--no-install")
  const log = (line: string) => console.log(line)
  try {
    if (needs.has("postgres")) await needProgram("pg_ctlcluster", "postgresql", { install, log })
    if (!needs.has("engine")) return true
    engine = await findEngine({ install, dataDir: join(root, ".berth/engine"), log })
    // Here, not by the first two parts at a time that lack it.
    await buildWorkloadImage({ socketPath: engine.socketPath, install, log })
    await buildBusyboxImage({ socketPath: engine.socketPath, install, log })
  } catch (error) {
    console.error(`The tests run real containers and a real database. ${(error as Error).message}`)
    return false
  }
  process.env.DOCKER_HOST = `unix://${engine.socketPath}`
  console.log(`Container engine: ${engine.name} ${engine.version} on ${engine.socketPath}`)
  return true
}

/** Ends the parts that run; what comes after them is left out, and the engine that we started is stopped. */
async function interrupt(signal: NodeJS.Signals): Promise<void> {
  if (interrupted) {
    lanes?.stop("SIGKILL")
    process.exit(130)
  }
  interrupted = true
  if (!lanes) {
    await engine?.stop()
    process.exit(130)
  }
  // A terminal's Ctrl-C has reached them already.
  lanes.stop(signal === "SIGINT" ? undefined : signal)
  console.error("Stopping when the tests that run have cleaned up; once more stops at once.")
  setTimeout(() => lanes?.stop("SIGKILL"), 30_000).unref()
}
