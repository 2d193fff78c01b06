// From the spawn of `berth run` to the first byte of the container's output, beside `docker run` of the same image on the same engine and network.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { loadNow, type Spread, spreadOf } from "./support/figures.ts"
import { BERTH, World } from "./support/world.ts"

const ROUNDS = 20
const WARM_UP = 3
const BAR_MS = 250
const COMMAND = ["sh", "-c", "echo hello"]
/** What a run leaves to do to node and engine (last receipt, clean-up) must not slow the next one. */
const SETTLE_MS = 700

export interface FirstLog {
  readonly berthMs: Spread
  readonly dockerMs: Spread
  /** `docker run` with the restrictions that a lease has: init, no capabilities, limits, a volume. */
  readonly dockerConfinedMs: Spread
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
    const berth = [BERTH, "run", world.image, ...COMMAND]
    const network = ["--network", `berth-${world.instance}`, "--dns", "1.1.1.1", "--dns", "9.9.9.9"]
    const docker = ["-H", `unix://${world.engine.socketPath}`, "run", "--rm", ...network]
    const confined = ["--init", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", "512", "--cpus", "1"]
    const limits = ["--memory", "256m", "--memory-swap", "256m", "--log-driver", "json-file", "-v", "/out"]
    const times: Record<"berth" | "docker" | "confined", number[]> = { berth: [], docker: [], confined: [] }
    const contenders = {
      berth: () => firstByte(process.execPath, berth, env),
      docker: () => firstByte("docker", [...docker, world.image, ...COMMAND]),
      confined: () => firstByte("docker", [...docker, ...confined, ...limits, world.image, ...COMMAND]),
    }
    const names = Object.keys(contenders) as (keyof typeof contenders)[]
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      // Interleaved, and each one first in turn.
      for (let i = 0; i < names.length; i++) {
        const name = names[(round + i) % names.length]!
        const ms = await contenders[name]()
        if (round >= WARM_UP) times[name].push(ms)
        await new Promise((r) => setTimeout(r, SETTLE_MS))
      }
    }
    if (process.argv.includes("--log")) console.log(readFileSync(node.log, "utf8"))
    const [berthMs, dockerMs, dockerConfinedMs] = [spreadOf(times.berth), spreadOf(times.docker), spreadOf(times.confined)]
    return {
      ...{ berthMs, dockerMs, dockerConfinedMs },
      overheadMs: Math.round((berthMs.p50 - dockerMs.p50) * 10) / 10,
      barMs: BAR_MS,
      load: loadNow(),
    }
  } finally {
    await world.close()
  }
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
