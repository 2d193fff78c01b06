import { spawn } from "node:child_process"
import { mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Config } from "../config.ts"
import { BerthError } from "../errors.ts"
import { type ConnectedAgent, connectAgent } from "./connect.ts"
import { errorOf, type WireFailure } from "./wire.ts"

/** What a started agent says on its pipe, once. */
export type LaunchReport = { readonly ready: true } | { readonly error: WireFailure }

export interface LaunchOptions {
  readonly config: Config
  /** Asked for only when an agent must be started. */
  readonly passphrase: () => Promise<string>
  /** The program to start: `berth` itself. */
  readonly program: string
  /** Told when one is started. */
  readonly onStart?: () => void
}

/** Two commands may start an agent at once; the one whose agent loses waits this long for the other's socket. */
const OTHER_MS = 15_000

/** The profile's agent: the one that runs, or a new one. */
export async function reachAgent(options: LaunchOptions): Promise<ConnectedAgent> {
  const { socket } = options.config
  try {
    return await connectAgent({ socket })
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== "no_agent") throw error
  }
  const passphrase = await options.passphrase()
  options.onStart?.()
  const report = await launch(options, passphrase)
  if ("ready" in report) return connectAgent({ socket })
  if (report.error.code !== "locked") throw errorOf(report.error)
  return waitForOther(socket)
}

/** Starts `berth agent` detached, with a log file of its own. The passphrase goes through its standard input, never argv. */
function launch({ config, program }: LaunchOptions, passphrase: string): Promise<LaunchReport> {
  mkdirSync(dirname(config.logFile), { recursive: true, mode: 0o700 })
  const log = openSync(config.logFile, "a", 0o600)
  const args = [program, "agent", "--launched", "--profile", config.profile]
  if (config.deployment) args.push("--deployment", config.deployment)
  // An RPC's URL often holds a key, and arguments are seen by everybody on the machine.
  const env = { ...config.environment, ...(config.rpc && { BERTH_RPC: config.rpc }) }
  const child = spawn(process.execPath, args, { detached: true, env, stdio: ["pipe", log, log, "pipe"] })
  child.stdin!.end(passphrase)
  return new Promise((resolve, reject) => {
    let text = ""
    const failed = (why: string) =>
      reject(new BerthError("no_agent", `the agent could not be started: ${why}`, { hint: `its log has the reason: ${config.logFile}` }))
    child.stdio[3]!.on("data", (chunk) => {
      text += chunk
    })
    child.stdio[3]!.on("close", () => {
      child.unref()
      if (text) resolve(JSON.parse(text))
    })
    child.on("error", (error) => failed(error.message))
    child.on("exit", (code, signal) => !text && failed(`it ended with ${signal ?? `code ${code}`}`))
  })
}

async function waitForOther(socket: string): Promise<ConnectedAgent> {
  const deadline = performance.now() + OTHER_MS
  for (;;) {
    try {
      return await connectAgent({ socket })
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(50)
    }
  }
}
