import { setTimeout as delay } from "node:timers/promises"
import { expect } from "chai"
import type { Sample } from "../runner/meter.ts"
import { Metering } from "./metering.ts"

/** A lease that writes down what its meter is told. */
function lease(id: string) {
  const told: string[] = []
  return { id, state: "ready", told, meter: () => void told.push("sample"), interruptMeter: () => void told.push("interrupt") }
}

describe("metering beside a container whose use can't be read", function () {
  this.timeout(20_000)

  it("bills the others on, and nothing of the time in which that one was not seen; the operator is told once", async () => {
    const [seen, hidden] = [lease("seen"), lease("hidden")]
    let hides = false
    const runner = {
      sample: async () => new Map<string, Sample>((hides ? [seen] : [seen, hidden]).map(({ id }) => [id, { atMs: 0, cpuNs: 0n }])),
    }
    const warned: unknown[] = []
    const metering = new Metering({ sampleMs: 100 }, {
      ...{ runner, leases: { live: () => [seen, hidden] }, engineUp: () => true },
      log: { warn: (what: unknown) => void warned.push(what), error: expect.fail },
    } as never)
    metering.start()
    await delay(500)
    hides = true
    await delay(3_600)
    hides = false
    await delay(500)
    await metering.stop()
    // The first round of a node bills nothing of the time before it.
    expect(seen.told.slice(1)).to.not.include("interrupt")
    expect(seen.told.length).to.be.greaterThan(20)
    const [first, ...rest] = hidden.told
      .slice(1)
      .join(" ")
      .split(/(?: interrupt)+ /)
    expect(first).to.match(/^sample( sample)*$/)
    expect(rest).to.have.length(1)
    expect(rest[0]).to.match(/^sample( sample)*$/)
    expect(warned).to.deep.equal([{ lease: "hidden" }])
  })
})
