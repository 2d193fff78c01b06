// One lease, one tab, and SIGKILL at every named step of both sides' loops, in an order that a seed gives.
import { randomBytes } from "node:crypto"
import { type Address, amountOf, type Bundle, bytesToHex } from "@berth/protocol"
import { STEPS } from "../../provider-node/src/books/steps.ts"
import type { ConnectedAgent, Step } from "../../tenant-sdk/src/index.ts"
import { Witness } from "../support/both-books.ts"
import type { Child } from "../support/child.ts"
import { type AgentSetup, BURSTS, type FaultWorld, type NodeChild, type NodeSetup, PRICE } from "../support/fault-world.ts"
import { Seeded } from "../support/seeded.ts"

const AGENT_STEPS: readonly Step[] = ["received", "checked", "signed", "stored", "answered"]
/** Windows that no restart outlasts: this matrix is about books, the windows have tests of their own. */
const WINDOWS = { windowMs: 20_000, pauseMs: 60_000, stopMs: 120_000, idleMs: 120_000 }

export interface Kill {
  readonly side: "node" | "agent"
  readonly step: string
  /** Passed so often before it strikes. */
  readonly skip: number
}

export interface KillOptions {
  readonly seed: number
  /** For each side. */
  readonly kills: number
  /** Alters a side between its death and its next start: controls forget things here. */
  readonly tamper?: (kill: Kill, place: { readonly node: NodeSetup; readonly agent: AgentSetup }) => void
  readonly onKill?: (kill: Kill, ms: number) => void
}

export interface KillResult {
  readonly seed: number
  readonly kills: Readonly<Record<string, number>>
  readonly findings: readonly string[]
  readonly containers: number
  readonly state: string
  readonly receipts: number
  readonly node: Totals
  readonly agent: Totals
  readonly bundle: Totals
  readonly paid: bigint
  readonly auditOk: boolean
  readonly seconds: number
}
type Totals = { readonly gpuMs: bigint; readonly used: bigint; readonly amount: bigint }

/** Every step about equally often, both sides mixed. */
function planOf(seed: number, kills: number): Kill[] {
  const random = new Seeded(seed)
  const side = (name: Kill["side"], steps: readonly string[]): Kill[] => {
    const rounds = Array.from({ length: Math.ceil(kills / steps.length) }, () => random.shuffled(steps)).flat()
    return rounds.slice(0, kills).map((step) => ({ side: name, step, skip: random.below(2) }))
  }
  return random.shuffled([...side("node", STEPS), ...side("agent", AGENT_STEPS)])
}

/** A lease under fire, from its opening to the settlement of its bill. */
export async function runKillMatrix(world: FaultWorld, options: KillOptions): Promise<KillResult> {
  const started = performance.now()
  const market = await Battle.prepare(world)
  const plan = planOf(options.seed, options.kills)
  const counts: Record<string, number> = {}
  for (const [i, kill] of plan.entries()) {
    const from = performance.now()
    if (i === 0) await market.openUnderFire(kill)
    else await market.strike(kill)
    options.tamper?.(kill, market)
    await market.restart(kill)
    const name = `${kill.side} ${kill.step}`
    counts[name] = (counts[name] ?? 0) + 1
    options.onKill?.(kill, performance.now() - from)
    if (market.witness.findings.length > 0) break
  }
  const end = await market.finish()
  return { seed: options.seed, kills: counts, ...end, seconds: Math.round((performance.now() - started) / 100) / 10 }
}

class Battle {
  readonly world: FaultWorld
  readonly node: NodeSetup
  readonly agent: AgentSetup
  nodeProcess: NodeChild
  agentProcess: Child
  line: ConnectedAgent
  witness!: Witness
  readonly #id = bytesToHex(randomBytes(16))
  #container = ""
  #leaseId = ""
  #signer: Address = "0x"

  private constructor(
    world: FaultWorld,
    node: NodeSetup,
    agent: AgentSetup,
    nodeProcess: NodeChild,
    agentProcess: Child,
    line: ConnectedAgent,
  ) {
    this.world = world
    this.node = node
    this.agent = agent
    this.nodeProcess = nodeProcess
    this.agentProcess = agentProcess
    this.line = line
  }

  static async prepare(world: FaultWorld): Promise<Battle> {
    const node = await world.node(WINDOWS)
    const tenant = await world.tenant()
    const nodeProcess = await world.startNode(node)
    const { child, agent } = await world.startAgent(tenant)
    return new Battle(world, node, tenant, nodeProcess, child, agent)
  }

  /** The first kill strikes while the lease is being opened. The same request sent again must give the same lease. */
  async openUnderFire(kill: Kill): Promise<void> {
    await this.line.openTab({ node: this.node.address, amount: 1_500_000_000n })
    this.#signer = (await this.line.tabs())[0]!.signer
    const { market } = this.world.market
    this.witness = new Witness({
      market,
      node: this.node.address,
      signer: this.#signer,
      journal: this.node.journal,
      store: this.agent.options.store,
    })
    this.#child(kill).arm(kill.step, 0)
    await this.#run().catch(() => undefined)
    await this.#child(kill).death()
  }

  async strike(kill: Kill): Promise<void> {
    this.#child(kill).arm(kill.step, kill.skip)
    const how = await this.#child(kill).death()
    if (how !== "SIGKILL") throw new Error(`${kill.side} ended by ${how} and not by our signal:\n${this.#child(kill).log}`)
  }

  async restart(kill: Kill): Promise<void> {
    if (kill.side === "node") this.nodeProcess = await this.world.startNode(this.node)
    else {
      this.line.disconnect()
      const { child, agent } = await this.world.startAgent(this.agent)
      this.agentProcess = child
      this.line = agent
    }
    if (this.#container === "") await this.#opened()
    await this.#sameContainer()
    this.witness.look()
  }

  /** Stops the lease, waits for its last receipt, compares everything, settles and audits. */
  async finish(): Promise<Omit<KillResult, "seed" | "kills" | "seconds">> {
    if (this.witness.findings.length > 0) return this.#broken()
    await this.line.stop(this.#leaseId)
    const lease = await last(this.line.watch(this.#leaseId))
    await this.#lastReceipt()
    const { node, agent } = this.witness.final()
    const containers = await this.world.containers(this.node)
    const bundle = await this.line.exportBundle()
    await this.world.settle(bundle)
    const { spent } = await this.world.tabOnChain(this.#signer, this.node.address)
    const { ok } = await this.world.audit(bundle)
    return {
      findings: this.witness.findings,
      containers: containers.length,
      state: `${lease.state}: ${lease.reason}`,
      receipts: this.witness.receipts,
      node: totals(node.totals),
      agent: totals(agent.totals),
      bundle: recomputed(bundle),
      paid: spent,
      auditOk: ok,
    }
  }

  #child(kill: Kill): Child {
    return kill.side === "node" ? this.nodeProcess : this.agentProcess
  }

  #run() {
    const what = { image: this.world.image, command: BURSTS, class: "cpu/x86-64", node: this.node.address, hours: 1 }
    return this.line.run({ ...what, id: this.#id })
  }

  async #opened(): Promise<void> {
    this.#leaseId = (await this.#run()).leaseId
    for await (const lease of this.line.watch(this.#leaseId)) {
      if (lease.state === "ended") throw new Error(`the lease ended: ${lease.reason} ${lease.detail}`)
      if (lease.state === "ready" || lease.state === "idle") break
    }
    this.#container = (await this.world.containers(this.node))[0]?.id ?? "none"
  }

  async #sameContainer(): Promise<void> {
    const all = await this.world.containers(this.node)
    if (all.length === 1 && all[0]!.id === this.#container && ["running", "paused"].includes(all[0]!.state)) return
    this.witness.findings.push(`container: ${JSON.stringify(all)} in the place of ${this.#container}`)
  }

  /** The receipt without an advance, which both have signed. */
  async #lastReceipt(): Promise<void> {
    const settled = async () => {
      const { seq, used, amount } = (await this.line.tabs())[0]!
      const side = this.witness.look().node.totals
      return used === amount && side.seq === seq && used === amountOf((await this.line.lease(this.#leaseId)).activeMs, PRICE)
    }
    const limit = AbortSignal.timeout(20_000)
    const receipts = this.line.receipts({ signal: limit })[Symbol.asyncIterator]()
    while (!(await settled()) && !limit.aborted)
      await Promise.race([receipts.next().catch(() => {}), new Promise((r) => setTimeout(r, 300))])
  }

  #broken() {
    const none = { gpuMs: 0n, used: 0n, amount: 0n }
    const { findings, receipts } = this.witness
    return { findings, containers: 0, state: "broken off", receipts, node: none, agent: none, bundle: none, paid: 0n, auditOk: false }
  }
}

/** A bundle's totals, from its records alone. */
function recomputed(bundle: Bundle): Totals {
  const { terms, statements } = bundle.tabs[0]!
  const ms = new Map<number, bigint>()
  for (const record of statements.flatMap((s) => s.blocks).flatMap((b) => b.records)) ms.set(record.leaseNo, record.cumulativeMs)
  const used = terms.reduce((sum, t) => sum + amountOf(ms.get(t.leaseNo) ?? 0n, t.price), 0n)
  return { gpuMs: [...ms.values()].reduce((a, b) => a + b, 0n), used, amount: used }
}

const totals = ({ gpuMs, used, amount }: Totals): Totals => ({ gpuMs, used, amount })

async function last<T>(items: AsyncIterable<T>): Promise<T> {
  let item: T | undefined
  for await (item of items);
  return item!
}
