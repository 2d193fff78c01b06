import type { Hex } from "viem"
import type { Config } from "../config.ts"
import type { ConnectedAgent } from "../resident/connect.ts"
import type { Output } from "./output.ts"

/** The exit code when whoever read the output is gone: a shell's for a program that SIGPIPE ended. */
export const READER_GONE = 141

/** What every command is given. */
export interface Context {
  readonly config: Config
  readonly out: Output
  /** The program's own path, to start an agent with. */
  readonly program: string
  /** First Ctrl-C, second Ctrl-C: each call resolves at the next one. Once `unless` is aborted it leaves that to the others. */
  nextInterrupt(unless?: AbortSignal): Promise<void>
  /** What to do when nobody reads the output any more (`| head`), in place of ending at once with READER_GONE. */
  onReaderGone(act: () => void): void
}

/** The profile's agent; started when none runs. */
export async function agentFor(context: Context): Promise<ConnectedAgent> {
  const { reachAgent } = await import("../resident/launch.ts")
  const { config, out, program } = context
  return reachAgent({
    config,
    program,
    passphrase: async () => (await import("./passphrase.ts")).readPassphrase(context),
    onStart: () => out.note(`starting the agent of profile ${config.profile} (log: ${config.logFile})`),
  })
}

/** Of commands that move money: see `WithId` of the agent. */
export interface IdFlags {
  readonly id?: Hex
}

/** Does something with the agent and hangs up. */
export async function withAgent<T>(context: Context, use: (agent: ConnectedAgent) => Promise<T>): Promise<T> {
  const agent = await agentFor(context)
  try {
    return await use(agent)
  } finally {
    agent.disconnect()
  }
}
