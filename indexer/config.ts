import { readFileSync } from "node:fs"
import { z } from "zod"

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase() as `0x${string}`)

const deploymentSchema = z.object({
  chainId: z.number().int().positive(),
  berth: address,
  computeRecords: address,
  reserve: address,
  reservations: address,
  verifiers: address,
  startBlock: z.number().int().nonnegative(),
  rpcUrl: z.url(),
})

const LOCAL_CHAINS = [31337, 1337]

/**
 * What the indexer is told by its environment:
 * - `BERTH_DEPLOYMENT` path of the deployment's JSON (needed)
 * - `BERTH_RPC_URL` RPC to use instead of the deployment's
 * - `BERTH_WS_URL` WebSocket RPC that announces new blocks, so that none waits for a poll; on a local chain the RPC's own
 * - `BERTH_POLL_MS` how often a new block is looked for without it (or when it fails); 200 on a local chain, else 2,000
 * - `DATABASE_URL` PostgreSQL; without it PGlite in `BERTH_INDEXER_DIR`
 */
export function indexerConfig() {
  const { BERTH_DEPLOYMENT, BERTH_RPC_URL, BERTH_WS_URL, BERTH_POLL_MS, BERTH_INDEXER_DIR, DATABASE_URL } = process.env
  if (!BERTH_DEPLOYMENT) throw new Error("BERTH_DEPLOYMENT is not set: give the path of deployment.json")
  const deployment = deploymentSchema.parse(JSON.parse(readFileSync(BERTH_DEPLOYMENT, "utf8")))
  const local = LOCAL_CHAINS.includes(deployment.chainId)
  const rpcUrl = BERTH_RPC_URL ?? deployment.rpcUrl
  return {
    deployment,
    rpcUrl,
    wsUrl: BERTH_WS_URL ?? (local ? rpcUrl.replace(/^http/, "ws") : undefined),
    local,
    pollingInterval: BERTH_POLL_MS ? millisecondsOf(BERTH_POLL_MS) : local ? 200 : 2_000,
    databaseUrl: DATABASE_URL,
    pgliteDirectory: BERTH_INDEXER_DIR ?? ".ponder/pglite",
  }
}

function millisecondsOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Error(`BERTH_POLL_MS is "${text}": give milliseconds, a whole number from 1 on`)
}

/** The environment of an indexer's process: ours, with what `indexerConfig` reads there. */
export function environmentFor(told: {
  deploymentFile: string
  pgliteDirectory: string
  databaseUrl?: string | undefined
}): NodeJS.ProcessEnv {
  const { DATABASE_URL: _url, DATABASE_PRIVATE_URL: _private, ...inherited } = process.env
  return {
    ...inherited,
    BERTH_DEPLOYMENT: told.deploymentFile,
    BERTH_INDEXER_DIR: told.pgliteDirectory,
    PONDER_TELEMETRY_DISABLED: "true",
    ...(told.databaseUrl ? { DATABASE_URL: told.databaseUrl } : {}),
  }
}
