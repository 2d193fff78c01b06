import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import Docker from "dockerode"
import { startDockerd } from "../../../../scripts/engine/dockerd.ts"
import { buildBusyboxImage } from "../../../../scripts/engine/images.ts"
import { needProgram } from "../../../../scripts/engine/install.ts"
import type { LeaseSpec } from "../runner.ts"
import { DockerRunner } from "./docker-runner.ts"
import { runtimeFor } from "./runtime.ts"

const DOCKER = { "io.containerd.runc.v2": { path: "runc" }, runc: { path: "runc" } }
const NVIDIA = { path: "nvidia-container-runtime" }

describe("the runtime of leases", () => {
  it("is the engine's own if that one brings no devices along, else a plain one that the engine lists", () => {
    expect(runtimeFor({ DefaultRuntime: "runc", Runtimes: DOCKER }, "runc")).equal("runc")
    expect(runtimeFor({ DefaultRuntime: "crun", Runtimes: { ...DOCKER, crun: { path: "/usr/bin/crun" } } }, "runc")).equal("crun")
    expect(runtimeFor({ DefaultRuntime: "kata-qemu", Runtimes: { ...DOCKER, "kata-qemu": {} } }, "runc")).equal("kata-qemu")
    expect(runtimeFor({}, "runc")).equal("runc")
    for (const name of ["nvidia", "nvidia-cdi", "habana", "ascend", "amd"])
      expect(runtimeFor({ DefaultRuntime: name, Runtimes: { ...DOCKER, [name]: NVIDIA } }, "runc"), name).equal("runc")
  })

  it("is none that is NVIDIA's under a plain name", () => {
    const crun = { runtimeType: "io.containerd.runc.v2", options: { BinaryName: "/usr/bin/nvidia-container-runtime" } }
    expect(runtimeFor({ DefaultRuntime: "crun", Runtimes: { ...DOCKER, crun } }, "runc")).equal("runc")
    expect(() => runtimeFor({ DefaultRuntime: "nvidia", Runtimes: { nvidia: NVIDIA, crun } }, "runc")).throw(
      "Make runc or crun its default",
    )
  })

  it("is Podman's default or nothing, since a request to Podman can't name one", () => {
    const podman = { BuildahVersion: "1.33.7", Runtimes: { runc: { path: "/usr/bin/runc" }, runsc: { path: "/usr/bin/runsc" } } }
    expect(runtimeFor({ ...podman, DefaultRuntime: "crun" }, "runc")).equal("crun")
    expect(() => runtimeFor({ ...podman, DefaultRuntime: "nvidia" }, "runc")).throw("Make runc or crun its default")
    expect(() => runtimeFor({ ...podman, DefaultRuntime: "crun" }, "runsc")).throw("gVisor was asked for")
    expect(runtimeFor({ ...podman, DefaultRuntime: "runsc" }, "runsc")).equal("runsc")
  })

  it("is gVisor's only when asked for, and never claimed where the engine does not have it", () => {
    expect(() => runtimeFor({ DefaultRuntime: "runc", Runtimes: DOCKER }, "runsc")).throw("gVisor was asked for")
    expect(runtimeFor({ DefaultRuntime: "runc", Runtimes: { ...DOCKER, runsc: { path: "runsc" } } }, "runsc")).equal("runsc")
  })
})

/** What NVIDIA's runtime decides by: the last of the variable in the container's config; none, empty and void mean no device. */
const GIVES_DEVICES = `#!/bin/sh
bundle=.; last=
for word; do [ "$last" = --bundle ] && bundle=$word; last=$word; done
case " $* " in *" create "*) grep -o '"NVIDIA_VISIBLE_DEVICES=[^"]*"' "$bundle/config.json" | tail -1 >> "$(dirname "$0")/asked" ;; esac
exec runc "$@"
`

describe("a lease on an engine whose default runtime gives devices by the environment", function () {
  this.timeout(90_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-engine-"))
  const lease = { leaseId: `0x${"ab".repeat(32)}`, count: 1, devices: [], cpus: 1, memoryBytes: 64 * 2 ** 20 } as const
  let socketPath: string
  let image: string
  let stop = async () => {}
  const asked = (): string => (existsSync(join(dir, "asked")) ? readFileSync(join(dir, "asked"), "utf8") : "")

  before(async () => {
    const quiet = () => {}
    const program = await needProgram("dockerd", "docker.io", { install: true, log: quiet })
    writeFileSync(join(dir, "nvidia-container-runtime"), GIVES_DEVICES)
    chmodSync(join(dir, "nvidia-container-runtime"), 0o755)
    const args = ["--add-runtime", `nvidia=${join(dir, "nvidia-container-runtime")}`, "--default-runtime", "nvidia"]
    const own = await startDockerd({ program, dataDir: dir, log: quiet, network: false, args })
    ;({ socketPath, stop } = own)
    image = await buildBusyboxImage({ socketPath, install: true, log: quiet })
  })
  after(async () => {
    await stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it("never meets it, and has no device named for it, whatever image and tenant say", async () => {
    const docker = new Docker({ socketPath })
    const HostConfig = { NetworkMode: "none" }
    const source = await docker.createContainer({ Image: image, Cmd: ["true"], HostConfig })
    await source.commit({ repo: "berth-test/gpus", tag: "1", changes: "ENV NVIDIA_VISIBLE_DEVICES=all" })
    // The control: anybody's container of that image is given all.
    const control = await docker.createContainer({ Image: "berth-test/gpus:1", Cmd: ["true"], HostConfig })
    await control.start()
    await control.wait()
    expect(asked()).equal('"NVIDIA_VISIBLE_DEVICES=all"\n')

    const runner = new DockerRunner({ socketPath, instance: "gpus", network: "none" })
    expect(await runner.open()).include({ sandbox: "runc" })
    const { Id } = await docker.getImage("berth-test/gpus:1").inspect()
    const command = ["sh", "-c", "echo $NVIDIA_VISIBLE_DEVICES"]
    const spec: LeaseSpec = { ...lease, image: Id, command, env: { NVIDIA_VISIBLE_DEVICES: "all" } }
    await runner.create(spec)
    await runner.start(spec.leaseId)
    expect(await runner.wait(spec.leaseId)).include({ code: 0 })
    expect(asked()).equal('"NVIDIA_VISIBLE_DEVICES=all"\n')
    let said = ""
    for await (const { data } of runner.logs(spec.leaseId)) said += Buffer.from(data).toString()
    expect(said).equal("void\n")
  })

  it("is refused where gVisor was asked for and is not there", async () => {
    const runner = new DockerRunner({ socketPath, instance: "gpus", network: "none", sandbox: "runsc" })
    const error: Error = await runner.open().then(
      () => expect.fail("it was opened"),
      (reason) => reason,
    )
    expect(error.message).include("gVisor was asked for")
  })
})
