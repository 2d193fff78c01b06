import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"
import { hostsOnly } from "@berth/protocol/hosts-only"
import { environmentFor } from "./config.ts"

const root = import.meta.dirname

export interface IndexerOptions {
  /** Path of deployment.json. */
  readonly deploymentFile: string
  /** Where PGlite keeps its files; not used with a databaseUrl. */
  readonly stateDir: string
  readonly databaseUrl?: string
  /** Default: any free port. */
  readonly port?: number
  readonly hostname?: string
  /** Database schema; by default one per deployment and version of this code, so that a rerun goes on and a change starts anew. */
  readonly schema?: string
  /** Each line that Ponder writes, with the hosts of URLs only: it prints viem's errors, which quote the RPC's URL, and so its key. */
  readonly log?: (line: string) => void
}

export interface Indexer {
  readonly pid: number
  readonly url: string
  readonly graphqlUrl: string
  readonly schema: string
  /** Resolves when all blocks up to the head at the start are indexed; rejects when the process ends before. */
  readonly ready: Promise<void>
  /** The exit code once it has ended: 75 means start it again, anything else but 0 that it would fail again. */
  readonly ended: Promise<number>
  stop(): Promise<void>
}

/** Starts the indexer as a process of its own. */
export async function startIndexer(options: IndexerOptions): Promise<Indexer> {
  const port = options.port ?? (await freePort())
  const hostname = options.hostname ?? "127.0.0.1"
  const schema = options.schema ?? defaultSchema(options.deploymentFile)
  const pglite = join(options.stateDir, "pglite")
  mkdirSync(pglite, { recursive: true })
  const args = ["--root", root, "--log-format", "json", "start", "--schema", schema, "--port", `${port}`, "--hostname", hostname]
  const child = spawn(process.execPath, ["--max-old-space-size=1024", ponderBin(), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentFor({ deploymentFile: options.deploymentFile, pgliteDirectory: pglite, databaseUrl: options.databaseUrl }),
  })
  let tail = ""
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (text) => {
      const line = hostsOnly(text)
      tail = `${tail}${line}\n`.slice(-4_000)
      if (line) options.log?.(line)
    })
  const ended = once(child, "exit").then(
    ([code, signal]) => (code as number | null) ?? (signal === "SIGTERM" || signal === "SIGINT" ? 0 : 1),
  )
  const url = `http://${hostname}:${port}`
  const ready = untilReady(url, ended, () => tail)
  // Whoever does not wait for it must not be ended by it.
  ready.catch(() => {})
  return {
    ...{ pid: child.pid!, url, graphqlUrl: `${url}/graphql`, schema, ready, ended },
    async stop() {
      child.kill("SIGTERM")
      const hard = setTimeout(() => child.kill("SIGKILL"), 10_000)
      await ended
      clearTimeout(hard)
    },
  }
}

async function untilReady(url: string, ended: Promise<number>, tail: () => string): Promise<void> {
  let code: number | undefined
  ended.then((c) => {
    code = c
  })
  while (code === undefined) {
    // Ponder says nothing when it is ready: its endpoint is asked.
    const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
    if (answer?.status === 200) return
    await sleep(100)
  }
  throw new Error(`the indexer ended with code ${code} before it was ready: ${tail().trim().slice(-1_000)}`)
}

/** berth_<chain>_<contract>_<hash of code and deployment>: below PostgreSQL's and Ponder's 45 characters. */
function defaultSchema(deploymentFile: string): string {
  const { chainId, berth } = JSON.parse(readFileSync(deploymentFile, "utf8"))
  const hash = createHash("sha256").update(readFileSync(deploymentFile))
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" }).sort())
    if (/^(src\/.*|(\w+\.)?(config|schema))\.ts$/.test(file)) hash.update(readFileSync(join(root, file)))
  return `berth_${chainId}_${berth.slice(2, 10).toLowerCase()}_${hash.digest("hex").slice(0, 12)}`
}

function ponderBin(): string {
  const main = import.meta.resolve("ponder")
  return join(new URL(main).pathname.split("/node_modules/ponder/")[0]!, "node_modules/ponder/dist/esm/bin/ponder.js")
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, "close")
  return port
}
