// A provider node as a process under a test's orders: production's composition, with its hooks in the test's hands.
import { pino } from "pino"
import { configSchema } from "../../provider-node/src/config.ts"
import { nodeKey } from "../../provider-node/src/keystore.ts"
import { startNode } from "../../provider-node/src/node.ts"
import { runEntry } from "./entry.ts"

export interface NodeEntryOptions {
  /** As in the TOML file. */
  readonly settings: Record<string, unknown>
  readonly rpcUrl: string
  readonly key: Uint8Array
  /** The node claims this many milliseconds more than it measured, once it measured anything. */
  readonly overclaimMs?: number
}

/** What a test may ask it. */
export interface NodeFacts {
  readonly reachable: boolean
  readonly engineUp: boolean
  readonly head: bigint
  readonly leases: readonly { state: string; reason: string | null; unknown: boolean; claimedMs: bigint }[]
}

runEntry<NodeEntryOptions>(async ({ settings, rpcUrl, key, overclaimMs = 0 }, onStep) => {
  const { rpcUrl: _, ...config } = configSchema.parse(settings)
  const claimFilter = (_no: number, ms: bigint) => (ms > 0n ? ms + BigInt(overclaimMs) : ms)
  const node = await startNode(
    { config: { ...config, rpcUrls: [rpcUrl] }, key: nodeKey(key), log: pino({ level: config.logLevel }, pino.destination(2)) },
    { onStep, claimFilter },
  )
  const answer = (): NodeFacts => ({
    reachable: node.chain.reachable,
    engineUp: node.leaseLoop.engineUp,
    head: node.chain.head?.number ?? 0n,
    leases: node.leases.all().map((l) => ({ state: l.state, reason: l.row.reason, unknown: l.unknown, claimedMs: l.claimedMs })),
  })
  return { ready: { address: node.key.address }, stop: () => node.stop(), answer }
})
