import { expect } from "chai"
import { callEngine } from "../../../../scripts/engine/api.ts"
import { BUSYBOX_IMAGE } from "../../../../scripts/engine/images.ts"
import { EngineFixture, saw } from "./engine.fixture.ts"

const MIB = 1024 ** 2
const zeros = (path: string, mib: number) => `dd if=/dev/zero of=${path} bs=1M count=${mib} 2>/dev/null`

describe("what a lease keeps on the disk, with a real engine", function () {
  this.timeout(90_000)
  let fixture: EngineFixture
  before(async () => {
    fixture = await EngineFixture.start()
  })
  after(() => fixture.stop())

  /** MiB that a script which then sleeps is found to keep. */
  const mibOf = async (script: string) => {
    const lease = await fixture.run(`${script}; echo written; sleep 600`)
    await saw(fixture.runner, lease, "written")
    const { bytes } = (await fixture.runner.diskUse(lease))!
    await fixture.runner.remove(lease)
    return bytes / MIB
  }

  it("counts the container's layer, /tmp and /out", async () => {
    expect(await mibOf("true")).below(1)
    expect(await mibOf(zeros("/big", 5))).within(5, 6)
    expect(await mibOf(zeros("/tmp/big", 6))).within(6, 7)
    expect(await mibOf(zeros("/out/big", 7))).within(7, 8)
  })

  it("counts the files that the engine mounts into /etc, which are in no layer", async () => {
    expect(await mibOf(zeros("/etc/hosts", 5))).within(5, 6)
    expect(await mibOf(zeros("/etc/resolv.conf", 6))).within(6, 7)
    expect(await mibOf(zeros("/etc/hostname", 7))).within(7, 8)
  })

  it("counts blocks, not lengths: a sparse file is none, and a file of one byte is a block", async () => {
    expect(await mibOf("truncate -s 1G /hole")).below(1)
    expect(await mibOf("mkdir /many; for i in $(seq 1 512); do echo -n 1 > /many/$i; done")).above(2)
  })

  it("counts files that hold nothing", async () => {
    const lease = await fixture.run("mkdir /many; for i in $(seq 1 512); do : > /many/$i; done")
    await fixture.runner.wait(lease)
    expect((await fixture.runner.diskUse(lease))!.inodes).within(512, 600)
  })

  it("counts what was deleted and is still open", async () => {
    expect(await mibOf(`exec 3>/ghost; rm /ghost; ${zeros("/proc/self/fd/3", 1)}; dd if=/dev/zero bs=1M count=9 >&3 2>/dev/null`)).within(
      9,
      11,
    )
  })

  it("does not count memory twice: /dev/shm", async () => {
    expect(
      await mibOf(`exec 3>/dev/shm/ghost; rm /dev/shm/ghost; dd if=/dev/zero bs=1M count=9 >&3 2>/dev/null; ${zeros("/dev/shm/b", 9)}`),
    ).below(1)
  })

  it("counts the volumes that an image asks for", async () => {
    const { socketPath } = fixture.engine
    const made = await callEngine({ socketPath, method: "POST", path: "/containers/create", json: { Image: BUSYBOX_IMAGE, Cmd: ["true"] } })
    const { Id } = JSON.parse(made) as { Id: string }
    const query = new URLSearchParams({ container: Id, repo: `berth-test/${fixture.instance}`, tag: "volume", changes: "VOLUME /data" })
    const image = JSON.parse(
      await callEngine({ socketPath, method: "POST", path: `/commit?${query}`, json: { Volumes: { "/data": {} } } }),
    ) as { Id: string }
    await callEngine({ socketPath, method: "DELETE", path: `/containers/${Id}` })
    const lease = await fixture.run(`${zeros("/data/big", 8)}; echo written; sleep 600`, { image: image.Id })
    await saw(fixture.runner, lease, "written")
    expect((await fixture.runner.diskUse(lease))!.bytes / MIB).within(8, 9)
    await fixture.runner.remove(lease)
    await callEngine({ socketPath, method: "DELETE", path: `/images/${image.Id}` })
  })

  it("still knows it of a container that has ended, and of none that is not there", async () => {
    const lease = await fixture.run(zeros("/out/big", 4))
    await fixture.runner.wait(lease)
    expect((await fixture.runner.diskUse(lease))!.bytes / MIB).within(4, 5)
    expect(await fixture.runner.diskUse(`0x${"00".repeat(32)}`)).equal(null)
  })

  it("asks the engine where this machine can't be looked at", async () => {
    const lease = await fixture.run(`${zeros("/big", 5)}; ${zeros("/out/big", 6)}`)
    await fixture.runner.wait(lease)
    const runner = fixture.newRunner() // not opened: it does not know that the engine is on this machine
    expect((await runner.diskUse(lease))!.bytes / MIB).within(11, 12)
    expect(await runner.space()).equal(null)
  })

  it("says what the file system has left", async () => {
    const space = (await fixture.runner.space())!
    expect(space.freeBytes).within(1, space.totalBytes)
    expect(space.freeInodes).within(0, space.totalInodes)
  })
})
