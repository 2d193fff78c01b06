import { expect } from "chai"
import { Metering } from "../metering.ts"
import type { LeaseId } from "../runner.ts"
import { delay, EngineFixture, saw } from "./engine.fixture.ts"

/** Whole periods of 6 s: the longer, the closer. 60 for the full measurement. */
const seconds = Number(process.env.BERTH_METER_SECONDS ?? 18)
const BURN = "while :; do :; done"

describe("Metering of real containers", function () {
  this.timeout((seconds + 60) * 1_000)
  let fixture: EngineFixture
  let metering: Metering
  const errors: unknown[] = []
  before(async () => {
    fixture = await EngineFixture.start()
    metering = new Metering({ runner: fixture.runner, onError: (error) => errors.push(error) })
    metering.start()
  })
  after(async () => {
    await metering.stop()
    await fixture.stop()
  })

  it(`counts each its own over ${seconds} s: asleep 0, half busy a half, busy all`, async () => {
    const started = await Promise.all([
      fixture.run("echo go; sleep 600"),
      fixture.run(`echo go; while :; do timeout 3 sh -c '${BURN}'; sleep 3; done`, { cpus: 0.4 }),
      fixture.run(`echo go; ${BURN}`, { cpus: 0.4 }),
    ])
    await Promise.all(started.map((leaseId) => saw(fixture.runner, leaseId, "go")))
    const [asleep, half, busy] = started as [LeaseId, LeaseId, LeaseId]
    await delay(300) // starting a container is work, but not this test's
    // Before the first sample: the meter counts from it, and can't count more than has passed since.
    const from = performance.now()
    for (const leaseId of started) metering.track(leaseId, { count: 1 })
    await metering.sampleNow()
    await delay(seconds * 1_000)
    await metering.sampleNow()
    const wallMs = performance.now() - from
    expect(errors).to.deep.equal([])
    expect(metering.activeMs(asleep)).to.equal(0)
    expect(metering.activeMs(half) / wallMs).to.be.within(0.45, 0.55)
    expect(metering.activeMs(busy) / wallMs).to.be.within(0.97, 1)

    // Paused: nothing counts, and nothing of the pause is counted afterwards.
    await fixture.runner.pause(busy)
    await metering.sampleNow()
    const frozen = metering.activeMs(busy)
    const pausedFrom = performance.now()
    await delay(2_500)
    expect(metering.activeMs(busy) - frozen).to.be.at.most(250) // the interval in which it was paused
    await fixture.runner.unpause(busy)
    await delay(1_000)
    await metering.sampleNow()
    const since = performance.now() - pausedFrom
    expect(metering.activeMs(busy) - frozen).to.be.within(700, since - 2_000)
  })
})
