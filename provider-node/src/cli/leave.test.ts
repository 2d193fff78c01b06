// `berth-node leave` on a real engine: nothing of the node is left there, and nothing of another is touched.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import Docker from "dockerode"
import { lockDirectory } from "../lock.ts"
import { DockerRunner } from "../runner/docker/docker-runner.ts"
import { EngineFixture } from "../runner/docker/engine.fixture.ts"
import { ImageStore } from "../store/image-store.ts"
import { Journal } from "../store/journal.ts"
import { program } from "./program.ts"

const address = (digit: string) => `0x${digit.repeat(40)}` as const

describe("berth-node leave", function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-leave-"))
  const dataDir = join(dir, "data")
  const config = join(dir, "node.toml")
  let fixture: EngineFixture
  let docker: Docker

  const leave = async (...args: string[]): Promise<unknown> => {
    const lines: string[] = []
    const asked = program({ print: (line) => void lines.push(line), ended: Promise.resolve() }).exitOverride()
    await asked.parseAsync(["leave", ...args, "--config", config, "--json"], { from: "user" })
    return JSON.parse(lines.at(-1)!)
  }
  const refusal = (...args: string[]): Promise<Error> =>
    leave(...args).then(
      (done) => expect.fail(`it was done: ${JSON.stringify(done)}`),
      (error: Error) => error,
    )

  before(async () => {
    fixture = await EngineFixture.start()
    docker = new Docker({ socketPath: fixture.engine.socketPath })
    const deployment = { chainId: 1, startBlock: 0, berth: address("1"), computeRecords: address("2"), reserve: address("3") }
    writeFileSync(join(dir, "deployment.json"), JSON.stringify({ ...deployment, reservations: address("4"), verifiers: address("5") }))
    const settings = {
      deployment: join(dir, "deployment.json"),
      dataDir,
      engineSocket: fixture.engine.socketPath,
      instance: fixture.instance,
    }
    writeFileSync(
      config,
      Object.entries(settings)
        .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
        .join(""),
    )
  })
  after(async () => {
    await fixture.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it("refuses without a data directory, while the node runs, and while leases do", async () => {
    expect((await refusal()).message).to.include("There is no data directory")
    mkdirSync(dataDir)
    const unlock = lockDirectory(dataDir, "node")
    expect((await refusal()).name).to.equal("TryAgain")
    unlock()
    const leaseId = await fixture.run("sleep 60")
    expect((await refusal()).message)
      .to.include("1 leases still run")
      .and.include("drain --now")
    expect(await fixture.runner.inspect(leaseId)).to.include({ status: "running" })
  })

  it("takes containers, volumes, network and the images that the node pulled, and nothing of a neighbour", async () => {
    const neighbour = new DockerRunner({ socketPath: fixture.engine.socketPath, instance: `${fixture.instance}-n` })
    await neighbour.open()
    const beside = fixture.spec("sleep 60")
    await neighbour.create(beside)
    await neighbour.start(beside.leaseId)
    const tag = `berth-test/pulled:${fixture.instance}`
    const source = await docker.createContainer({ Image: fixture.busybox, Cmd: ["true"], HostConfig: { NetworkMode: "none" } })
    const { Id } = await source.commit({ repo: tag.split(":")[0], tag: fixture.instance, changes: "LABEL a=b" })
    await source.remove()
    const journal = new Journal(join(dataDir, "journal.sqlite"), { chainId: 1, contract: address("1") })
    new ImageStore(journal).save({ id: Id, tags: [tag], usedAt: 0 })
    journal.close()

    expect(await leave("--force")).to.deep.equal({ instance: fixture.instance, containers: 1, volumes: 1, images: 1 })
    expect(await fixture.runner.list()).to.deep.equal([])
    expect(await docker.listNetworks({ filters: { name: [`berth-${fixture.instance}`] } })).to.have.length(1) // the neighbour's
    expect(await docker.listImages({ filters: { reference: [tag] } })).to.deep.equal([])
    expect(await neighbour.inspect(beside.leaseId)).to.include({ status: "running" })
    expect(await leave()).to.deep.equal({ instance: fixture.instance, containers: 0, volumes: 0, images: 0 })
  })
})
