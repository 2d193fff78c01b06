import { closeSync, readFileSync, writeSync } from "node:fs"
import pino from "pino"
import { asBerthError } from "../errors.ts"
import { runAgentProcess } from "../resident/agent-process.ts"
import { connectAgent } from "../resident/connect.ts"
import type { LaunchReport } from "../resident/launch.ts"
import { failureOf } from "../resident/wire.ts"
import type { Context } from "./context.ts"
import { readPassphrase } from "./passphrase.ts"

interface AgentFlags {
  /** By `berth` itself: passphrase on standard input, one report on file descriptor 3. */
  readonly launched?: boolean
  readonly stop?: boolean
}

export async function agent(context: Context, flags: AgentFlags, signal: AbortSignal): Promise<void> {
  if (flags.stop) return stopAgent(context)
  const log = pino({ base: { pid: process.pid } }, pino.destination({ dest: flags.launched ? 1 : 2, sync: true }))
  const report = (value: LaunchReport) => {
    if (flags.launched) writeAndClose(value)
  }
  try {
    const passphrase = flags.launched ? readFileSync(0, "utf8") : await readPassphrase(context)
    await runAgentProcess({
      config: context.config,
      passphrase,
      log: (level, message, fields) => log[level](fields, message),
      onReady: () => report({ ready: true }),
      signal,
    })
  } catch (error) {
    const ours = asBerthError(error)
    report({ error: failureOf(ours) })
    if (flags.launched) log.error({ code: ours.code }, ours.message)
    throw ours
  }
}

async function stopAgent({ config, out }: Context): Promise<void> {
  const agent = await connectAgent({ socket: config.socket })
  const { pid } = await agent.info()
  const running = (await agent.leases()).length
  await agent.shutdown().catch(() => {})
  agent.disconnect()
  out.data({ stopped: pid, running })
  out.line(`agent ${pid} ends`)
  if (running > 0) out.note(`${running} leases run on until their nodes miss its signatures: start it again soon (any berth command does)`)
}

const REPORT_FD = 3

function writeAndClose(value: LaunchReport): void {
  try {
    writeSync(REPORT_FD, JSON.stringify(value))
    closeSync(REPORT_FD)
  } catch {
    // Whoever started us is gone; the agent is for the next one.
  }
}
