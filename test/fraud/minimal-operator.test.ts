// An operator that rents its machine out elsewhere and is there for some minutes of each reserved day, to keep collateral and term.
import { reservationsAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import { parseEther } from "viem"
import type { ConnectedAgent } from "../../tenant-sdk/src/index.ts"
import { FaultWorld, type NodeChild, type NodeSetup } from "../support/fault-world.ts"

const DAY = 86_400

describe("a node that is there for some minutes a day", function () {
  this.timeout(240_000)
  let world: FaultWorld
  let setup: NodeSetup
  let node: NodeChild
  let agent: ConnectedAgent

  const pause = () => new Promise((resolve) => setTimeout(resolve, 100))
  const leapTo = async (second: number) => {
    const { timestamp } = await world.chain.client.getBlock()
    await world.chain.increaseTime(second - Number(timestamp))
  }
  const seenBy = async (id: bigint, condition: (r: Awaited<ReturnType<ConnectedAgent["reservations"]>>[number]) => boolean) => {
    for (;;) {
      const r = (await agent.reservations()).find((reservation) => BigInt(reservation.id) === id)
      if (r && condition(r)) return r
      await pause()
    }
  }
  const reserve = async () => {
    for (;;) {
      const { offers } = await agent.reservationQuotes({ class: "cpu/x86-64", term: 12 })
      const { id, existed } = await agent.reserve({ ...offers[0]!, evenIfDearer: true })
      if (!existed) return { id, ...offers[0]!.quote }
      // Until the node has seen the one before it quotes that one again.
      await pause()
    }
  }
  const paidDays = async (id: bigint) => {
    const { reservations: address } = world.chain.deployment
    const events = { address, abi: reservationsAbi, eventName: "DaysPaid", args: { id }, fromBlock: 0n, strict: true } as const
    return (await world.chain.client.getContractEvents(events)).map(({ args }) => args.firstDay)
  }

  before(async () => {
    world = await FaultWorld.start()
    const offers = [{ class: "cpu/x86-64", count: 4, price: "360000", memoryMiB: 16 }]
    setup = await world.node({ offers, reservations: { enabled: true, collateralBps: 1_000, claimEveryDays: 1 } })
    await world.chain.fund(setup.address, { eth: parseEther("1") })
    await world.market.stake(setup, 1_000_000_000n)
    node = await world.startNode(setup)
    ;({ agent } = await world.startAgent(await world.tenant(), { lookMs: 200 }))
  })
  after(() => world?.stop())

  it("is signed 0 by the tenant's agent: three such days end the term, with their collateral and all that is left", async () => {
    const told = await reserve()
    const { id, startDay, pricePerDay } = await reserve()
    // One of its tenants wants nothing signed, and takes it back; its agent has not signed a day by then.
    expect(await agent.stopSigning({ id: told.id })).deep.equal({ silent: true, signed: [] })
    expect((await seenBy(told.id, () => true)).silent).equal(true)
    for (let day = startDay; day < startDay + 3; day++) {
      await leapTo(day * DAY + 20 * 60)
      await seenBy(id, (r) => r.missing === undefined)
      await node.kill()
      await seenBy(id, (r) => r.missing !== undefined)
      await leapTo((day + 1) * DAY + 60)
      const seen = await seenBy(id, (r) => r.days.some((d) => d.day === day && d.signed))
      expect(seen.days.find((d) => d.day === day)!.minutes).equal(0)
      // What it was told not to sign has the minutes that were seen, and they are some.
      const counted = (await seenBy(told.id, (r) => r.days.some((d) => d.day === day && d.minutes < 60))).days.find((d) => d.day === day)!
      expect(counted.signed).equal(false)
      expect(counted.minutes).within(1, 59)
      node = await world.startNode(setup)
    }
    await leapTo((startDay + 3 + 9) * DAY)
    for (const reservation of [id, told.id]) {
      const now = await agent.reservation({ id: reservation })
      expect(now.days.slice(0, 4).map((d) => d.state)).deep.equal(["lapsed", "lapsed", "lapsed", "ended"])
      expect([now.earned, now.owed]).deep.equal([0n, pricePerDay * 12n + now.collateralPerDay * 3n])
      expect(await paidDays(reservation)).deep.equal([])
    }
    const refused = await agent.signDays({ id: told.id }).catch((error) => error)
    expect([refused.code, refused.hint]).deep.equal([
      "usage",
      `berth reservations stop-signing ${(await seenBy(told.id, () => true)).id} --undo`,
    ])
    expect(await agent.stopSigning({ id: told.id, undo: true })).include({ silent: false })
  })
})
