// `npm run test:faults`: the long form of the fault tests. Writes test/faults/results.json; exits 1 when anything does not hold.
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { join } from "node:path"
import { FaultWorld } from "../support/fault-world.ts"
import { type KillResult, runKillMatrix } from "./kill-matrix.ts"
import { type RpcGoneResult, runRpcGone } from "./rpc-gone.ts"
import { expectSound } from "./sound.ts"

const KILLS = Number(process.argv[2] ?? 50)
const SEED = Number(process.argv[3] ?? 2_026_11)
const RPC_GONE_MS = 120_000

// Of what is run now: by the end the tree may be another.
const commit = commitNow()
const world = await FaultWorld.start()
let failure: unknown
let kills: KillResult | undefined
let rpc: RpcGoneResult | undefined
try {
  let done = 0
  kills = await runKillMatrix(world, {
    seed: SEED,
    kills: KILLS,
    onKill: ({ side, step }, ms) => console.log(`${++done}/${2 * KILLS}  ${side} killed at ${step}, up again after ${Math.round(ms)} ms`),
  })
  expectSound(kills)
  console.log(`${2 * KILLS} kills: sound. Now the RPC is gone for ${RPC_GONE_MS / 1_000} s`)
  rpc = await runRpcGone(world, RPC_GONE_MS)
} catch (error) {
  failure = error
}
await world.stop()
const result = {
  command: "npm run test:faults",
  date: new Date().toISOString(),
  commit,
  machine: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
  sound: failure === undefined,
  kills,
  rpcGone: rpc,
}
const text = JSON.stringify(result, (_, v) => (typeof v === "bigint" ? v.toString() : v), 2)
console.log(text)
if (failure === undefined && KILLS >= 50) writeFileSync(join(import.meta.dirname, "results.json"), `${text}\n`)
else if (failure !== undefined) console.error(failure)
process.exit(failure === undefined ? 0 : 1)

/** The short hash; with a "+" when tracked files were changed since. */
function commitNow(): string {
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname }).trim()
  return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") && "+")
}
