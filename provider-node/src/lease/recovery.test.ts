import { join } from "node:path"
import type { LeaseStatus } from "@berth/protocol/wire"
import { expect } from "chai"
import type { TestAgent } from "../../test-support/agent.ts"
import { EngineProxy } from "../../test-support/engine-proxy.ts"
import { addressOf, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"

const BUSY = ["sh", "-c", "echo up; while :; do :; done"]

describe("recovery: what was lost sight of is neither ended nor billed", function () {
  this.timeout(90_000)
  let world: World
  before(async () => {
    world = await World.start()
  })
  after(() => world.stop())

  const dirOf = (name: string) => ({ dataDir: join(world.dir, name), instance: `${world.instance}-${name}`, knownAfterWindows: 0 })

  it("a restarted node takes up its container and bills nothing of the time it was down", async () => {
    const config = world.config(dirOf("restart"))
    const registered = await world.register()
    const first = await world.start(registered, config)
    const agent = await world.agent(registered, addressOf(first))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.gpuMs > 300n)
    await first.stop()
    const before = agent.books
    const downAt = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const second = await world.start(registered, config)
    const downMs = performance.now() - downAt
    const agent2 = move(agent, second)
    const upAt = performance.now()
    await agent2.connect()
    const after = await agent2.booksWhen((books) => books.gpuMs > before.gpuMs + 1_000n)
    const upMs = performance.now() - upAt
    const billed = Number(after.gpuMs - before.gpuMs)
    console.log(`      down ${downMs.toFixed(0)} ms, up again ${upMs.toFixed(0)} ms, billed ${billed} ms`)
    expect(billed).to.be.at.most(upMs + 1_000)
    expect(agent2.errors).to.deep.equal([])
    expect(await logsOf(agent2, lease.id)).to.equal("up\n")
    await stop(agent2, lease.id)
    await second.stop()
  })

  it("a container that ended while the node was down: its exit code is known, nothing more is billed", async () => {
    const config = world.config(dirOf("ended"))
    const registered = await world.register()
    const first = await world.start(registered, config)
    const agent = await world.agent(registered, addressOf(first))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: ["sh", "-c", "sleep 3; exit 7"] })
    await agent.watch(lease.id, (status) => status.state === "ready")
    await first.stop()
    await new Promise((resolve) => setTimeout(resolve, 3_500))
    const second = await world.start(registered, config)
    const agent2 = move(agent, second)
    await agent2.connect()
    const ended = await agent2.watch(lease.id)
    expect(ended).to.include({ state: "ended", reason: "completed", exited: true, exitCode: 7 })
    expect(ended.activeMs < 500n).to.equal(true)
    await second.stop()
  })

  it("engine gone: unknown, not ended, not billed; then on as before", async () => {
    const proxy = new EngineProxy(join(world.dir, "engine.sock"), world.engine.socketPath)
    await proxy.mend()
    const registered = await world.register()
    const node = await world.start(registered, world.config({ ...dirOf("engine"), engineSocket: proxy.path }))
    const agent = await world.agent(registered, addressOf(node))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.gpuMs > 300n)
    await proxy.cut()
    const lost = await agent.watch(lease.id, (status) => status.unknown)
    expect(lost).to.include({ state: "ready", unknown: true })
    const opened = await agent.open({ image: world.image, command: BUSY })
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    const before = (await agent.lease({ status: { leaseId: lease.id } })).leases![0]!
    expect(before).to.include({ state: "ready", unknown: true })
    expect(Number(before.activeMs - lost.activeMs)).to.be.at.most(1_000)
    await proxy.mend()
    const found = await agent.watch(lease.id, (status) => !status.unknown)
    expect(found.state).to.equal("ready")
    expect(Number(found.activeMs - before.activeMs)).to.be.at.most(1_000)
    await agent.watch(opened.id, (status) => status.state === "ready")
    await agent.booksWhen((books) => (books.leases.get(1) ?? 0n) > found.activeMs)
    expect(agent.errors).to.deep.equal([])
    await stop(agent, lease.id)
    await stop(agent, opened.id)
    await node.stop()
    await proxy.cut()
  })

  it("RPC gone: the job goes on, receipts name the last block seen, the books agree afterwards", async () => {
    const registered = await world.register()
    const node = await world.start(registered, world.config(dirOf("rpc")))
    const agent = await world.agent(registered, addressOf(node))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.gpuMs > 300n)
    const session = await agent.session()
    process.kill(world.chain.pid, "SIGSTOP")
    try {
      while (node.chain.reachable) await new Promise((resolve) => setTimeout(resolve, 100))
      const before = agent.books
      const later = await agent.booksWhen((books) => books.seq >= before.seq + 2)
      expect(later.block).to.equal(before.block)
      expect(later.gpuMs > before.gpuMs).to.equal(true)
      const status = (await agent.lease({ session, status: { leaseId: lease.id } })).leases![0]!
      expect(status.state).to.equal("ready")
    } finally {
      process.kill(world.chain.pid, "SIGCONT")
    }
    const last = agent.books
    await agent.booksWhen((books) => books.block > last.block)
    expect(agent.errors).to.deep.equal([])
    await stop(agent, lease.id)
    const account = node.ledger.all()[0]!
    // The agent's books hold the last receipt from when it signed it on, the node's from when that has arrived.
    if (account.books.seq < agent.books.seq) await new Promise((resolve) => node.blockLoop.onSigned.on(resolve))
    expect(account.books.amount).to.equal(agent.books.amount)
    await node.stop()
  })

  /** The same agent, now dialing a node that has been started again. */
  function move(agent: TestAgent, node: BerthNode): TestAgent {
    agent.options.nodeAddress = addressOf(node)
    return agent
  }

  async function stop(agent: TestAgent, leaseId: Uint8Array): Promise<LeaseStatus> {
    await agent.lease({ stop: { leaseId } })
    const ended = await agent.watch(leaseId)
    expect(ended).to.include({ state: "ended", reason: "tenant_stopped" })
    await agent.booksWhen((books) => (books.leases.get(ended.leaseNo) ?? 0n) === ended.activeMs)
    return ended
  }

  const logsOf = (agent: TestAgent, leaseId: Uint8Array) => agent.logs(leaseId)
})
