// A tenant's agent as a process under a test's orders: production's agent and socket, with its hook in the test's hands.
import { bytesToHex } from "@berth/protocol"
import { http } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { createBerthClient, readDeployment, startAgent } from "../../tenant-sdk/src/index.ts"
import { serveAgent } from "../../tenant-sdk/src/resident/serve.ts"
import { runEntry } from "./entry.ts"

export interface AgentEntryOptions {
  readonly deploymentFile: string
  readonly rpcUrl: string
  readonly wallet: Uint8Array
  readonly key: Uint8Array
  readonly store: string
  readonly socket: string
  /** How often it looks at the nodes of reservations. */
  readonly lookMs?: number
  /** How often it looks at the stake behind nodes that it pays ahead. */
  readonly stakeLookMs?: number
}

runEntry<AgentEntryOptions>(async ({ deploymentFile, rpcUrl, wallet, key, store, socket, lookMs, stakeLookMs }, onStep) => {
  const client = createBerthClient({
    deployment: readDeployment(deploymentFile),
    transport: http(rpcUrl, { retryCount: 0, timeout: 2_000 }),
    account: privateKeyToAccount(bytesToHex(wallet)),
  })
  const log = (level: string, message: string, fields: object) => console.log(JSON.stringify({ level, message, ...fields }))
  const agent = await startAgent({ client, store, key, onStep, log, ...(lookMs && { lookMs }), ...(stakeLookMs && { stakeLookMs }) })
  const never = () => {}
  const server = await serveAgent({ agent, socket, idleMs: 3_600_000, onIdle: never, onShutdown: never })
  return {
    ready: {},
    async stop() {
      await server.close()
      await agent.shutdown()
    },
  }
})
