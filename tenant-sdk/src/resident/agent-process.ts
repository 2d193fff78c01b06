import { bytesToHex } from "@berth/protocol"
import { hostsOnly } from "@berth/protocol/hosts-only"
import { http } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { type AgentOptions, startAgent } from "../agent/start-agent.ts"
import { createBerthClient } from "../client.ts"
import type { Config } from "../config.ts"
import { openKeys } from "./keys.ts"
import { loadMarket } from "./market.ts"
import { serveAgent } from "./serve.ts"

export interface AgentProcessOptions {
  readonly config: Config
  readonly passphrase: string
  readonly log: NonNullable<AgentOptions["log"]>
  readonly onStep?: AgentOptions["onStep"]
  /** Called once the socket is open. */
  readonly onReady: () => void
  /** Aborts to end the agent. */
  readonly signal: AbortSignal
}

/** The resident agent of one profile, from its start to its end. */
export async function runAgentProcess(options: AgentProcessOptions): Promise<void> {
  const { config, log } = options
  const keys = openKeys(config, options.passphrase)
  const { deployment, rpc } = loadMarket(config)
  const client = createBerthClient({ deployment, transport: http(rpc), account: privateKeyToAccount(bytesToHex(keys.wallet)) })
  const agent = await startAgent({
    ...{ client, store: config.store, key: keys.agent, log },
    ...(config.lookMs && { lookMs: config.lookMs }),
    ...(options.onStep && { onStep: options.onStep }),
  })
  const ended = Promise.withResolvers<string>()
  const server = await serveAgent({
    agent,
    socket: config.socket,
    idleMs: config.idleMs,
    onIdle: () => ended.resolve("nothing to do"),
    onShutdown: () => ended.resolve("asked to end"),
  })
  options.signal.addEventListener("abort", () => ended.resolve("signal"), { once: true })
  log("info", "agent ready", { socket: config.socket, pid: process.pid, contract: deployment.berth, rpc: hostsOnly(rpc) })
  options.onReady()
  const reason = await ended.promise
  log("info", "agent ends", { reason })
  await server.close()
  await agent.shutdown()
}
