import { setTimeout as delay } from "node:timers/promises"
import { expect } from "chai"
import type Docker from "dockerode"
import type { LeaseId } from "../runner.ts"
import { CpuSampler } from "./cpu-sampler.ts"

const lease = (n: number): LeaseId => `0x${String(n).padStart(64, "0")}`

/** An engine of containers with figures of their own, some of which it never answers about, as Docker does while a kill hangs in the kernel. */
function engine(hanging: readonly LeaseId[], mode: "hangs" | "fails" = "hangs", statsMs = 0) {
  const asked: string[] = []
  const getContainer = (name: string) => ({
    inspect: async () => {
      asked.push(name)
      if (hanging.includes(name as LeaseId)) {
        if (mode === "fails") throw Object.assign(new Error("broken"), { statusCode: 503 })
        await new Promise(() => {})
      }
      return { State: { Running: true, Pid: -1 }, Id: "0".repeat(64) }
    },
    stats: async () => {
      await delay(statsMs)
      return { cpu_stats: { cpu_usage: { total_usage: 5_000_000 } } }
    },
  })
  return { sampler: new CpuSampler({ getContainer } as unknown as Docker, (id) => id, 60_000), asked }
}

describe("CPU samples of many containers", function () {
  this.timeout(10_000)

  it("don't wait for one that the engine never answers about, which is asked about once", async () => {
    const { sampler, asked } = engine([lease(2)])
    const seen = new Map<LeaseId, number>()
    for (const end = performance.now() + 3_000; performance.now() < end; await delay(220)) {
      const began = performance.now()
      for (const id of (await sampler.sample([lease(1), lease(2), lease(3)])).keys()) seen.set(id, (seen.get(id) ?? 0) + 1)
      expect(performance.now() - began).to.be.lessThan(2_000)
    }
    // Read through the engine, they come about once a second.
    expect(seen.get(lease(1))).to.be.within(2, 4)
    expect(seen.get(lease(3))).to.be.within(2, 4)
    expect(seen.has(lease(2))).to.equal(false)
    expect(asked.filter((name) => name === lease(2))).to.have.length(1)
  })

  it("come late, but come, of an engine that takes longer than a round", async () => {
    const { sampler } = engine([], "hangs", 400)
    let seen = 0
    for (const end = performance.now() + 3_000; performance.now() < end; await delay(220)) seen += (await sampler.sample([lease(1)])).size
    expect(seen).to.be.within(2, 4)
  })

  it("don't miss the others when one fails", async () => {
    const { sampler } = engine([lease(2)], "fails")
    expect([...(await sampler.sample([lease(1), lease(2)])).keys()]).to.deep.equal([lease(1)])
  })

  it("are an error when there is none but failures", async () => {
    const { sampler } = engine([lease(2)], "fails")
    const error = await sampler.sample([lease(2)]).catch((reason: Error) => reason)
    expect(error).to.include({ code: "ENGINE_UNAVAILABLE" })
  })
})
