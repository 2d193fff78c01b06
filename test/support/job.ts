// One tenant's job on one node, both as processes: the scene of most fault tests.
import type { Address } from "@berth/protocol"
import type { ConnectedAgent, Lease, SignedReceipt, TabInfo } from "../../tenant-sdk/src/index.ts"
import { Witness } from "./both-books.ts"
import type { Child } from "./child.ts"
import { type AgentSetup, BURSTS, type FaultWorld, type NodeChild, type NodeSetup } from "./fault-world.ts"

export interface JobOptions {
  readonly settings?: Record<string, unknown>
  readonly rpcUrl?: string
  readonly command?: readonly string[]
  readonly amount?: bigint
  readonly overclaimMs?: number
  /** Credits of stake behind the node. */
  readonly stake?: bigint
}

export class Job {
  readonly world: FaultWorld
  readonly node: NodeSetup
  readonly tenant: AgentSetup
  readonly signer: Address
  readonly leaseId: string
  readonly witness: Witness
  nodeProcess: NodeChild
  agentProcess: Child
  agent: ConnectedAgent

  private constructor(fields: Pick<Job, "world" | "node" | "tenant" | "signer" | "leaseId" | "nodeProcess" | "agentProcess" | "agent">) {
    const { market } = fields.world.market
    const { node, signer, tenant } = fields
    this.world = fields.world
    this.node = node
    this.tenant = tenant
    this.signer = signer
    this.leaseId = fields.leaseId
    this.nodeProcess = fields.nodeProcess
    this.agentProcess = fields.agentProcess
    this.agent = fields.agent
    this.witness = new Witness({ market, node: node.address, signer, journal: node.journal, store: tenant.options.store })
  }

  /** Starts both, opens a tab and a lease on it; the container runs when this returns. */
  static async start(world: FaultWorld, options: JobOptions = {}): Promise<Job> {
    const node = await world.node(options.settings)
    if (options.stake) await world.market.stake(node, options.stake)
    const tenant = await world.tenant()
    const { overclaimMs } = options
    const rpc = options.rpcUrl ? { rpcUrl: options.rpcUrl } : {}
    const nodeProcess = await world.startNode(node, { ...rpc, ...(overclaimMs && { overclaimMs }) })
    const { child: agentProcess, agent } = await world.startAgent(tenant, rpc)
    const { signer } = await agent.openTab({ node: node.address, amount: options.amount ?? 1_000_000_000n })
    const what = { image: world.image, command: options.command ?? BURSTS, class: "cpu/x86-64", node: node.address, hours: 0.01 }
    const { leaseId } = await agent.run(what)
    const job = new Job({ world, node, tenant, signer, leaseId, nodeProcess, agentProcess, agent })
    await job.until((l) => l.state === "ready" || l.state === "idle")
    return job
  }

  /** The lease once it is so. Fails when it ends before. */
  async until(condition: (lease: Lease) => boolean, agent = this.agent): Promise<Lease> {
    let last: Lease | undefined
    for await (const lease of agent.watch(this.leaseId)) {
      if (condition(lease)) return lease
      last = lease
    }
    throw new Error(`the lease ended before that: ${last?.reason} ${last?.detail}\n${this.nodeProcess.log}`)
  }

  /** The next countersigned receipt that is so. */
  async receipt(condition: (receipt: SignedReceipt) => boolean = () => true, limitMs = 60_000): Promise<SignedReceipt> {
    const stopper = AbortSignal.timeout(limitMs)
    for await (const receipt of this.agent.receipts({ signal: stopper })) if (condition(receipt)) return receipt
    throw new Error(`no such receipt in ${limitMs} ms\n${this.nodeProcess.log}`)
  }

  async tab(): Promise<TabInfo> {
    return (await this.agent.tabs()).find((t) => t.signer === this.signer)!
  }

  /** Stops the lease, if it runs, and waits until both hold the last receipt: the one with nothing ahead. */
  async finish(): Promise<TabInfo> {
    if ((await this.agent.lease(this.leaseId)).state !== "ended") await this.agent.stop(this.leaseId)
    await this.until((l) => l.state === "ended")
    const deadline = performance.now() + 30_000
    for (;;) {
      const tab = await this.tab()
      const { used, seq } = this.witness.look().node.totals
      if (tab.used === tab.amount && seq === tab.seq && used === tab.used) return tab
      if (performance.now() > deadline) throw new Error(`no last receipt: ${tab.used} used, ${tab.amount} signed\n${this.nodeProcess.log}`)
      await this.receipt(() => true, 500).catch(() => {})
    }
  }

  /** Settles what the bundle says and audits it. */
  async settleAndAudit() {
    const bundle = await this.agent.exportBundle()
    await this.world.settle(bundle)
    const { spent } = await this.world.tabOnChain(this.signer, this.node.address)
    return { bundle, spent, audit: await this.world.audit(bundle) }
  }

  /** Ends both processes, so that the next test has the machine. */
  async end(): Promise<void> {
    this.agent.disconnect()
    await Promise.all([this.agentProcess.stop(), this.nodeProcess.stop()])
  }
}
