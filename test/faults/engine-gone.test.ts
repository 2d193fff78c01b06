// A container engine of our own, frozen and killed: what is not seen is unknown, not dead, and is billed to nobody.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { amountOf } from "@berth/protocol"
import { expect } from "chai"
import { type OwnedDockerd, startDockerd } from "../../scripts/engine/dockerd.ts"
import { findProgram } from "../../scripts/engine/install.ts"
import { FaultWorld, PRICE } from "../support/fault-world.ts"
import { Job } from "../support/job.ts"

const mayOwn = process.platform === "linux" && process.getuid?.() === 0 && findProgram("dockerd") !== null
const settings = { windowMs: 4_000, pauseMs: 15_000, stopMs: 60_000 }

describe("the container engine is gone", function () {
  this.timeout(180_000)
  let dataDir: string
  let dockerd: OwnedDockerd
  let world: FaultWorld
  let job: Job

  const start = () => startDockerd({ program: findProgram("dockerd")!, dataDir, log: () => {}, network: false })
  before(async function () {
    if (!mayOwn) return this.skip()
    dataDir = mkdtempSync(join(tmpdir(), "berth-own-engine-"))
    dockerd = await start()
    world = await FaultWorld.start({ engine: dockerd })
  })
  afterEach(() => job?.end())
  after(async () => {
    await world?.stop()
    await dockerd?.stop()
    if (dataDir) rmSync(dataDir, { recursive: true, force: true })
  })

  it("frozen: unknown, no job is declared dead, none is billed for more than was seen; then it goes on", async () => {
    job = await Job.start(world, { settings })
    await job.receipt((r) => r.used > 0n)
    const [container] = await world.containers(job.node)
    process.kill(dockerd.pid, "SIGSTOP")
    try {
      // The node asks its engine when there is something to do: here, another lease.
      const what = { image: world.image, command: ["true"], class: "cpu/x86-64", node: job.node.address, hours: 0.01 }
      const second = await job.agent.run(what)
      const lease = await job.until((l) => l.unknown)
      expect(lease.state).to.be.oneOf(["ready", "idle"])
      const facts = await job.nodeProcess.facts()
      expect(facts.engineUp).to.equal(false)
      expect(facts.leases.filter((l) => l.state === "ended")).to.deep.equal([])
      process.kill(dockerd.pid, "SIGCONT")
      await job.until((l) => !l.unknown)
      for await (const l of job.agent.watch(second.leaseId)) if (l.state === "ended") expect(l.reason).to.equal("completed")
    } finally {
      process.kill(dockerd.pid, "SIGCONT")
    }
    await job.receipt((r) => r.records > 0)
    expect((await world.containers(job.node)).find((c) => c.state === "running")?.id).to.equal(container!.id)
    await expectSoundBooks()
  })

  it("killed: unknown while it is gone; what the engine then says is the end, with one bill and no second container", async () => {
    job = await Job.start(world, { settings })
    await job.receipt((r) => r.used > 0n)
    const [container] = await world.containers(job.node)
    process.kill(dockerd.pid, "SIGKILL")
    const gone = await job.until((l) => l.unknown)
    expect(gone.state).to.be.oneOf(["ready", "idle"])
    const before = (await job.nodeProcess.facts()).leases[0]!.claimedMs
    await job.receipt(() => true, 3_000).catch(() => undefined)
    const meanwhile = (await job.nodeProcess.facts()).leases[0]!
    expect(meanwhile.state).to.be.oneOf(["ready", "idle"])
    console.log(`      ${meanwhile.claimedMs - before} ms claimed in some 3 s without an engine`)
    // A dockerd that comes back ends what its predecessor left: that is an answer, and a known end.
    dockerd = await start()
    const ended = await job.until((l) => l.state === "ended")
    console.log(`      ended: ${ended.reason}, exit code ${ended.exitCode}`)
    expect(ended.reason).to.be.oneOf(["completed", "engine_lost"])
    expect((await world.containers(job.node)).map((c) => c.id)).to.deep.equal([container!.id])
    await expectSoundBooks()
  })

  async function expectSoundBooks(): Promise<void> {
    const tab = await job.finish()
    job.witness.final()
    expect(job.witness.findings).to.deep.equal([])
    const { spent, audit } = await job.settleAndAudit()
    expect(spent).to.equal(tab.used)
    expect(audit.ok).to.equal(true)
    const { claimedMs } = (await job.nodeProcess.facts()).leases[0]!
    expect(tab.used >= amountOf(claimedMs, PRICE)).to.equal(true)
  }
})
