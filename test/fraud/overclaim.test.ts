// The real node, altered to claim more time than it measured: the agent's own clock is the bound.
import { windowAmount } from "@berth/protocol"
import { expect } from "chai"
import { nodeSide } from "../support/both-books.ts"
import { FaultWorld, PRICE } from "../support/fault-world.ts"
import { Job } from "../support/job.ts"

const WINDOW_MS = 4_000

describe("a node that claims more time than it measured", function () {
  this.timeout(90_000)
  let world: FaultWorld
  let job: Job
  before(async () => {
    world = await FaultWorld.start()
  })
  afterEach(() => job?.end())
  after(() => world?.stop())

  it("by three seconds: nothing is signed beyond what the agent's clock allows", async () => {
    const started = performance.now()
    job = await Job.start(world, { settings: { windowMs: 5_000, pauseMs: 40_000, stopMs: 60_000 }, overclaimMs: 3_000 })
    const receipt = await job.receipt((r) => r.gpuMs > 0n)
    const elapsed = performance.now() - started
    console.log(`      ${receipt.gpuMs} ms signed, ${elapsed.toFixed(0)} ms since before the start`)
    expect(Number(receipt.gpuMs)).to.be.at.most(elapsed * 1.001 + 1_000)
    expect(job.agentProcess.log).to.match(/overclaim/)
  })

  it("by hours: nothing of it is signed, the lease ends, the tenant has lost its one window at most", async () => {
    job = await Job.start(world, { settings: { windowMs: WINDOW_MS, pauseMs: 3_000, stopMs: 6_000 }, overclaimMs: 10_000_000 })
    await job.until((l) => l.state === "ended")
    const files = { market: world.market.market, node: job.node.address, signer: job.signer, journal: job.node.journal, store: "" }
    const { totals } = nodeSide(files)
    expect(totals.gpuMs).to.equal(0n)
    expect(totals.amount <= windowAmount(WINDOW_MS, 1, PRICE)).to.equal(true)
    expect((await job.tab()).amount).to.equal(totals.amount)
    expect((await job.agent.lease(job.leaseId)).reason).to.equal("no_signature")
  })
})
