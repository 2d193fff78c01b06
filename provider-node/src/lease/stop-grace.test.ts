import { setTimeout as delay } from "node:timers/promises"
import { isRunning, type LeaseState } from "@berth/protocol"
import { expect } from "chai"
import type { OpenedLease, TestAgent } from "../../test-support/agent.ts"
import { addressOf, World } from "../../test-support/world.ts"

const GRACE_MS = 4_000
/** Works on, whatever it is told. */
const STUBBORN = ["sh", "-c", "trap '' TERM; echo go; while :; do :; done"]

describe("the time that a program is given to end", function () {
  this.timeout(90_000)
  let world: World
  let agent: TestAgent
  before(async () => {
    world = await World.start()
    const registered = await world.register()
    const config = world.config({ knownAfterWindows: 0, pauseMs: 3_000, stopMs: 5_000, stopGraceMs: GRACE_MS })
    const node = await world.start(registered, config)
    agent = await world.agent(registered, addressOf(node))
    await agent.connect()
  })
  after(() => world.stop())

  const until = ({ id }: OpenedLease, is: (state: LeaseState) => boolean) => agent.watch(id, ({ state }) => is(state as LeaseState))
  const open = async () => {
    const lease = await agent.open({ image: world.image, command: STUBBORN })
    await until(lease, isRunning)
    return lease
  }

  it("is work like any other: who asks for the end and works on pays for it", async () => {
    const lease = await open()
    await delay(1_500)
    const [{ activeMs: before }] = await Promise.all([agent.watch(lease.id, () => true)])
    await agent.lease({ stop: { leaseId: lease.id } })
    const { activeMs: after } = await until(lease, (state) => state === "ended")
    expect(Number(after - before)).to.be.within(GRACE_MS - 1_500, GRACE_MS + 3_000)
    expect(agent.errors).to.deep.equal([])
  })

  it("is none for who was paused because it does not sign: it would be free work", async () => {
    const lease = await open()
    await delay(500)
    agent.signing = false
    await until(lease, (state) => state === "paused")
    const stopping = until(lease, (state) => state === "stopping").then(() => performance.now())
    await until(lease, (state) => state === "ended")
    expect(performance.now() - (await stopping)).to.be.lessThan(GRACE_MS - 1_000)
  })
})
