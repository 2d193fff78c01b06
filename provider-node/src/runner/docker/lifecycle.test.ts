import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Readable } from "node:stream"
import { expect } from "chai"
import Docker from "dockerode"
import { extract, pack } from "tar-stream"
import { startDockerd } from "../../../../scripts/engine/dockerd.ts"
import { buildBusyboxImage } from "../../../../scripts/engine/images.ts"
import { findProgram } from "../../../../scripts/engine/install.ts"
import { EngineUnavailable, ImageError, NoSuchLease, StartFailed } from "../errors.ts"
import type { LeaseId } from "../runner.ts"
import { DockerRunner } from "./docker-runner.ts"
import { delay, EngineFixture, failure, saw } from "./engine.fixture.ts"
import { containerName } from "./hardening.ts"

async function filesOf(tar: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  const reader = extract()
  Readable.from(tar).pipe(reader)
  for await (const entry of reader) {
    let text = ""
    for await (const piece of entry) text += piece
    files[entry.header.name] = text
  }
  return files
}

describe("DockerRunner: a lease's life", function () {
  this.timeout(60_000)
  let fixture: EngineFixture
  let runner: DockerRunner
  before(async () => {
    fixture = await EngineFixture.start()
    runner = fixture.runner
  })
  after(() => fixture.stop())

  it("goes from missing to created, running, paused and exited with its code", async () => {
    const spec = fixture.spec("sleep 1; exit 7")
    expect(await runner.inspect(spec.leaseId)).to.deep.equal({ status: "missing" })
    await runner.create(spec)
    await runner.create(spec) // the same again: nothing happens
    expect((await failure(runner.create({ ...spec, cpus: 2 }))).code).to.equal("LEASE_CONFLICT")
    expect((await runner.inspect(spec.leaseId)).status).to.equal("created")
    const ended = runner.wait(spec.leaseId)
    await runner.start(spec.leaseId)
    await runner.start(spec.leaseId)
    expect((await runner.inspect(spec.leaseId)).status).to.equal("running")
    await runner.pause(spec.leaseId)
    await runner.pause(spec.leaseId)
    expect((await runner.inspect(spec.leaseId)).status).to.equal("paused")
    await runner.unpause(spec.leaseId)
    expect(await ended).to.include({ status: "exited", code: 7, oomKilled: false, error: null })
  })

  it("stops politely, then for good, also what is paused", async () => {
    const polite = await fixture.run("trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.1; done")
    await saw(runner, polite, "up")
    await runner.stop(polite, 5_000)
    expect(await runner.inspect(polite)).to.include({ status: "exited", code: 5 })
    const deaf = await fixture.run("trap '' TERM; echo up; while :; do sleep 0.1; done")
    await saw(runner, deaf, "up")
    await runner.pause(deaf)
    await runner.stop(deaf, 1_000)
    expect(await runner.inspect(deaf)).to.include({ status: "exited", code: 137, oomKilled: false })
    await runner.stop(deaf, 1_000)
  })

  it("names an out-of-memory kill", async () => {
    const leaseId = await fixture.run("tail /dev/zero", { memoryBytes: 16 * 2 ** 20 })
    expect(await runner.wait(leaseId)).to.include({ oomKilled: true })
  })

  it("tells a program that can't start, an image that is not there, a lease that is not there", async () => {
    const spec = fixture.spec("")
    await runner.create({ ...spec, command: ["/no/such/program"] })
    // docker-init starts and then finds no program: that is an exit code; without init the engine itself refuses.
    const outcome = await runner.start(spec.leaseId).then(
      () => runner.wait(spec.leaseId),
      (error) => error,
    )
    if (outcome instanceof Error) expect(outcome).to.be.instanceOf(StartFailed)
    else expect(outcome.code).to.equal(127)
    expect(await failure(runner.create({ ...fixture.spec(""), image: `sha256:${"0".repeat(64)}` }))).to.be.instanceOf(ImageError)
    const missing: LeaseId = `0x${"00".repeat(32)}`
    expect(await failure(runner.start(missing))).to.be.instanceOf(NoSuchLease)
    expect(await failure(runner.wait(missing))).to.be.instanceOf(NoSuchLease)
    await runner.remove(missing)
    await runner.removeVolume(missing)
    expect(await runner.sample([missing])).to.have.length(0)
  })

  it("gives files out, for root and others, and keeps the volume until told", async () => {
    const spec = fixture.spec("cat /in.txt > /out/result.json && id -u", { user: "1000" })
    await runner.create(spec)
    const tar = pack()
    tar.entry({ name: "in.txt" }, '{"ok":true}')
    tar.finalize()
    const docker = new Docker({ socketPath: fixture.engine.socketPath })
    await docker.getContainer(containerName(fixture.instance, spec.leaseId)).putArchive(Readable.from(tar), { path: "/" })
    await runner.start(spec.leaseId)
    expect(await runner.wait(spec.leaseId)).to.include({ code: 0 })
    expect(await filesOf(await runner.getArchive(spec.leaseId, "/out/result.json"))).to.deep.equal({ "result.json": '{"ok":true}' })
    expect((await failure(runner.getArchive(spec.leaseId, "/out/none"))).code).to.equal("PATH_NOT_FOUND")
    await runner.remove(spec.leaseId)
    await runner.create({ ...spec, command: ["cat", "/out/result.json"] }) // the volume outlived the container
    await runner.start(spec.leaseId)
    expect(await runner.wait(spec.leaseId)).to.include({ code: 0 })
  })

  it("finds its own leases after a restart, and only its own", async () => {
    const leaseId = await fixture.run("echo up; sleep 30")
    const again = fixture.newRunner()
    await again.open()
    const found = (await again.list()).find((lease) => lease.leaseId === leaseId)
    expect(found?.state.status).to.equal("running")
    const stranger = fixture.newRunner({ instance: `${fixture.instance}-x`, network: "none" })
    await stranger.open()
    expect(await stranger.list()).to.deep.equal([])
    expect(await stranger.inspect(leaseId)).to.deep.equal({ status: "missing" })
  })

  it("calls an engine that is gone unavailable, and no lease missing or ended", async () => {
    const program = findProgram("dockerd")
    if (program === null || process.getuid?.() !== 0) return // only where an engine can be killed without harm
    const dataDir = mkdtempSync(join(tmpdir(), "berth-engine-"))
    const own = await startDockerd({ program, dataDir, log: () => {}, network: false })
    try {
      const image = await buildBusyboxImage({ socketPath: own.socketPath, install: false, log: () => {} })
      const doomed = new DockerRunner({ socketPath: own.socketPath, instance: "doomed", network: "none", timeoutMs: 3_000 })
      expect((await doomed.open()).network).to.equal("none")
      const spec = { ...fixture.spec("echo up; sleep 60"), image }
      const { leaseId } = spec
      await doomed.create(spec)
      await doomed.start(leaseId)
      const waiting = failure(doomed.wait(leaseId))
      const reading = failure(saw(doomed, leaseId, "never said"))
      await saw(doomed, leaseId, "up")
      process.kill(own.pid, "SIGSTOP") // hangs: takes calls and answers none
      expect(await failure(doomed.inspect(leaseId))).to.be.instanceOf(EngineUnavailable)
      process.kill(own.pid, "SIGCONT")
      expect((await doomed.inspect(leaseId)).status).to.equal("running")
      process.kill(own.pid, "SIGKILL")
      await delay(200)
      const calls = [
        waiting,
        reading,
        ...[doomed.inspect(leaseId), doomed.list(), doomed.stop(leaseId, 0), doomed.start(leaseId), doomed.open()].map(failure),
      ]
      for (const error of await Promise.all(calls)) expect(error).to.be.instanceOf(EngineUnavailable)
      // The engine comes back: the lease is not missing, whatever became of it.
      const restarted = await startDockerd({ program, dataDir, log: () => {}, network: false })
      expect((await doomed.inspect(leaseId)).status).to.be.oneOf(["running", "exited"])
      await doomed.remove(leaseId)
      await doomed.removeVolume(leaseId)
      await restarted.stop()
    } finally {
      await own.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
})
