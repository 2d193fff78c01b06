// The kill tests say "nothing lost, nothing contradicting". Here something is, and the same witness must say so.
import { expect } from "chai"
import { copyOf } from "../support/copy-of.ts"
import { FaultWorld } from "../support/fault-world.ts"
import { Job } from "../support/job.ts"

describe("controls: what the kill tests would find", function () {
  this.timeout(180_000)
  const settings = { windowMs: 20_000, pauseMs: 60_000, stopMs: 120_000 }
  let world: FaultWorld
  let job: Job
  before(async () => {
    world = await FaultWorld.start()
  })
  beforeEach(async () => {
    job = await Job.start(world, { settings })
    await job.receipt()
  })
  afterEach(() => job?.end())
  after(() => world?.stop())

  const restartNode = async () => {
    job.nodeProcess = await world.startNode(job.node)
  }
  const restartAgent = async () => {
    const { child, agent } = await world.startAgent(job.tenant)
    job.agentProcess = child
    job.agent = agent
  }
  /** Until the agent signs nothing more on the tab. */
  const lost = async () => {
    const deadline = performance.now() + 30_000
    for (let tab = await job.tab(); tab.state !== "lost"; tab = await job.tab()) {
      expect(performance.now(), "the agent notices within half a minute").to.be.lessThan(deadline)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return job.tab()
  }

  it("a node that forgets receipts: reported as lost, and the agent signs nothing twice", async () => {
    await job.nodeProcess.kill()
    const old = copyOf(job.node.journal)
    await restartNode()
    await job.receipt()
    await job.receipt()
    job.witness.look()
    expect(job.witness.findings).to.deep.equal([])
    await job.nodeProcess.kill()
    const { seq } = await job.tab()
    old.putBack()
    await restartNode()
    const tab = await lost()
    expect(tab.seq).to.equal(seq)
    expect(tab.dispute).to.match(/no receipt|state_lost|settle what was signed/)
    job.witness.look()
    expect(job.witness.findings.join("\n")).to.match(/lost: receipt \d+ was at the node and is not any more/)
  })

  it("an agent that forgets what it answered: reported as lost, and it signs nothing more", async () => {
    await job.agentProcess.kill()
    job.agent.disconnect()
    const old = copyOf(job.tenant.options.store)
    await restartAgent()
    await job.receipt()
    await job.receipt()
    await job.agentProcess.kill()
    job.agent.disconnect()
    old.putBack()
    await restartAgent()
    expect((await lost()).dispute).to.match(/old copy/)
    job.witness.look()
    expect(job.witness.findings.join("\n")).to.match(/lost: receipt \d+ is countersigned at the node and not in the agent's store/)
  })

  it("both forget: two different receipts with one number are reported", async () => {
    const killBoth = async () => {
      job.agent.disconnect()
      await Promise.all([job.agentProcess.kill(), job.nodeProcess.kill()])
    }
    await killBoth()
    const copies = [copyOf(job.node.journal), copyOf(job.tenant.options.store)]
    await Promise.all([restartNode(), restartAgent()])
    const { seq } = await job.receipt()
    await job.receipt()
    job.witness.look()
    await killBoth()
    for (const copy of copies) copy.putBack()
    await Promise.all([restartNode(), restartAgent()])
    await job.receipt((r) => r.seq > seq)
    job.witness.look()
    const contradiction = /contradiction: two different receipts \d+ are signed by both/
    const found = () => job.witness.findings.join("\n")
    // Each receipt more that both sign is another number for the second time.
    for (let more = 0; more < 5 && !contradiction.test(found()); more++) {
      await job.receipt()
      job.witness.look()
    }
    expect(found()).to.match(contradiction)
  })
})
