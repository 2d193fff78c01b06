// `npm start -- --once` as a new user has it: in a fresh clone of this commit, where everything is yet to be installed, and then again.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loadNow, stealSince } from "./support/figures.ts"

const COLD_BAR_S = 300
const WARM_BAR_S = 60
const WARM_RUNS = 3

export interface Start {
  readonly coldS: number
  readonly warmS: readonly number[]
  readonly coldBarS: number
  readonly warmBarS: number
  /** Of the cold run and each warm one: share of the machine's time that its host took for others. */
  readonly stolen: readonly (number | undefined)[]
  /** Before anything of this ran: it is itself the load of both cores. */
  readonly load: number
}

export async function measureStart(): Promise<Start> {
  const load = loadNow()
  const dir = mkdtempSync(join(tmpdir(), "berth-bench-start-"))
  try {
    const { status } = spawnSync("git", ["clone", "--quiet", join(import.meta.dirname, ".."), dir], { stdio: "inherit" })
    if (status !== 0) throw new Error("this repository could not be cloned")
    const runs = [await start(dir)]
    while (runs.length < 1 + WARM_RUNS) runs.push(await start(dir))
    const [coldS, ...warmS] = runs.map((run) => run.seconds) as [number, ...number[]]
    return { coldS, warmS, coldBarS: COLD_BAR_S, warmBarS: WARM_BAR_S, stolen: runs.map((run) => run.stolen), load }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Seconds from the command to its exit 0, all checks held. */
async function start(cwd: string): Promise<{ readonly seconds: number; readonly stolen: number | undefined }> {
  const stolen = stealSince()
  const began = performance.now()
  const child = spawn("npm", ["start", "--", "--once"], { cwd, stdio: ["ignore", "pipe", "inherit"] })
  let output = ""
  child.stdout.on("data", (chunk) => {
    output += chunk
  })
  const [code] = await once(child, "exit")
  if (code !== 0) throw new Error(`npm start ended with code ${code}:\n${output.slice(-2_000)}`)
  return { seconds: Math.round((performance.now() - began) / 100) / 10, stolen: stolen() }
}

if (import.meta.main) console.log(JSON.stringify(await measureStart(), null, 2))
