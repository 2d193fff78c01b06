import { expect } from "chai"
import type { LeaseSpec } from "../runner.ts"
import { deviceRequests } from "./devices.ts"
import { type Confinement, containerConfig, hostConfig, specHash } from "./hardening.ts"

const lease: LeaseSpec = { leaseId: `0x${"ab".repeat(32)}`, image: "sha256:1", count: 2, devices: [], cpus: 1.5, memoryBytes: 2 ** 30 }
const confinement: Confinement = { instance: "home", network: "berth-home", dns: ["1.1.1.1"], runtime: "runc" }
const GPU = "GPU-8f6d1c2e-0b3a-4d5e-9f70-123456789abc"

describe("hardening", () => {
  it("gives the engine exactly this", () => {
    expect(hostConfig(lease, confinement)).to.deep.equal({
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Privileged: false,
      PidsLimit: 512,
      Memory: 2 ** 30,
      MemorySwap: 2 ** 30,
      NanoCpus: 1_500_000_000,
      Init: true,
      IpcMode: "private",
      ShmSize: 64 * 2 ** 20,
      ReadonlyRootfs: false,
      Mounts: [{ Type: "volume", Source: `berth-home-${"ab".repeat(32)}-out`, Target: "/out", ReadOnly: false }],
      NetworkMode: "berth-home",
      Dns: ["1.1.1.1"],
      PublishAllPorts: false,
      RestartPolicy: { Name: "no" },
      LogConfig: { Type: "json-file", Config: { "max-size": "16m", "max-file": "2" } },
      Runtime: "runc",
    })
  })

  it("gives no devices by the environment: a lease without any says so last, one with some lets the engine say which", () => {
    const env = { A: "1", NVIDIA_VISIBLE_DEVICES: "all" }
    expect(containerConfig({ ...lease, env }, confinement).Env).to.deep.equal(["A=1", "NVIDIA_VISIBLE_DEVICES=void"])
    expect(containerConfig(lease, confinement).Env).to.deep.equal(["NVIDIA_VISIBLE_DEVICES=void"])
    expect(containerConfig({ ...lease, devices: [GPU] }, confinement).Env).to.deep.equal([])
  })

  it("runs no health probe, whatever the image has", () => {
    expect(containerConfig(lease, confinement).Healthcheck).to.deep.equal({ Test: ["NONE"] })
  })

  it("keeps its own labels, whatever the lease says", () => {
    const config = containerConfig({ ...lease, labels: { "berth.instance": "other", mine: "1" } }, confinement)
    expect(config.Labels).to.include({ "berth.instance": "home", "berth.lease": lease.leaseId, mine: "1" })
  })

  it("adds memory-backed /tmp and /run to a read-only root, and names the runtime, gVisor's too", () => {
    const host = hostConfig({ ...lease, readOnlyRoot: true }, { ...confinement, runtime: "runsc", network: "none" })
    expect(host.Tmpfs).to.have.all.keys("/tmp", "/run")
    expect(host.Runtime).to.equal("runsc")
    expect(host).not.to.have.property("Dns")
  })

  it("tells specs apart, but not the order of their fields", () => {
    expect(specHash({ ...lease, cpus: 2 })).not.to.equal(specHash(lease))
    const reversed = Object.fromEntries(Object.entries(lease).reverse()) as unknown as LeaseSpec
    expect(specHash(reversed)).to.equal(specHash(lease))
  })

  it("asks for GPUs by UUID only", () => {
    expect(deviceRequests([])).to.deep.equal([])
    expect(deviceRequests([GPU])).to.deep.equal([{ Driver: "nvidia", DeviceIDs: [GPU], Capabilities: [["gpu", "compute", "utility"]] }])
    expect(() => deviceRequests(["0"])).to.throw(TypeError)
    expect(() => deviceRequests(["all"])).to.throw(TypeError)
    expect(() => deviceRequests([GPU, GPU])).to.throw("twice")
  })
})
