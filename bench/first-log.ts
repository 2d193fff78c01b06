// From the spawn of `berth run` to the first byte of the container's output, beside `docker run` of the same image on the same engine and network.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { loadNow, type Spread, spreadOf } from "./support/figures.ts"
import { BERTH, World } from "./support/world.ts"

const ROUNDS = 20
/** Of the brief ones. */
const BRIEF_ROUNDS = 10
const WARM_UP = 3
const BAR_MS = 250
const COMMAND = ["sh", "-c", "echo hello; sleep 0.5"]
const BRIEF = ["sh", "-c", "echo hello"]
/** What a run leaves to do to node and engine (last receipt, clean-up) must not slow the next one. */
const SETTLE_MS = 500

export interface FirstLog {
  readonly berthMs: Spread
  readonly dockerMs: Spread
  /** `docker run` with the restrictions that a lease has: init, no capabilities, limits, a volume. */
  readonly dockerConfinedMs: Spread
  /** A container that exits at once: the engine then serves its log only after the end, while `docker run` is attached. */
  readonly brief: { readonly berthMs: Spread; readonly dockerMs: Spread }
  /** p50 of berth minus p50 of docker run. */
  readonly overheadMs: number
  readonly barMs: number
  readonly load: number
}

export async function measureFirstLog(): Promise<FirstLog> {
  const world = await World.start()
  try {
    const node = await world.node()
    const { env } = await world.tenant()
    const berth = [BERTH, "run", world.image]
    const network = ["--network", `berth-${world.instance}`, "--dns", "1.1.1.1", "--dns", "9.9.9.9"]
    const docker = ["-H", `unix://${world.engine.socketPath}`, "run", "--rm", ...network]
    const confined = ["--init", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", "512", "--cpus", "1"]
    const limits = ["--memory", "256m", "--memory-swap", "256m", "--log-driver", "json-file", "-v", "/out"]
    const contenders = {
      berth: () => firstByte(process.execPath, [...berth, ...COMMAND], env),
      docker: () => firstByte("docker", [...docker, world.image, ...COMMAND]),
      confined: () => firstByte("docker", [...docker, ...confined, ...limits, world.image, ...COMMAND]),
    }
    const briefs = {
      berth: () => firstByte(process.execPath, [...berth, ...BRIEF], env),
      docker: () => firstByte("docker", [...docker, world.image, ...BRIEF]),
    }
    const long = await interleave(contenders, ROUNDS)
    const brief = await interleave(briefs, BRIEF_ROUNDS)
    if (process.argv.includes("--log")) console.log(readFileSync(node.log, "utf8"))
    return {
      ...{ berthMs: long.berth, dockerMs: long.docker, dockerConfinedMs: long.confined },
      brief: { berthMs: brief.berth, dockerMs: brief.docker },
      overheadMs: Math.round((long.berth.p50 - long.docker.p50) * 10) / 10,
      barMs: BAR_MS,
      load: loadNow(),
    }
  } finally {
    await world.close()
  }
}

/** Runs them in turn, each one first in its turn, so that what slows the machine slows all. */
async function interleave<K extends string>(
  contenders: Readonly<Record<K, () => Promise<number>>>,
  rounds: number,
): Promise<Record<K, Spread>> {
  const names = Object.keys(contenders) as K[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>
  for (let round = 0; round < WARM_UP + rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length]!
      const ms = await contenders[name]()
      if (round >= WARM_UP) times[name].push(ms)
      await new Promise((r) => setTimeout(r, SETTLE_MS))
    }
  return Object.fromEntries(names.map((name) => [name, spreadOf(times[name])])) as Record<K, Spread>
}

/** Milliseconds from before the spawn to the first byte on standard output; the program must then end well. */
async function firstByte(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<number> {
  const started = performance.now()
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...(env && { env }) })
  let ms: number | undefined
  let errors = ""
  child.stdout.on("data", () => {
    ms ??= performance.now() - started
  })
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text
  })
  const [code] = await once(child, "close")
  if (code !== 0 || ms === undefined) throw new Error(`${program} ${args.join(" ")} ended with code ${code}: ${errors}`)
  return ms
}

if (import.meta.main) console.log(JSON.stringify(await measureFirstLog(), null, 2))
