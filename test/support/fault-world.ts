// Chain, container engine, nodes and agents as processes of their own, each of which a test may kill, freeze or cut off.
import { randomBytes } from "node:crypto"
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Address, Bundle } from "@berth/protocol"
import { addressOfKey, bytesToHex } from "@berth/protocol"
import { privateKeyFromRaw } from "@libp2p/crypto/keys"
import { peerIdFromPrivateKey } from "@libp2p/peer-id"
import { parseEther } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { callEngine } from "../../scripts/engine/api.ts"
import { type Engine, findEngine } from "../../scripts/engine/engine.ts"
import { BUSYBOX_IMAGE, buildBusyboxImage } from "../../scripts/engine/images.ts"
import { removeLeftovers } from "../../scripts/engine/leftovers.ts"
import { type LocalChain, startLocalChain } from "../../scripts/local-chain/index.ts"
import { freePort } from "../../scripts/start/ports.ts"
import { type AuditResult, audit, type ConnectedAgent, connectAgent, readDeployment } from "../../tenant-sdk/src/index.ts"
import type { AgentEntryOptions } from "./agent-entry.ts"
import { Child } from "./child.ts"
import { keyOf, TestMarket, type Wallet } from "./market.ts"
import type { NodeEntryOptions, NodeFacts } from "./node-entry.ts"
import { settlementOf } from "./settlement-of.ts"

/** Some ten cents a second, and no round number: what is rounded wrongly shows. */
export const PRICE = 361_234_567n
/** Busy in bursts, so that several of them leave the machine's cores to others. */
export const BURSTS = ["sh", "-c", "while :; do i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 0.2; done"]

export interface NodeSetup {
  readonly name: string
  readonly key: Uint8Array
  readonly address: Address
  readonly operator: Wallet
  /** With /p2p/. */
  readonly multiaddr: string
  readonly journal: string
  readonly settings: Record<string, unknown>
}

export interface NodeChild extends Child<{ address: Address }> {
  facts(): Promise<NodeFacts>
}

export interface AgentSetup {
  readonly name: string
  readonly tenant: Address
  readonly options: AgentEntryOptions
}

export class FaultWorld {
  readonly dir = mkdtempSync(join(tmpdir(), "berth-faults-"))
  readonly label = `f${randomBytes(4).toString("hex")}`
  readonly image = BUSYBOX_IMAGE
  readonly chain: LocalChain
  readonly engine: Pick<Engine, "socketPath">
  readonly market: TestMarket
  readonly #children: Child[] = []
  readonly #lines: ConnectedAgent[] = []
  #count = 0

  private constructor(chain: LocalChain, engine: Pick<Engine, "socketPath">) {
    this.chain = chain
    this.engine = engine
    this.market = new TestMarket(chain)
  }

  /** @param options.engine another engine than the checkout's own */
  static async start(options: { blockTimeMs?: number; engine?: Pick<Engine, "socketPath"> } = {}): Promise<FaultWorld> {
    const log = () => {}
    const engine = options.engine ?? (await findEngine({ install: true, dataDir: join(import.meta.dirname, "../../.berth/engine"), log }))
    await buildBusyboxImage({ socketPath: engine.socketPath, install: true, log })
    const chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: options.blockTimeMs ?? 400 })
    return new FaultWorld(chain, engine)
  }

  /** A node's key and place: registered, not started. */
  async node(settings: Record<string, unknown> = {}): Promise<NodeSetup> {
    const name = `${this.label}-n${++this.#count}`
    const key = keyOf(name)
    const peer = peerIdFromPrivateKey(privateKeyFromRaw(key)).toString()
    const listen = `/ip4/127.0.0.1/tcp/${await freePort(0)}`
    const multiaddr = `${listen}/p2p/${peer}`
    const operator = await this.wallet(`operator ${name}`)
    await this.market.registerNode(name, operator, { addresses: [multiaddr] })
    const dataDir = join(this.dir, name)
    return {
      name,
      key,
      address: addressOfKey(key),
      operator,
      multiaddr,
      journal: join(dataDir, "journal.sqlite"),
      settings: {
        deployment: this.chain.deploymentFile,
        dataDir,
        listen: [listen],
        engineSocket: this.engine.socketPath,
        instance: name,
        offers: [{ class: "cpu/x86-64", count: 8, price: PRICE.toString(), memoryMiB: 16, cpus: 0.2 }],
        confirmations: 0,
        chainPollMs: 100,
        paceMs: 300,
        paceMaxMs: 2_000,
        stopGraceMs: 300,
        disk: { floorBytes: 0 },
        logLevel: "info",
        ...settings,
      },
    }
  }

  async startNode(setup: NodeSetup, options: Partial<Omit<NodeEntryOptions, "key">> = {}): Promise<NodeChild> {
    const all: NodeEntryOptions = {
      rpcUrl: this.chain.rpcUrl,
      ...options,
      settings: { ...setup.settings, ...options.settings },
      key: setup.key,
    }
    const child = await Child.start<{ address: Address }>("node-entry.ts", setup.name, this.dir, all)
    this.#children.push(child)
    return Object.assign(child, { facts: () => child.ask<NodeFacts>("facts") })
  }

  /** A tenant with credits in the contract, and its agent's place: not started. */
  async tenant(credits = 2_000_000_000n): Promise<AgentSetup> {
    const name = `${this.label}-a${++this.#count}`
    const wallet = await this.wallet(name)
    await this.market.deposit(wallet, credits)
    const { deploymentFile, rpcUrl } = this.chain
    const place = join(this.dir, name)
    mkdirSync(place, { recursive: true })
    const options = { deploymentFile, rpcUrl, wallet: keyOf(name), key: keyOf(`agent ${name}`) }
    return { name, tenant: wallet.address, options: { ...options, store: join(place, "agent.db"), socket: join(place, "s") } }
  }

  async startAgent(setup: AgentSetup, options: Partial<AgentEntryOptions> = {}): Promise<{ child: Child; agent: ConnectedAgent }> {
    const child = await Child.start<object>("agent-entry.ts", setup.name, this.dir, { ...setup.options, ...options })
    this.#children.push(child)
    const agent = await connectAgent({ socket: setup.options.socket })
    this.#lines.push(agent)
    return { child, agent }
  }

  async startRecorder(): Promise<Child<{ addresses: string[] }>> {
    const name = `${this.label}-r${++this.#count}`
    await this.wallet(name)
    const input = { deployment: this.chain.deployment, stateDir: join(this.dir, name), listen: ["/ip4/127.0.0.1/tcp/0"], pollMs: 200 }
    mkdirSync(input.stateDir, { recursive: true })
    const child = await Child.start<{ addresses: string[] }>("recorder-entry.ts", name, this.dir, { input, key: keyOf(name) })
    this.#children.push(child)
    return child
  }

  /** The account that a name stands for, with ether. */
  async wallet(name: string): Promise<Wallet> {
    const account = privateKeyToAccount(bytesToHex(keyOf(name)))
    await this.chain.fund(account.address, { eth: parseEther("10") })
    return account
  }

  /** What the engine has of one node, also ended. */
  async containers(node: NodeSetup): Promise<{ id: string; state: string; labels: Record<string, string> }[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`berth.instance=${node.name}`] }))
    const rows = JSON.parse(
      await callEngine({ socketPath: this.engine.socketPath, path: `/containers/json?all=true&filters=${filters}` }),
    ) as { Id: string; State: string; Labels: Record<string, string> }[]
    return rows.map(({ Id, State, Labels }) => ({ id: Id, state: State, labels: Labels }))
  }

  /** Submits the last statement of every tab of a bundle, as anybody may. */
  async settle(bundle: Bundle): Promise<void> {
    await this.market.settle(this.market.account(0), settlementOf(bundle))
  }

  /** From chain and bundle alone. */
  audit(bundle: Bundle): Promise<AuditResult> {
    return audit(bundle, { publicClient: this.chain.client as never, deployment: readDeployment(this.chain.deploymentFile) })
  }

  async tabOnChain(signer: Address, node: Address): Promise<{ deposit: bigint; spent: bigint }> {
    const { berthAbi } = await import("@berth/protocol/abi")
    return this.chain.client.readContract({
      address: this.market.market.contract,
      abi: berthAbi,
      functionName: "tabs",
      args: [signer, node],
    })
  }

  note(text: string): void {
    appendFileSync(join(this.dir, "notes.log"), `${text}\n`)
  }

  async stop(): Promise<void> {
    for (const line of this.#lines) line.disconnect()
    await Promise.all(this.#children.map((child) => child.stop()))
    await removeLeftovers(this.engine.socketPath, this.label)
    await this.chain.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }
}
