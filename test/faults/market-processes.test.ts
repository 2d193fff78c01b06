// Chain, recorder, nodes and agent are processes that meet only over RPC, libp2p and HTTP: killing any one leaves the others up.
import { expect } from "chai"
import type { Child } from "../support/child.ts"
import { FaultWorld } from "../support/fault-world.ts"
import { Job } from "../support/job.ts"

describe("killing any one process of a market leaves the others up", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let job: Job
  let other: Child
  let recorder: Child<{ addresses: string[] }>
  let children: Record<string, Child>

  before(async () => {
    world = await FaultWorld.start()
    recorder = await world.startRecorder()
    job = await Job.start(world, { settings: { pauseMs: 60_000, stopMs: 90_000, recorders: recorder.ready.addresses } })
    other = await world.startNode(await world.node())
    children = { recorder, node: job.nodeProcess, "other node": other, agent: job.agentProcess }
  })
  after(() => world?.stop())

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
    const [container] = await world.containers(job.node)
    expect(container!.state).to.equal("running")
    const { leases } = await job.nodeProcess.facts()
    expect(leases[0]!.state).to.be.oneOf(["ready", "idle"])
    upBut(["recorder", "other node", "agent"])
    const { child, agent } = await world.startAgent(job.tenant)
    job.agent = agent
    job.agentProcess = child
    children.agent = child
    await job.receipt()
  })

  it("the chain: node and agent stay up, and receipts go on", async () => {
    process.kill(world.chain.pid, "SIGKILL")
    await world.chain.ended
    while ((await job.nodeProcess.facts()).reachable) await job.receipt()
    const { seq } = await job.receipt()
    await job.receipt((r) => r.seq > seq)
    upBut(["recorder", "other node"])
  })
})
