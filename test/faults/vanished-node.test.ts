// A node that takes what is paid ahead and stops working, for good: with stake behind it a window, without it ten seconds.
import { amountOf, formatCredits, windowAmount } from "@berth/protocol"
import { expect } from "chai"
import { Child } from "../support/child.ts"
import { FaultWorld, PRICE } from "../support/fault-world.ts"
import { Job } from "../support/job.ts"

const WINDOW_MS = 15_000
const CHALLENGE_SECONDS = 72 * 3_600
const window = windowAmount(WINDOW_MS, 1, PRICE)
const kinds = [
  { name: "staked", stake: window * 100n, most: window, words: "one window" },
  { name: "not staked", stake: 0n, most: amountOf(10_000n, PRICE), words: "ten seconds" },
] as const

for (const { name, stake, most, words } of kinds)
  describe(`a node that takes the advance and stops working (${name})`, function () {
    this.timeout(120_000)
    let world: FaultWorld
    let job: Job
    before(async () => {
      world = await FaultWorld.start()
      job = await Job.start(world, { stake, settings: { windowMs: WINDOW_MS, pauseMs: 30_000, stopMs: 60_000 } })
      await job.receipt((r) => r.used > 0n && r.amount > r.used)
      await job.nodeProcess.kill()
    })
    after(async () => {
      await job?.end()
      await world?.stop()
    })

    it(`gets ${words} that it did not work for, and no credit more; bill and audit name it; the rest comes back without the node`, async () => {
      const { used, amount, deposit } = await job.tab()
      expect(amount > used).to.equal(true)
      // The operator settles all that was signed.
      const { spent, audit } = await job.settleAndAudit()
      expect(spent).to.equal(amount)
      const loss = spent - used
      console.log(
        `      ${used} credits worked, ${spent} paid: the tenant loses ${loss}, ${(Number((loss * 100n) / window) / 100).toFixed(2)} windows`,
      )
      expect(loss).to.equal(most)

      const [statement] = (await job.agent.bill()).statements
      expect(statement!.paidAhead).to.equal(loss)
      const named = audit.findings.find((f) => f.kind === "paid-ahead")
      expect(named?.message)
        .to.include(formatCredits(loss))
        .and.match(/paid ahead for work that was not done/)
      expect(named?.node).to.equal(job.node.address.toLowerCase())
      expect(audit.ok).to.equal(true)

      // The lease still counts as running: nobody can be asked. That must not keep the deposit locked.
      await job.agent.closeTab({ tab: job.signer, timed: true })
      await world.chain.increaseTime(CHALLENGE_SECONDS + 1)
      const before = (await job.agent.balance()).available
      await job.agent.finishClose({ tab: job.signer })
      expect((await job.agent.balance()).available - before).to.equal(deposit - spent)
      expect((await job.agent.lease(job.leaseId)).state).to.equal("ended")
    })

    it("an agent that starts while the node is gone comes up and knows all this", async () => {
      job.agent.disconnect()
      await job.agentProcess.kill()
      const { child, agent } = await world.startAgent(job.tenant)
      expect(child).to.be.instanceOf(Child)
      job.agentProcess = child
      job.agent = agent
      expect((await job.tab()).state).to.equal("closed")
    })
  })
