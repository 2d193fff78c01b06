// A real chain, a real engine and nodes composed from the parts of production, for tests.
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { pino } from "pino"
import { type Engine, findEngine } from "../../scripts/engine/engine.ts"
import { BUSYBOX_IMAGE, buildBusyboxImage } from "../../scripts/engine/images.ts"
import { removeLeftovers } from "../../scripts/engine/leftovers.ts"
import { type LocalChain, startLocalChain } from "../../scripts/local-chain/index.ts"
import { type StandingOrderInput, TestMarket, type TestNode, type Wallet } from "../../test/support/market.ts"
import { configSchema, type NodeConfig } from "../src/config.ts"
import { nodeKey } from "../src/keystore.ts"
import { type BerthNode, type NodeHooks, startNode } from "../src/node.ts"
import { TestAgent } from "./agent.ts"

const quiet = () => {}
let names = 0

/** Ten cents a second: windows of a second or two then make amounts that a person can read. */
export const PRICE = 360_000_000n

export class World {
  readonly dir = mkdtempSync(join(tmpdir(), "berth-node-"))
  readonly instance = `t${randomBytes(4).toString("hex")}`
  readonly image = BUSYBOX_IMAGE
  readonly chain: LocalChain
  readonly engine: Engine
  readonly market: TestMarket
  readonly #agents: TestAgent[] = []
  readonly #nodes: BerthNode[] = []

  private constructor(chain: LocalChain, engine: Engine) {
    this.chain = chain
    this.engine = engine
    this.market = new TestMarket(chain)
  }

  static async start(options: { blockTimeMs?: number } = {}): Promise<World> {
    const dataDir = fileURLToPath(new URL("../../.berth/engine", import.meta.url))
    const engine = await findEngine({ install: true, dataDir, log: quiet })
    await buildBusyboxImage({ socketPath: engine.socketPath, install: true, log: quiet })
    const chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: options.blockTimeMs ?? 500 })
    return new World(chain, engine)
  }

  async stop(): Promise<void> {
    for (const agent of this.#agents) await agent.stop()
    for (const node of this.#nodes) await node.stop().catch(quiet)
    await removeLeftovers(this.engine.socketPath, this.instance)
    await this.chain.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** A node's config for tests: small windows, a block of half a second, everything on loopback. */
  config(more: Record<string, unknown> = {}): NodeConfig {
    const { rpcUrl: _, ...config } = configSchema.parse({
      deployment: this.chain.deploymentFile,
      dataDir: join(this.dir, "node"),
      listen: ["/ip4/127.0.0.1/tcp/0"],
      engineSocket: this.engine.socketPath,
      instance: this.instance,
      offers: [{ class: "cpu/x86-64", count: 8, price: Number(PRICE), memoryMiB: 64 }],
      confirmations: 0,
      chainPollMs: 100,
      paceMs: 400,
      paceMaxMs: 2_000,
      stopGraceMs: 500,
      disk: { floorBytes: 0 },
      ...more,
    })
    return { ...config, rpcUrls: [this.chain.rpcUrl] }
  }

  /** A registered node key; `start` it as often as wished. */
  async register(operator = 1): Promise<TestNode> {
    return this.market.registerNode(`node ${this.instance} ${names++}`, this.market.account(operator))
  }

  async start(
    node: TestNode,
    config = this.config(),
    hooks: NodeHooks = {},
    level = process.env.BERTH_TEST_LOG ?? "silent",
  ): Promise<BerthNode> {
    const started = await startNode({ config, key: nodeKey(node.key), log: pino({ level }, pino.destination(2)) }, hooks)
    this.#nodes.push(started)
    return started
  }

  /** A tenant with an open tab at a node and an agent for it. */
  async agent(
    node: TestNode,
    address: string,
    options: { deposit?: bigint; tenant?: number; order?: StandingOrderInput } = {},
  ): Promise<TestAgent> {
    const deposit = options.deposit ?? 100_000_000n
    const tenant = this.market.account(options.tenant ?? 2)
    await this.market.deposit(tenant, deposit)
    const tab = await this.market.openTab(tenant, `signer ${this.instance} ${names++}`, node, deposit, options.order)
    return this.agentWith(tab.signerKey, node, address, tenant)
  }

  /** An agent for a signer that has no tab. */
  async agentWith(signerKey: Uint8Array, node: TestNode, address: string, tenant: Wallet): Promise<TestAgent> {
    const agent = await new TestAgent({
      market: this.market.market,
      tenant: tenant.address.toLowerCase() as `0x${string}`,
      node: node.address,
      nodeAddress: address,
      signerKey,
      now: () => this.market.chainTime(),
    }).start()
    this.#agents.push(agent)
    return agent
  }
}

export const addressOf = (node: BerthNode): string => node.host.getMultiaddrs()[0]!.toString()
