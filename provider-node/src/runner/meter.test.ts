import { expect } from "chai"
import fc from "fast-check"
import { Meter, type Sample } from "./meter.ts"

/** Feeds steps of [wall ms, cores used] and gives active ms. */
function measure(steps: readonly (readonly [number, number])[], meter = new Meter({ count: 1 }), from = { atMs: 0, cpuNs: 0n }): number {
  let { atMs, cpuNs } = from
  meter.add({ atMs, cpuNs })
  for (const [wallMs, cores] of steps) {
    atMs += wallMs
    cpuNs += BigInt(Math.round(wallMs * cores * 1e6))
    meter.add({ atMs, cpuNs })
  }
  return meter.activeMs
}

const times = (count: number, step: readonly [number, number]) => Array.from({ length: count }, () => step)

describe("Meter", () => {
  it("counts busy intervals and no idle ones", () => {
    expect(measure(times(50, [200, 1]))).to.equal(10_000)
    expect(measure(times(50, [200, 0.01]))).to.equal(0)
    expect(measure(times(5, [200, 0.05]))).to.equal(1_000)
  })

  it("merges gaps up to 2 s, once activity resumes, and no longer ones", () => {
    expect(measure([[200, 1], ...times(10, [200, 0]), [200, 1]])).to.equal(2_400)
    expect(measure([[200, 1], ...times(11, [200, 0]), [200, 1]])).to.equal(400)
    expect(measure([[200, 1], ...times(10, [200, 0])])).to.equal(200) // nothing resumed: the end is idle
    expect(measure([...times(5, [200, 0]), [200, 1]])).to.equal(200) // nor is time before the first activity merged
  })

  it("counts vCPUs by use, up to the leased count", () => {
    expect(measure([[1_000, 1.04]], new Meter({ count: 4 }))).to.equal(1_000)
    expect(measure([[1_000, 1.2]], new Meter({ count: 4 }))).to.equal(2_000)
    expect(measure([[1_000, 7.9]], new Meter({ count: 4 }))).to.equal(4_000)
  })

  it("goes on from a base after the node restarted, and a container that restarted begins anew", () => {
    expect(measure([[200, 1]], new Meter({ count: 1, baseMs: 5_000 }), { atMs: 70, cpuNs: 9_000n })).to.equal(5_200)
    const meter = new Meter({ count: 1 })
    for (const [atMs, cpuMs] of [
      [0, 5_000],
      [200, 5_200],
      [400, 100],
      [600, 300],
    ] as const)
      meter.add({ atMs, cpuNs: BigInt(cpuMs) * 1_000_000n })
    expect(meter.activeMs).to.equal(600)
  })

  it("bills of unseen time only what CPU time proves", () => {
    expect(measure([[60_000, 0.25]])).to.equal(15_000)
    expect(measure([[60_000, 3]])).to.equal(60_000)
    expect(
      measure([
        [200, 1],
        [60_000, 0],
        [200, 1],
      ]),
    ).to.equal(400)
  })

  it("counts nobody's time between an interrupt and the next sample", () => {
    const meter = new Meter({ count: 1 })
    meter.add({ atMs: 0, cpuNs: 0n })
    meter.interrupt()
    meter.add({ atMs: 1_000, cpuNs: 1_000_000_000n })
    expect(meter.activeMs).to.equal(0)
  })

  it("counts busy devices of a GPU lease, and none of unseen time", () => {
    const meter = new Meter({ count: 2 })
    for (const [atMs, deviceBusy] of [
      [0, [0, 0]],
      [1_000, [0.9, 0.01]],
      [2_000, [0.5, 0.5]],
      [60_000, [1, 1]],
    ] as const)
      meter.add({ atMs, cpuNs: 0n, deviceBusy })
    expect(meter.activeMs).to.equal(3_000)
  })

  const anySamples = fc.array(
    fc.record({ wallMs: fc.double({ min: -500, max: 20_000, noNaN: true }), cpuMs: fc.integer({ min: -5_000, max: 90_000 }) }),
    { maxLength: 60 },
  )

  it("never falls, never exceeds wall time x count, whatever it is fed", () => {
    fc.assert(
      fc.property(anySamples, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 1e9 }), (steps, count, baseMs) => {
        const meter = new Meter({ count, baseMs })
        let atMs = 1_000
        let cpuMs = 10_000
        let latest = atMs
        meter.add({ atMs, cpuNs: BigInt(cpuMs) * 1_000_000n })
        for (const step of steps) {
          atMs += step.wallMs
          cpuMs = Math.max(0, cpuMs + step.cpuMs)
          const before = meter.activeMs
          const sample: Sample = { atMs, cpuNs: BigInt(cpuMs) * 1_000_000n }
          meter.add(sample)
          latest = Math.max(latest, atMs)
          expect(meter.activeMs).to.be.at.least(before)
          expect(meter.activeMs - baseMs).to.be.at.most((latest - 1_000) * count + 1e-6)
        }
      }),
    )
  })

  it("gives at least the time of the busy intervals and at most that plus merged gaps", () => {
    const step = fc.record({ wallMs: fc.integer({ min: 50, max: 1_000 }), busy: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), (steps) => {
        const busyMs = steps.reduce((sum, { wallMs, busy }) => sum + (busy ? wallMs : 0), 0)
        // The obvious reading of the rule, stretch by stretch, as the oracle.
        let expected = 0
        let gap: number | null = null
        for (const { wallMs, busy } of steps) {
          if (!busy) gap = gap === null ? null : gap + wallMs
          else {
            expected += wallMs + (gap !== null && gap <= 2_000 ? gap : 0)
            gap = 0
          }
        }
        const active = measure(steps.map(({ wallMs, busy }) => [wallMs, busy ? 0.5 : 0] as const))
        expect(active).to.equal(expected)
        expect(active).to.be.at.least(busyMs)
      }),
    )
  })
})
