import { type AddressInfo, createServer, type Socket } from "node:net"
import { join } from "node:path"
import type { ProtocolError } from "@berth/protocol"
import { expect } from "chai"
import { callEngine } from "../../../scripts/engine/api.ts"
import { type Registry, startRegistry } from "../../../scripts/engine/registry.ts"
import type { TestAgent } from "../../test-support/agent.ts"
import { EngineProxy } from "../../test-support/engine-proxy.ts"
import { FarRegistry } from "../../test-support/far-registry.ts"
import { addressOf, World } from "../../test-support/world.ts"
import { statusOf } from "../control/status.ts"
import type { BerthNode } from "../node.ts"
import type { Space } from "./judge.ts"

const MIB = 1024 ** 2
const BUSY = ["sh", "-c", "echo up; while :; do :; done"]
const fill = (path: string, mib: number) => [
  "sh",
  "-c",
  `dd if=/dev/zero of=${path} bs=1M count=${mib} 2>/dev/null; echo written; while :; do :; done`,
]

describe("disk: no tenant fills it", function () {
  this.timeout(90_000)
  let world: World
  /** What the engine's file system is said to have left: 1000 MiB, of which 100 are kept free. */
  let left: number
  const space = async (): Promise<Space> => ({ freeBytes: left * MIB, totalBytes: 1_000 * MIB, freeInodes: 0, totalInodes: 0 })
  before(async () => {
    world = await World.start()
  })
  beforeEach(() => {
    left = 500
  })
  after(() => world.stop())

  let names = 0
  async function start(disk: Record<string, unknown>, more: Record<string, unknown> = {}, host?: string) {
    const name = `disk${names++}`
    const registered = await world.register()
    const settings = { dataDir: join(world.dir, name), instance: `${world.instance}-${name}`, knownAfterWindows: 0 }
    const again = (other: Record<string, unknown>) => {
      const config = world.config({ ...settings, disk: { floorBytes: 100 * MIB, ...other }, ...more })
      const { socketPath } = world.engine
      const runner = host && new FarRegistry({ socketPath, instance: settings.instance, localImages: ["berth/"] }, host)
      return world.start(registered, config, { space, ...(runner && { runner }) })
    }
    const node = await again(disk)
    const agent = await world.agent(registered, addressOf(node))
    await agent.connect()
    return { node, agent, again }
  }

  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error) => error as ProtocolError,
    )

  for (const path of ["/big", "/tmp/big", "/out/big"])
    it(`a lease that writes more than it may to ${path} is stopped, told why, billed until then; its neighbour works on`, async () => {
      const { node, agent } = await start({ leaseLimitBytes: 16 * MIB })
      const modest = await agent.open({ image: world.image, command: fill("/out/some", 8) })
      const greedy = await agent.open({ image: world.image, command: fill(path, 32) })
      const ended = await agent.watch(greedy.id)
      expect(ended).include({ state: "ended", reason: "disk_limit" })
      expect(ended.detail).match(/^it kept \d+\.\d MiB on the node's disk; the limit is 16.0 MiB$/)
      const books = await agent.booksWhen((b) => b.leases.get(greedy.leaseNo) === ended.activeMs)
      const other = books.leases.get(modest.leaseNo) ?? 0n
      const later = await agent.booksWhen((b) => (b.leases.get(modest.leaseNo) ?? 0n) > other + 500n)
      expect(later.leases.get(greedy.leaseNo), "nothing is billed after the stop").equal(ended.activeMs)
      expect((await agent.watch(modest.id, () => true)).state).equal("ready")
      expect((await agent.file(greedy.id, "/out")).length, "its results are kept").greaterThan(0)
      await node.stop()
    })

  it("below the floor no quote is given, no lease is taken and no image pulled; what runs goes on", async () => {
    const { node, agent } = await start({})
    const runs = await agent.open({ image: world.image, command: fill("/out/some", 8) })
    const signed = await agent.quote()
    await agent.watch(runs.id, (s) => s.state === "ready")
    left = 99
    await level(node, "low")
    const refused = (await failure(agent.quote()))!
    expect([refused.code, refused.message]).deep.equal([
      "no_capacity",
      "this node's disk has 99.0 MiB left and keeps 100 MiB free: ask another node, or later",
    ])
    const { open } = await agent.openRequest({ image: world.image, command: fill("/out/some", 8) }, signed.quote)
    expect((await failure(agent.lease({ open })))!.code).equal("no_capacity")
    expect(() => node.disk.expectPull("a/b:1")).throw("a/b:1 is not pulled: this node's disk has 99.0 MiB left")
    expect((await statusOf(node)).disk).include({ level: "low", freeBytes: 99 * MIB, floorBytes: 100 * MIB })
    expect((await agent.watch(runs.id, () => true)).state).equal("ready")
    left = 100
    await level(node, "fine")
    await agent.quote()
    await node.stop()
  })

  it("nearly full: all are frozen, who keeps the most is ended and its files removed, then the others go on", async () => {
    const { node, agent } = await start({})
    const modest = await agent.open({ image: world.image, command: BUSY })
    const greedy = await agent.open({ image: world.image, command: fill("/out/much", 24) })
    await Promise.all([printed(agent, modest.id), printed(agent, greedy.id)])
    left = 49
    const frozen = await agent.watch(modest.id, (s) => s.state === "paused")
    expect(frozen).include({ state: "paused", reason: "disk_full" })
    const ended = await agent.watch(greedy.id)
    expect(ended).include({ state: "ended", reason: "disk_full" })
    expect(ended.detail).match(/^it kept 2\d\.\d MiB on the node's disk; no other lease kept as much$/)
    while (!leaseOf(node, greedy.leaseNo).row.removed) await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await failure(agent.file(greedy.id, "/out")))!.code).equal("not_found")
    // It holds next to nothing: ending it too would not help.
    expect(await agent.watch(modest.id, () => true)).include({ state: "paused", activeMs: frozen.activeMs })
    const line = (await statusOf(node)).leases.find((l) => l.leaseNo === modest.leaseNo)!
    expect(line.diskBytes! / MIB).below(1)
    left = 500
    await agent.watch(modest.id, (s) => s.state === "ready")
    await agent.booksWhen((b) => (b.leases.get(modest.leaseNo) ?? 0n) > frozen.activeMs)
    expect(agent.errors).deep.equal([])
    await node.stop()
  })

  it("nearly full: the files of leases that are over go before one that runs, if they are more", async () => {
    const { node, agent } = await start({})
    const over = await agent.open({ image: world.image, command: ["sh", "-c", "dd if=/dev/zero of=/out/much bs=1M count=24"] })
    const runs = await agent.open({ image: world.image, command: fill("/out/some", 4) })
    await printed(agent, runs.id)
    expect(await agent.watch(over.id)).include({ state: "ended", reason: "completed" })
    left = 49
    while (!leaseOf(node, over.leaseNo).row.removed) await new Promise((resolve) => setTimeout(resolve, 50))
    left = 500
    await level(node, "fine")
    await agent.watch(runs.id, (s) => s.state === "ready")
    await node.stop()
  })

  it("below the floor: the files of leases that are over go before their time, and what runs goes on", async () => {
    const { node, agent } = await start({})
    const over = await agent.open({ image: world.image, command: ["sh", "-c", "dd if=/dev/zero of=/out/some bs=1M count=2"] })
    const runs = await agent.open({ image: world.image, command: fill("/out/some", 4) })
    await printed(agent, runs.id)
    await agent.watch(over.id)
    left = 99
    while (!leaseOf(node, over.leaseNo).row.removed) await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await agent.watch(runs.id, () => true)).state).equal("ready")
    await node.stop()
  })

  it("nearly full: nobody is given a while to end, not who asks for its end then, nor who was given one before", async () => {
    const { node, agent } = await start({}, { stopGraceMs: 3_600_000 })
    const command = ["sh", "-c", "trap '' TERM; echo up; while :; do :; done"]
    const [before, during] = [await agent.open({ image: world.image, command }), await agent.open({ image: world.image, command })]
    await Promise.all([printed(agent, before.id), printed(agent, during.id)])
    await agent.lease({ stop: { leaseId: before.id } })
    await agent.watch(before.id, (s) => s.state === "stopping")
    left = 49
    await agent.watch(during.id, (s) => s.state === "paused")
    await agent.lease({ stop: { leaseId: during.id } })
    for (const { id } of [before, during]) expect(await agent.watch(id)).include({ reason: "tenant_stopped", exitCode: 137 })
    await node.stop()
  })

  it("nearly full: what is being pulled is not waited for", async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket)) // takes connections, as a slow registry does, and says nothing
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve))
    const { node, agent } = await start({}, {}, `127.0.0.1:${(silent.address() as AddressInfo).port}`)
    const asked = new Promise((resolve) => silent.once("connection", resolve))
    const lease = await agent.open({ image: "registry.example.org/big:1", command: ["true"] })
    await asked
    left = 49
    const ended = await agent.watch(lease.id)
    expect(ended).include({ state: "ended", reason: "disk_full" })
    expect(ended.detail).equal("it kept 0 B on the node's disk; it had not started yet: ask another node")
    await node.stop()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })

  it("an engine that does not answer is asked again: nothing is known of any lease, and none is ended", async () => {
    const proxy = new EngineProxy(join(world.dir, "engine.sock"), world.engine.socketPath)
    await proxy.mend()
    const { node, agent } = await start({}, { engineSocket: proxy.path })
    const lease = await agent.open({ image: world.image, command: fill("/out/much", 24) })
    await printed(agent, lease.id)
    await proxy.cut()
    left = 49
    expect(await agent.watch(lease.id, (s) => s.unknown)).include({ state: "ready" })
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(await agent.watch(lease.id, () => true)).include({ state: "ready", unknown: true, reason: "" })
    left = 500
    await level(node, "fine")
    await proxy.mend()
    await agent.watch(lease.id, (s) => !s.unknown && s.state === "ready")
    await node.stop()
    await proxy.cut()
  })

  describe("images", () => {
    let registry: Registry
    before(async () => {
      registry = await startRegistry({ install: true, log: () => {} })
    })
    after(() => registry.stop())

    const engine = (method: "GET" | "POST" | "DELETE", path: string) => callEngine({ socketPath: world.engine.socketPath, method, path })
    const far = (image: string) => image.replace(registry.host, "registry.example.org")
    const isThere = (image: string) =>
      engine("GET", `/images/${image}/json`).then(
        () => true,
        () => false,
      )
    /** An image of its own in the registry, and not in the engine. */
    async function push(name: string, second?: string) {
      const made = await callEngine({
        socketPath: world.engine.socketPath,
        method: "POST",
        path: "/containers/create",
        json: { Image: world.image },
      })
      const { Id } = JSON.parse(made) as { Id: string }
      const query = new URLSearchParams({ container: Id, repo: `berth-test/${world.instance}`, tag: name, comment: name })
      await callEngine({ socketPath: world.engine.socketPath, method: "POST", path: `/commit?${query}`, json: { Labels: { name } } })
      await engine("DELETE", `/containers/${Id}`)
      const pushed = await registry.push(world.engine.socketPath, `berth-test/${world.instance}:${name}`, `test/${name}:1`)
      const again = second && (await registry.push(world.engine.socketPath, `berth-test/${world.instance}:${name}`, second))
      const names = [pushed.tagged, pushed.pinned, ...(again ? [again.tagged, again.pinned] : [])]
      for (const image of [`berth-test/${world.instance}:${name}`, ...names]) await engine("DELETE", `/images/${image}`).catch(() => {})
      expect(await isThere(pushed.pinned)).equal(false)
      return pushed
    }
    /** Runs a lease with an image to its end. */
    async function use(agent: TestAgent, image: string) {
      const lease = await agent.open({ image: far(image), command: ["true"] })
      expect(await agent.watch(lease.id)).include({ state: "ended", reason: "completed" })
      return lease
    }
    const collected = async (node: BerthNode, count: number) => {
      while (node.images.count !== count) await new Promise((resolve) => setTimeout(resolve, 50))
    }

    it("what this node pulled goes when nobody uses it and the disk is low; what others have pulled, named or use stays", async () => {
      const [pulled, kept, named, theirs] = [await push("pulled"), await push("kept"), await push("named"), await push("theirs")]
      await engine("POST", `/images/create?${new URLSearchParams({ fromImage: theirs.pinned })}`)
      const { node, agent } = await start({}, { retentionSeconds: 0 }, registry.host)
      await use(agent, pulled.pinned)
      await use(agent, named.tagged)
      await use(agent, theirs.pinned)
      await node.leaseLoop.sweep() // what they wrote is removed: nobody uses their images any more
      await engine("POST", `/images/${named.tagged}/tag?${new URLSearchParams({ repo: `berth-test/${world.instance}`, tag: "mine" })}`)
      await use(agent, named.tagged) // and the operator's name for it does not become ours by that
      await node.leaseLoop.sweep()
      await engine("DELETE", `/images/${named.tagged}`)
      const running = await agent.open({ image: far(kept.pinned), command: BUSY })
      await printed(agent, running.id)
      expect(node.images.count, "theirs was there before").equal(3)
      left = 99
      await collected(node, 2)
      expect(await isThere(pulled.pinned)).equal(false)
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      expect(await Promise.all([kept.pinned, `berth-test/${world.instance}:mine`, theirs.pinned, world.image].map(isThere))).deep.equal([
        true,
        true,
        true,
        true,
      ])
      await agent.lease({ stop: { leaseId: running.id } })
      await agent.watch(running.id)
      await node.leaseLoop.sweep()
      await collected(node, 1)
      expect(await isThere(kept.pinned)).equal(false)
      await node.stop()
      for (const image of [`berth-test/${world.instance}:mine`, theirs.pinned]) await engine("DELETE", `/images/${image}`)
    })

    it("what this node pulled by several names goes with all of them, but not with one that it did not give", async () => {
      const [twice, shared] = [await push("twice", "test/other:1"), await push("shared", "test/else:1")]
      const other = (name: string) => `${registry.host}/test/${name}:1`
      const { node, agent } = await start({}, { retentionSeconds: 0 }, registry.host)
      for (const image of [twice.tagged, other("other"), shared.pinned, other("else")]) await use(agent, image)
      await engine("POST", `/images/${shared.pinned}/tag?${new URLSearchParams({ repo: `berth-test/${world.instance}`, tag: "mine" })}`)
      await node.leaseLoop.sweep()
      expect(node.images.count).equal(2)
      left = 99
      await collected(node, 1)
      expect(await Promise.all([twice.tagged, twice.pinned, other("other")].map(isThere))).deep.equal([false, false, false])
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      expect(
        await Promise.all([shared.pinned, other("else"), `berth-test/${world.instance}:mine`].map(isThere)),
        "no name is taken off",
      ).deep.equal([true, true, true])
      await node.stop()
      for (const image of [other("else"), `berth-test/${world.instance}:mine`, shared.pinned])
        await engine("DELETE", `/images/${image}`).catch(() => {})
    })

    it("what this node pulled is still known after a restart, and goes when its time is over", async () => {
      const pulled = await push("aged")
      const { node, agent, again } = await start({}, { retentionSeconds: 0 }, registry.host)
      await use(agent, pulled.tagged)
      await node.leaseLoop.sweep()
      await node.stop()
      const second = await again({ unusedImageDays: 0 })
      await collected(second, 0)
      expect(await isThere(pulled.tagged)).equal(false)
      await second.stop()
    })
  })

  const leaseOf = (node: BerthNode, leaseNo: number) => node.leases.all().find((l) => l.leaseNo === leaseNo)!
  const printed = (agent: TestAgent, id: Uint8Array) =>
    new Promise<void>((resolve) => void agent.logs(id, { follow: true, onFirst: resolve }).catch(() => {}))

  async function level(node: BerthNode, wanted: string): Promise<void> {
    if (node.disk.level === wanted) return
    await new Promise<void>((resolve) => {
      const off = node.disk.onLevel.on((now) => {
        if (now !== wanted) return
        off()
        resolve()
      })
    })
  }
})
