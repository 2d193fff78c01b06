// A node that gets another address while a lease runs there, as `berth-node publish` says it on chain: its tenants' agents follow.
import { expect } from "chai"
import { freePort } from "../../scripts/start/ports.ts"
import { FaultWorld } from "../support/fault-world.ts"
import { Job } from "../support/job.ts"
import { profileOf } from "../support/market.ts"

describe("a node that moves", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let job: Job
  before(async () => {
    world = await FaultWorld.start()
    job = await Job.start(world, { settings: { windowMs: 15_000, pauseMs: 40_000, stopMs: 60_000 } })
  })
  after(async () => {
    await job?.end()
    await world?.stop()
  })

  it("is found again by an agent that runs: receipts and the lease's state go on", async () => {
    const { node } = job
    const { seq, used } = await job.receipt((r) => r.used > 0n)
    const listen = `/ip4/127.0.0.1/tcp/${await freePort(0)}`
    const addresses = [node.multiaddr.replace(/^.*(?=\/p2p\/)/, listen)]
    await world.market.call(node.operator, "updateNode", [node.address, profileOf({ addresses })])
    await job.nodeProcess.kill()
    job.nodeProcess = await world.startNode(node, { settings: { listen: [listen] } })
    const next = await job.receipt((r) => r.seq > seq && r.used > used)
    expect(next.node).equal(node.address)
    // The lease is watched there too: its end is heard of.
    await job.finish()
  })
})
