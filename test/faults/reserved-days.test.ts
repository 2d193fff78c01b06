// Killed around signing and posting a reserved day: nothing is lost, and nothing is paid twice.
import { DatabaseSync } from "node:sqlite"
import { MINUTES_PER_DAY, reservationId } from "@berth/protocol"
import { reservationsAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import { parseEther } from "viem"
import { CLAIM_STEPS } from "../../provider-node/src/claims/steps.ts"
import type { ConnectedAgent } from "../../tenant-sdk/src/index.ts"
import type { Child } from "../support/child.ts"
import { copyOf } from "../support/copy-of.ts"
import { type AgentSetup, FaultWorld, type NodeChild, type NodeSetup } from "../support/fault-world.ts"

const DAY = 86_400
const AGENT_STEPS = ["daysSealed", "claimSigned", "claimHanded"] as const

describe("reserved days, with kill -9 at every step of a claim", function () {
  this.timeout(300_000)
  let world: FaultWorld
  let setup: NodeSetup
  let tenant: AgentSetup
  let node: NodeChild
  let child: Child
  let agent: ConnectedAgent
  let id: bigint
  let startDay: number
  let pricePerDay: bigint
  let nth = 0

  const pause = () => new Promise((resolve) => setTimeout(resolve, 100))
  const contract = () => ({ address: world.chain.deployment.reservations, abi: reservationsAbi }) as const
  const view = () => world.chain.client.readContract({ ...contract(), functionName: "reservationOf", args: [id] })
  const startAgent = async () => {
    ;({ child, agent } = await world.startAgent(tenant, { lookMs: 200 }))
  }
  /** Ends day `nth`. */
  const endDay = async () => {
    const { timestamp } = await world.chain.client.getBlock()
    await world.chain.increaseTime((startDay + nth + 1) * DAY + 60 - Number(timestamp))
  }
  /** An agent that missed its node just before a day's end, and just after it, has missed it all day. */
  const untilBothUp = async () => {
    for (let [r] = await agent.reservations(); !r || r.missing !== undefined; [r] = await agent.reservations()) await pause()
  }
  /** Day `nth` is paid before the node has seen so many blocks more. */
  const expectPaid = async (blocks = 200n) => {
    const last = (await node.facts()).head + blocks
    for (let open = (await view()).openDay; open <= startDay + nth; { openDay: open } = await view()) {
      if ((await node.facts()).head > last) throw new Error(`lost: day ${nth} is not paid, ${blocks} blocks later`)
      await pause()
    }
    expect((await view()).earned, "all days so far, in full").equal(pricePerDay * BigInt(++nth))
  }
  const untilPaid = async () => {
    await untilBothUp()
    await expectPaid()
  }

  before(async () => {
    world = await FaultWorld.start()
    const offers = [{ class: "cpu/x86-64", count: 2, price: "360000", memoryMiB: 16 }]
    setup = await world.node({ offers, reservations: { enabled: true, collateralBps: 1_000, claimEveryDays: 1 } })
    await world.chain.fund(setup.address, { eth: parseEther("1") })
    await world.market.stake(setup, 1_000_000_000n)
    node = await world.startNode(setup)
    tenant = await world.tenant()
    await startAgent()
    const { offers: quoted } = await agent.reservationQuotes({ class: "cpu/x86-64", startDay: "today", term: 12 })
    const offer = quoted[0]!
    ;({ id } = await agent.reserve({ ...offer, evenIfDearer: true }))
    expect(id).equal(reservationId(offer.quote.node, offer.quote.nonce))
    ;({ startDay, pricePerDay } = offer.quote)
  })
  after(() => world?.stop())

  it("a day is claimed without any kill", async () => {
    await endDay()
    await untilPaid()
  })

  for (const step of AGENT_STEPS)
    it(`agent: ${step}`, async () => {
      child.arm(step)
      await endDay()
      expect(await child.death()).equal("SIGKILL")
      await startAgent()
      await untilPaid()
    })

  for (const step of CLAIM_STEPS)
    it(`node: ${step}`, async () => {
      node.arm(step)
      await endDay()
      expect(await node.death()).equal("SIGKILL")
      node = await world.startNode(setup)
      await untilPaid()
    })

  it("control: with the agent gone too, a day whose claim the node forgets is found to be lost, and paid when it remembers", async () => {
    node.arm("claimStored")
    await endDay()
    expect(await node.death()).equal("SIGKILL")
    agent.disconnect()
    await child.kill()
    const whole = copyOf(setup.journal)
    const journal = new DatabaseSync(setup.journal)
    expect(journal.prepare("DELETE FROM day_claims").run().changes).equal(1)
    journal.close()
    node = await world.startNode(setup)
    const found = await expectPaid(15n).catch((error: Error) => error.message)
    expect(found).match(/^lost: day \d+ is not paid/)
    await node.kill()
    whole.putBack()
    node = await world.startNode(setup)
    await expectPaid()
  })

  it("left one payment a day, each of 1,440 minutes by the holder's word, and no transaction that failed", async () => {
    const logs = await world.chain.client.getContractEvents({
      ...contract(),
      eventName: "DaysPaid",
      args: { id },
      fromBlock: 0n,
      strict: true,
    })
    const days = logs.map(({ args }) => ({
      day: args.firstDay,
      days: args.days_,
      witness: args.witness,
      served: args.served,
      paid: args.paid,
    }))
    const full = `0x${MINUTES_PER_DAY.toString(16).padStart(4, "0")}`
    expect(days).deep.equal(
      Array.from({ length: nth }, (_, i) => ({ day: startDay + i, days: 1n, witness: 0, served: full, paid: pricePerDay })),
    )
    expect(await world.chain.client.getTransactionCount({ address: setup.address }), "transactions of the node's key").equal(nth)
    expect((await view()).owed).equal(0n)
  })
})
