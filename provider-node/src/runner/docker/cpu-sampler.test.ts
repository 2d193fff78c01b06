import { expect } from "chai"
import type Docker from "dockerode"
import type { LeaseId } from "../runner.ts"
import { CpuSampler } from "./cpu-sampler.ts"

const lease = (n: number): LeaseId => `0x${String(n).padStart(64, "0")}`

/** An engine of containers with figures of their own, some of which it never answers about, as Docker does while a kill hangs in the kernel. */
function engine(hanging: readonly LeaseId[], mode: "hangs" | "fails" = "hangs") {
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
    stats: async () => ({ cpu_stats: { cpu_usage: { total_usage: 5_000_000 } } }),
  })
  return { sampler: new CpuSampler({ getContainer } as unknown as Docker, (id) => id, 60_000), asked }
}

describe("CPU samples of many containers", function () {
  this.timeout(10_000)

  it("don't wait for one that the engine never answers about, which is asked about once", async () => {
    const { sampler, asked } = engine([lease(2)])
    for (let round = 0; round < 3; round++) {
      const began = performance.now()
      const samples = await sampler.sample([lease(1), lease(2), lease(3)])
      expect(performance.now() - began).to.be.lessThan(3_000)
      // Read through the engine, these two come about once a second.
      expect([...samples.keys()].sort()).to.deep.equal([lease(1), lease(3)])
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
    expect(asked.filter((name) => name === lease(2))).to.have.length(1)
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
