// A node that is handed a claim of few minutes and sits on it, so that a quorum may have the day paid in full: the agent posts it itself.
import { MINUTES_PER_DAY } from "@berth/protocol"
import { reservationsAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import { parseEther } from "viem"
import type { ConnectedAgent } from "../../tenant-sdk/src/index.ts"
import { FaultWorld, type NodeChild } from "../support/fault-world.ts"

const DAY = 86_400

describe("a day served in part that its node does not post", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let node: NodeChild
  let agent: ConnectedAgent
  let id: bigint
  let startDay: number

  const pause = () => new Promise((resolve) => setTimeout(resolve, 100))
  const leapTo = async (second: number) => {
    const { timestamp } = await world.chain.client.getBlock()
    await world.chain.increaseTime(second - Number(timestamp))
  }
  const paid = async () => {
    const address = world.chain.deployment.reservations
    const logs = await world.chain.client.getContractEvents({
      ...{ address, abi: reservationsAbi, eventName: "DaysPaid", args: { id }, fromBlock: 0n, strict: true },
    } as const)
    return logs.map(({ args }) => ({ day: args.firstDay, minutes: Number(args.served), witness: args.witness }))
  }
  const seenBy = async (condition: (r: Awaited<ReturnType<ConnectedAgent["reservations"]>>[number]) => boolean) => {
    for (;;) {
      const [r] = await agent.reservations()
      if (r && condition(r)) return r
      await pause()
    }
  }

  before(async () => {
    world = await FaultWorld.start()
    const offers = [{ class: "cpu/x86-64", count: 2, price: "360000", memoryMiB: 16 }]
    const setup = await world.node({ offers, reservations: { enabled: true, collateralBps: 1_000, claimEveryDays: 30 } })
    await world.chain.fund(setup.address, { eth: parseEther("1") })
    await world.market.stake(setup, 1_000_000_000n)
    node = await world.startNode(setup)
    ;({ agent } = await world.startAgent(await world.tenant(), { lookMs: 200 }))
    const { offers: quoted } = await agent.reservationQuotes({ class: "cpu/x86-64", term: 12 })
    ;({ id } = await agent.reserve({ ...quoted[0]!, evenIfDearer: true }))
    ;({ startDay } = quoted[0]!.quote)
  })
  after(() => world?.stop())

  it("is left to the node at first, and posted by the agent before a quorum is heard", async () => {
    await leapTo(startDay * DAY + 6 * 3_600)
    await seenBy((r) => r.missing === undefined)
    await node.kill()
    await seenBy((r) => r.missing !== undefined)
    await leapTo((startDay + 1) * DAY + 60)
    const seen = await seenBy((r) => r.days.some((d) => d.day === startDay && d.minutes < MINUTES_PER_DAY - 60))
    const { minutes } = seen.days.find((d) => d.day === startDay)!
    expect(minutes).greaterThan(300)
    // A minute before the sixth day after its end.
    await leapTo((startDay + 6) * DAY - 60)
    await seenBy((r) => r.days.some((d) => d.day === startDay + 4 && d.minutes === 0))
    expect([(await seenBy(() => true)).heldBack, await paid()]).deep.equal([[], []])
    await leapTo((startDay + 6) * DAY + 60)
    while ((await paid()).length === 0) await pause()
    expect(await paid()).deep.equal([{ day: startDay, minutes, witness: 0 }])
    await seenBy((r) => r.heldBack.length === 0)
  })
})
