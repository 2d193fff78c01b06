// A tab with a standing order: its agent is away, its node is killed around claiming. Nothing is lost, and nothing is paid twice.
import { berthAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import { parseEther } from "viem"
import { CLAIM_STEPS } from "../../provider-node/src/claims/steps.ts"
import type { Child } from "../support/child.ts"
import { type AgentSetup, BURSTS, FaultWorld, type NodeSetup, PRICE } from "../support/fault-world.ts"

const DAY = 86_400

describe("work under a standing order, with kill -9 at every step of a claim", function () {
  this.timeout(300_000)
  let world: FaultWorld
  let setup: NodeSetup
  let tenant: AgentSetup
  let node: Child
  let signer: `0x${string}`
  let claims = 0
  let spent = 0n

  const pause = () => new Promise((resolve) => setTimeout(resolve, 100))
  const spentNow = async () => (await world.tabOnChain(signer, setup.address)).spent
  const nextDay = async () => {
    const { timestamp } = await world.chain.client.getBlock()
    await world.chain.increaseTime(DAY - (Number(timestamp) % DAY) + 60)
  }
  /** Waits for the day's claim. */
  const claimed = async () => {
    let now = await spentNow()
    for (; now <= spent; now = await spentNow()) await pause()
    spent = now
    claims++
  }

  before(async () => {
    world = await FaultWorld.start()
    setup = await world.node({ windowMs: 1_000, pauseMs: 1_000, stopMs: 30_000, standingOrders: { claimMin: 1 } })
    await world.chain.fund(setup.address, { eth: parseEther("1") })
    node = await world.startNode(setup)
    tenant = await world.tenant()
    const { child, agent } = await world.startAgent(tenant)
    const { timestamp } = await world.chain.client.getBlock()
    const standingOrder = { cap: 900_000_000n, rate: PRICE * 10n, until: timestamp + 30n * 86_400n }
    ;({ signer } = await agent.openTab({ node: setup.address, amount: 1_000_000_000n, standingOrder }))
    await agent.run({ image: world.image, command: BURSTS, class: "cpu/x86-64", node: setup.address })
    for (let [tab] = await agent.tabs(); tab!.used === 0n; [tab] = await agent.tabs()) await pause()
    expect((await agent.tabs()).length, "the run opened a tab of its own").equal(1)
    await child.kill()
  })
  after(() => world?.stop())

  it("control: a day is claimed without any kill", async () => {
    await nextDay()
    await claimed()
  })

  for (const step of CLAIM_STEPS)
    it(`node: ${step}`, async () => {
      node.arm(step)
      await nextDay()
      expect(await node.death()).equal("SIGKILL")
      node = await world.startNode(setup)
      await claimed()
      expect((await world.containers(setup)).map((c) => c.state)).deep.equal(["running"])
    })

  it("was one transaction a day and none that failed; its agent, back, signs the same total", async () => {
    const logs = await world.chain.client.getContractEvents({
      ...{ address: world.market.market.contract, abi: berthAbi, eventName: "Settled", fromBlock: 0n, args: { signer } },
    })
    expect(logs.length).equal(claims)
    expect(await world.chain.client.getTransactionCount({ address: setup.address }), "transactions of the node's key").equal(claims)
    const { agent } = await world.startAgent(tenant)
    const [lease] = await agent.leases()
    await agent.stop(lease!.leaseId)
    for (let [tab] = await agent.tabs(); tab!.used <= spent || tab!.running > 0; [tab] = await agent.tabs()) await pause()
    for (let [tab] = await agent.tabs(); tab!.amount !== tab!.used; [tab] = await agent.tabs()) await pause()
    const [tab] = await agent.tabs()
    expect(tab!.dispute).equal(undefined)
    const bundle = await agent.exportBundle()
    await world.settle(bundle)
    await world.settle(bundle)
    expect(await spentNow(), "claims and receipts are one total").equal(tab!.used)
    const result = await world.audit(bundle)
    expect(result.ok, result.findings.map((f) => f.message).join("; ")).equal(true)
    expect(result.findings.filter((f) => f.kind === "standing-order").length, "claims that the bill names").equal(claims)
    await agent.closeTab({ tab: signer })
  })
})
