// A whole market of real processes for one tenant: chain, container engine, nodes, and `berth` itself.
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Address } from "@berth/protocol"
import { parseEther } from "viem"
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts"
import { type Engine, findEngine } from "../../scripts/engine/engine.ts"
import { BUSYBOX_IMAGE, buildBusyboxImage } from "../../scripts/engine/images.ts"
import { removeLeftovers } from "../../scripts/engine/leftovers.ts"
import { type LocalChain, startLocalChain } from "../../scripts/local-chain/index.ts"

const repository = join(import.meta.dirname, "../..")
const NODE_PROGRAM = join(repository, "provider-node/src/main.ts")
const TENANT_PROGRAM = join(repository, "tenant-sdk/src/cli/main.ts")

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface NodeProcess {
  readonly address: Address
  readonly process: ChildProcess
  stop(): Promise<void>
}

export interface TenantWorldOptions {
  readonly blockTimeMs?: number
  /** Where the engine keeps its images; the checkout's own by default. */
  readonly engineDir?: string
}

export class TenantWorld {
  readonly dir = mkdtempSync(join(tmpdir(), "berth-world-"))
  readonly label = `t${randomBytes(4).toString("hex")}`
  readonly image = BUSYBOX_IMAGE
  readonly chain: LocalChain
  readonly engine: Engine
  readonly #nodes: NodeProcess[] = []
  readonly #passphrase: string
  readonly #tenants: string[] = []
  #count = 0

  private constructor(chain: LocalChain, engine: Engine) {
    this.chain = chain
    this.engine = engine
    this.#passphrase = join(this.dir, "passphrase")
    writeFileSync(this.#passphrase, "correct horse\n", { mode: 0o600 })
  }

  static async start(options: TenantWorldOptions = {}): Promise<TenantWorld> {
    const log = () => {}
    const engine = await findEngine({ install: true, dataDir: options.engineDir ?? join(repository, ".berth/engine"), log })
    await buildBusyboxImage({ socketPath: engine.socketPath, install: true, log })
    const chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: options.blockTimeMs ?? 500 })
    return new TenantWorld(chain, engine)
  }

  /** Registers a node and starts it as a process of its own. */
  async node(settings: { readonly region?: string; readonly price?: number; readonly more?: string } = {}): Promise<NodeProcess> {
    const name = `${this.label}-${++this.#count}`
    const dir = join(this.dir, name)
    mkdirSync(dir, { recursive: true })
    const operatorKey = generatePrivateKey()
    const keyFile = join(dir, "operator.hex")
    writeFileSync(keyFile, operatorKey, { mode: 0o600 })
    await this.chain.fund(privateKeyToAccount(operatorKey).address, { eth: parseEther("10") })
    const config = join(dir, "node.toml")
    writeFileSync(config, this.#nodeConfig(dir, name, settings, await freePort()))
    const init = await this.#program(NODE_PROGRAM, [
      "init",
      "--config",
      config,
      "--light-key",
      "--register",
      "--operator-key",
      keyFile,
      "--json",
    ])
    if (init.code !== 0) throw new Error(`berth-node init: ${init.stderr}`)
    const process = this.#spawn(NODE_PROGRAM, ["start", "--config", config, "--json"])
    process.stderr!.pipe(createWriteStream(join(this.dir, `${name}.log`)))
    const address = await readyLine(process)
    const node = { address, process, stop: () => stopProcess(process) }
    this.#nodes.push(node)
    return node
  }

  /** A tenant's profile with an account that has money. */
  async tenant(name: string, usd = 50_000_000n): Promise<Address> {
    const created = await this.berth(name, ["account", "create", "--light", "--json"])
    if (created.code !== 0) throw new Error(`berth account create: ${created.stderr}`)
    this.#tenants.push(name)
    const { account } = JSON.parse(created.stdout) as { account: Address }
    await this.chain.fund(account, { eth: parseEther("10"), usd })
    return account
  }

  /** Runs a `berth` command to its end. */
  berth(profile: string, args: readonly string[], options: { readonly onOutput?: (text: string) => void } = {}): Promise<Ended> {
    return this.#program(TENANT_PROGRAM, args, { ...this.tenantEnv(profile) }, options.onOutput)
  }

  /** Starts one and leaves it running. */
  startBerth(profile: string, args: readonly string[]): ChildProcess {
    return this.#spawn(TENANT_PROGRAM, args, this.tenantEnv(profile))
  }

  socketOf(profile: string): string {
    return join(this.dir, "tenants", profile, "agent.sock")
  }

  async stop(): Promise<void> {
    for (const name of this.#tenants) await this.berth(name, ["agent", "--stop"])
    await Promise.all(this.#nodes.map((n) => n.stop()))
    await removeLeftovers(this.engine.socketPath, this.label)
    await this.chain.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }

  tenantEnv(profile: string): Record<string, string> {
    return {
      BERTH_HOME: join(this.dir, "tenants"),
      BERTH_PROFILE: profile,
      BERTH_DEPLOYMENT: this.chain.deploymentFile,
      BERTH_PASSPHRASE_FILE: this.#passphrase,
    }
  }

  #nodeConfig(dir: string, instance: string, settings: { region?: string; price?: number; more?: string }, port: number): string {
    return `deployment = ${JSON.stringify(this.chain.deploymentFile)}
dataDir = ${JSON.stringify(join(dir, "data"))}
passphraseFile = ${JSON.stringify(this.#passphrase)}
listen = ["/ip4/127.0.0.1/tcp/${port}"]
engineSocket = ${JSON.stringify(this.engine.socketPath)}
instance = "${instance}"
region = "${settings.region ?? "DE"}"
confirmations = 0
chainPollMs = 100
paceMs = 500
paceMaxMs = 2000
stopGraceMs = 500
${settings.more ?? ""}
[[offers]]
class = "cpu/x86-64"
count = 8
price = ${settings.price ?? 360_000}
memoryMiB = 64
[disk]
floorBytes = 0
`
  }

  #program(
    program: string,
    args: readonly string[],
    env: Record<string, string> = {},
    onOutput: (text: string) => void = () => {},
  ): Promise<Ended> {
    const child = this.#spawn(program, args, env)
    return new Promise((resolve) => {
      let stdout = ""
      let stderr = ""
      child.stdout!.setEncoding("utf8").on("data", (text: string) => {
        stdout += text
        onOutput(text)
      })
      child.stderr!.setEncoding("utf8").on("data", (text: string) => {
        stderr += text
      })
      child.on("close", (code) => resolve({ code, stdout, stderr }))
    })
  }

  #spawn(program: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } })
  }
}

/** The line of JSON with which a node says that it serves. */
async function readyLine(child: ChildProcess): Promise<Address> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const said = JSON.parse(line) as { event?: string; node: Address }
    if (said.event === "ready") {
      child.stdout!.resume()
      return said.node.toLowerCase() as Address
    }
  }
  throw new Error("the node ended before it was ready")
}

function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once("exit", () => resolve())
    child.kill("SIGTERM")
  })
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
