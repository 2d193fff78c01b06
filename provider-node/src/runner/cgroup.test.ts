import { expect } from "chai"
import { countersOf, parseCpuNs } from "./cgroup.ts"

const ID = "3f".repeat(32)

describe("cgroup", () => {
  it("prefers cpuacct on a hybrid machine", () => {
    const text = `9:pids:/docker/${ID}\n3:cpuacct:/docker/${ID}\n2:cpu:/docker/${ID}\n0::/docker/${ID}\n`
    expect(countersOf(text)[0]).to.deep.equal({ path: `/sys/fs/cgroup/cpu,cpuacct/docker/${ID}/cpuacct.usage`, format: "v1" })
    expect(countersOf(text).map(({ path }) => path)).to.include(`/sys/fs/cgroup/cpuacct/docker/${ID}/cpuacct.usage`)
    expect(countersOf(text).at(-1)).to.deep.equal({ path: `/sys/fs/cgroup/docker/${ID}/cpu.stat`, format: "v2" })
  })

  it("finds cgroup v2 under systemd", () => {
    const path = `/system.slice/docker-${ID}.scope`
    expect(countersOf(`0::${path}\n`)).to.deep.equal([{ path: `/sys/fs/cgroup${path}/cpu.stat`, format: "v2" }])
  })

  it("never takes the machine's own counter for a lease's", () => {
    expect(countersOf("3:cpuacct:/\n0::/\n")).to.deep.equal([])
  })

  it("reads both formats, and nothing else", () => {
    expect(parseCpuNs("123456789\n", "v1")).to.equal(123456789n)
    expect(parseCpuNs("usage_usec 42\nuser_usec 40\nsystem_usec 2\n", "v2")).to.equal(42_000n)
    expect(parseCpuNs("nonsense", "v1")).to.equal(null)
    expect(parseCpuNs("user_usec 40\n", "v2")).to.equal(null)
  })
})
