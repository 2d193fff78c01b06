// A market of real processes, as `npm start` has it: chain, container engine, one node, one tenant with a resident agent; all from the bundles.
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { promisify } from "node:util"
import { type Address, bytesToHex, parseCredits } from "@berth/protocol"
import { type ConnectedAgent, connectAgent } from "@berth/sdk"
import { parseEther } from "viem"
import { type Engine, findEngine } from "../../scripts/engine/engine.ts"
import { BUSYBOX_IMAGE, buildBusyboxImage } from "../../scripts/engine/images.ts"
import { removeLeftovers } from "../../scripts/engine/leftovers.ts"
import { devAccount, type LocalChain, startLocalChain } from "../../scripts/local-chain/index.ts"
import { freePort } from "../../scripts/start/ports.ts"

const repository = join(import.meta.dirname, "../..")
export const BERTH = join(repository, "tenant-sdk/bin/berth.mjs")
const BERTH_NODE = join(repository, "provider-node/bin/berth-node.mjs")
const CLASS = "cpu/x86-64"

/** What is started, and in which order it is closed again. */
export class World {
  readonly dir = mkdtempSync(join(tmpdir(), "berth-bench-"))
  readonly instance = `bench-${process.pid}`
  readonly image = BUSYBOX_IMAGE
  readonly chain: LocalChain
  readonly engine: Engine
  readonly #closers: (() => unknown)[] = []

  private constructor(chain: LocalChain, engine: Engine) {
    this.chain = chain
    this.engine = engine
    writeFileSync(join(this.dir, "passphrase"), "bench\n", { mode: 0o600 })
    this.onClose(() => this.chain.stop())
  }

  static async start(): Promise<World> {
    await promisify(execFile)(process.execPath, [join(repository, "scripts/build.ts")])
    const log = () => {}
    const engine = await findEngine({ install: true, dataDir: join(repository, ".berth/engine"), log })
    await buildBusyboxImage({ socketPath: engine.socketPath, install: true, log })
    const chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-bench-chain-")), blockTimeMs: 2_000 })
    return new World(chain, engine)
  }

  onClose(closer: () => unknown): void {
    this.#closers.push(closer)
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.reverse()) await closer()
    const { socketPath } = this.engine
    await removeLeftovers(socketPath, this.instance)
    await this.engine.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** Registers a node and starts `berth-node`. */
  async node(): Promise<{ readonly address: Address; readonly process: ChildProcess; readonly dataDir: string; readonly log: string }> {
    const dataDir = join(this.dir, "node")
    mkdirSync(dataDir)
    const config = join(this.dir, "node.toml")
    writeFileSync(config, this.#nodeConfig(dataDir, await freePort(0)))
    const operatorKey = join(this.dir, "operator.key")
    writeFileSync(operatorKey, `${bytesToHex(devAccount(1).getHdKey().privateKey!)}\n`, { mode: 0o600 })
    await run(BERTH_NODE, ["init", "--config", config, "--light-key", "--register", "--operator-key", operatorKey, "--json"])
    const child = spawn(process.execPath, [BERTH_NODE, "start", "--config", config, "--json"], { stdio: ["ignore", "pipe", "pipe"] })
    const log = join(this.dir, "node.log")
    child.stderr.pipe(createWriteStream(log))
    this.onClose(() => end(child))
    return { address: await readyNode(child, log), process: child, dataDir, log }
  }

  /** A tenant with money and a resident agent. */
  async tenant(): Promise<{ readonly env: NodeJS.ProcessEnv; readonly agent: ConnectedAgent; readonly process: ChildProcess }> {
    const env = {
      ...process.env,
      BERTH_HOME: join(this.dir, "tenant"),
      BERTH_DEPLOYMENT: this.chain.deploymentFile,
      BERTH_PASSPHRASE_FILE: join(this.dir, "passphrase"),
      BERTH_IDLE_MS: "3600000",
    }
    const { account } = JSON.parse(await run(BERTH, ["account", "create", "--light", "--json"], env)) as { account: Address }
    await this.chain.fund(account, { eth: parseEther("10"), usd: parseCredits("100") })
    const child = spawn(process.execPath, [BERTH, "agent"], { env, stdio: ["ignore", "ignore", "pipe"] })
    child.stderr.pipe(createWriteStream(join(this.dir, "agent.log")))
    this.onClose(() => end(child))
    const agent = await this.#reach(child)
    this.onClose(() => agent.disconnect())
    await agent.deposit({ amount: parseCredits("50") })
    return { env, agent, process: child }
  }

  async #reach(child: ChildProcess): Promise<ConnectedAgent> {
    while (child.exitCode === null) {
      const agent = await connectAgent({ socket: join(this.dir, "tenant", "default", "agent.sock") }).catch(() => undefined)
      if (agent) return agent
      await new Promise((r) => setTimeout(r, 50))
    }
    throw new Error(`the agent ended with code ${child.exitCode}: ${readFileSync(join(this.dir, "agent.log"), "utf8").slice(-1_000)}`)
  }

  #nodeConfig(dataDir: string, port: number): string {
    const text = JSON.stringify
    return `deployment = ${text(this.chain.deploymentFile)}
dataDir = ${text(dataDir)}
passphraseFile = ${text(join(this.dir, "passphrase"))}
listen = ["/ip4/127.0.0.1/tcp/${port}"]
engineSocket = ${text(this.engine.socketPath)}
instance = ${text(this.instance)}
confirmations = 0
chainPollMs = 500
[[offers]]
class = "${CLASS}"
count = 8
price = ${parseCredits("0.06")}
memoryMiB = 256
[disk]
floorBytes = 0
`
  }
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return (await promisify(execFile)(process.execPath, [program, ...args], { env })).stdout
}

async function readyNode(child: ChildProcess, log: string): Promise<Address> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const said = JSON.parse(line) as { event?: string; node: Address }
    if (said.event !== "ready") continue
    child.stdout!.resume()
    return said.node.toLowerCase() as Address
  }
  throw new Error(`the node ended before it was ready: ${readFileSync(log, "utf8").slice(-1_000)}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  child.kill("SIGTERM")
  await ended
}
