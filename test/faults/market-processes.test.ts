// Chain, recorder, nodes, agent and indexer are processes that meet only over RPC, libp2p and HTTP: killing any one leaves the others up.
import { expect } from "chai"
import type { Child } from "../support/child.ts"
import { FaultWorld } from "../support/fault-world.ts"
import { IndexerProcess } from "../support/indexer-process.ts"
import { Job } from "../support/job.ts"

describe("killing any one process of a market leaves the others up", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let job: Job
  let container: string
  let other: Child
  let recorder: Child<{ addresses: string[] }>
  let indexer: IndexerProcess
  let children: Record<string, { readonly alive: boolean }>

  before(async () => {
    world = await FaultWorld.start()
    recorder = await world.startRecorder()
    job = await Job.start(world, { settings: { pauseMs: 60_000, stopMs: 90_000, recorders: recorder.ready.addresses } })
    other = await world.startNode(await world.node())
    container = (await world.containers(job.node))[0]!.id
    await startIndexer()
    children = { recorder, node: job.nodeProcess, "other node": other, agent: job.agentProcess, indexer }
  })
  after(async () => {
    await indexer?.kill()
    await world?.stop()
  })

  const startIndexer = async () => {
    indexer = await IndexerProcess.start(world.chain.deploymentFile, world.dir)
    return indexer
  }
  const upBut = (dead: readonly string[]) =>
    expect(
      Object.entries(children)
        .filter(([, child]) => !child.alive)
        .map(([name]) => name),
    ).to.deep.equal([...dead])

  it("the recorder: receipts go on", async () => {
    await job.receipt((r) => r.used > 0n)
    await recorder.kill()
    const { seq } = await job.receipt()
    await job.receipt((r) => r.seq > seq)
    upBut(["recorder"])
  })

  it("the indexer: another run works, from quote to end", async () => {
    await indexer.ready()
    expect(await indexer.nodes()).to.include.members([job.node.address.toLowerCase()])
    await indexer.kill()
    expect(await indexer.nodes()).to.equal(undefined)
    const what = { image: world.image, command: ["true"], class: "cpu/x86-64", node: job.node.address, hours: 0.01 }
    const { leaseId } = await job.agent.run(what)
    let reason: string | undefined
    for await (const lease of job.agent.watch(leaseId)) if (lease.state === "ended") reason = lease.reason
    expect(reason).to.equal("completed")
    upBut(["recorder", "indexer"])
    children.indexer = await startIndexer()
  })

  it("a node that hangs is not waited for, nor asked again for a while; by who waits longer it is", async () => {
    const nodes = async (timeoutMs?: number) =>
      (await job.agent.quotes({ class: "cpu/x86-64", timeoutMs })).offers.map((o) => o.info.node).sort()
    const both = await nodes(20_000)
    expect(both).to.have.length(2)
    process.kill(other.pid, "SIGSTOP")
    expect(await nodes()).to.deep.equal([job.node.address.toLowerCase()])
    setTimeout(() => process.kill(other.pid, "SIGCONT"), 4_000)
    expect(await nodes(30_000)).to.deep.equal(both)
  })

  it("a node: the other one quotes, the agent goes on", async () => {
    await other.kill()
    const { offers } = await job.agent.quotes({ class: "cpu/x86-64" })
    expect(offers.map((o) => o.info.node)).to.deep.equal([job.node.address.toLowerCase()])
    await job.receipt()
    upBut(["recorder", "other node"])
  })

  it("the agent: the node keeps the container running", async () => {
    job.agent.disconnect()
    await job.agentProcess.kill()
    expect((await world.containers(job.node)).find(({ id }) => id === container)?.state).to.equal("running")
    const { leases } = await job.nodeProcess.facts()
    expect(leases[0]!.state).to.be.oneOf(["ready", "idle"])
    upBut(["recorder", "other node", "agent"])
    const { child, agent } = await world.startAgent(job.tenant)
    job.agent = agent
    job.agentProcess = child
    children.agent = child
    await job.receipt()
  })

  it("the chain: node, agent and indexer stay up, and receipts go on", async () => {
    await indexer.ready()
    process.kill(world.chain.pid, "SIGKILL")
    await world.chain.ended
    while ((await job.nodeProcess.facts()).reachable) await job.receipt()
    const { seq } = await job.receipt()
    await job.receipt((r) => r.seq > seq)
    expect(await indexer.nodes(), "what it knows").to.include.members([job.node.address.toLowerCase()])
    upBut(["recorder", "other node"])
  })
})
