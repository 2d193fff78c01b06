import { setTimeout as delay } from "node:timers/promises"
import { isRunning, type LeaseState } from "@berth/protocol"
import { expect } from "chai"
import type { OpenedLease, TestAgent } from "../../test-support/agent.ts"
import { addressOf, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"

/** Half of the time is worked in stretches of 6 s, so only whole periods of 12 s have half of it: the longer, the closer. README.md has 60. */
const PERIOD_S = 12
const seconds = Number(process.env.BERTH_METER_SECONDS ?? 2 * PERIOD_S)
if (seconds % PERIOD_S !== 0) throw new Error(`BERTH_METER_SECONDS is ${seconds}: whole periods of ${PERIOD_S} s are needed`)
/** A stretch counts from the sample before its first work to the one after its last: a machine that lets samples wait rounds up more. */
const within = seconds >= 60 ? 0.05 : 0.08
const BURN = "while :; do :; done"
/** What is known of a lease's use is as old as the last sample. */
const SAMPLE_MS = 250

describe("Metering of real containers, as a node bills them", function () {
  this.timeout((seconds + 90) * 1_000)
  let world: World
  let node: BerthNode
  let agent: TestAgent
  before(async () => {
    world = await World.start()
    const registered = await world.register()
    node = await world.start(registered, world.config({ knownAfterWindows: 0, pauseMs: 10_000, stopMs: 60_000 }))
    agent = await world.agent(registered, addressOf(node))
    await agent.connect()
  })
  after(() => world.stop())

  /** Opens a lease; resolves once its script runs. */
  async function run(script: string): Promise<OpenedLease> {
    const lease = await agent.open({ image: world.image, command: ["sh", "-c", `echo go; ${script}`] })
    await until(lease, isRunning)
    return lease
  }

  const activeMs = async ({ id }: OpenedLease) => Number((await agent.watch(id, () => true)).activeMs)
  const until = ({ id }: OpenedLease, is: (state: LeaseState) => boolean) => agent.watch(id, ({ state }) => is(state as LeaseState))

  it(`counts each its own over ${seconds} s: asleep 0, half busy a half, busy all; nothing while paused`, async () => {
    const leases = [await run("sleep 600"), await run(`while :; do timeout 6 sh -c '${BURN}'; sleep 6; done`), await run(BURN)]
    const [asleep, , busy] = leases as [OpenedLease, OpenedLease, OpenedLease]
    await delay(500) // starting a container is work, but not this test's
    const from = performance.now()
    const before = await Promise.all(leases.map(activeMs))
    await delay(seconds * 1_000)
    const after = await Promise.all(leases.map(activeMs))
    const wallMs = performance.now() - from
    const [idleMs, halfMs, busyMs] = after.map((ms, i) => ms - before[i]!) as [number, number, number]
    const share = (ms: number) => `${((100 * ms) / wallMs).toFixed(1)} %`
    console.log(`      over ${(wallMs / 1_000).toFixed(1)} s: asleep ${idleMs} ms, half busy ${share(halfMs)}, busy ${share(busyMs)}`)
    expect(idleMs).to.equal(0)
    expect(halfMs / wallMs).to.be.within(0.5 - within, 0.5 + within)
    expect(busyMs / wallMs).to.be.within(0.97, 1 + SAMPLE_MS / wallMs)
    expect(agent.errors, "what the node billed was signed").to.deep.equal([])

    agent.signing = false
    await until(busy, (state) => state === "paused")
    const frozen = await activeMs(busy)
    await delay(2_500)
    expect(await activeMs(busy)).to.equal(frozen)
    const resumed = performance.now()
    agent.signing = true
    agent.disconnect()
    await agent.connect()
    let later = frozen
    while (later < frozen + 500) {
      await delay(200)
      later = await activeMs(busy)
    }
    expect(later - frozen, "of the pause nothing is counted afterwards").to.be.below(performance.now() - resumed + SAMPLE_MS)
    expect(await activeMs(asleep)).to.equal(after[0])
  })
})
