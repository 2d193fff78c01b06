// What a newcomer is asked to pay ahead, and work for one that pays less.
import { amountOf } from "@berth/protocol"
import { expect } from "chai"
import { TcpProxy } from "../../../test/support/tcp-proxy.ts"
import type { TestAgent } from "../../test-support/agent.ts"
import { addressOf, PRICE, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"

const BUSY = ["sh", "-c", "while :; do :; done"]
const WINDOW_MS = 30_000
const window = amountOf(BigInt(WINDOW_MS), PRICE)
const tenSeconds = amountOf(10_000n, PRICE)

describe("what a newcomer pays ahead", function () {
  this.timeout(90_000)
  let world: World
  let node: BerthNode | undefined
  before(async () => {
    world = await World.start()
  })
  afterEach(() => node?.stop())
  after(() => world.stop())

  async function agentOf(instance: string, { stake = 0n, ...more }: Record<string, unknown> & { stake?: bigint } = {}, rpcUrl?: string) {
    const registered = await world.register()
    if (stake > 0n) await world.market.stake(registered, stake)
    const config = world.config({ windowMs: WINDOW_MS, ...more, dataDir: `${world.dir}/${instance}` })
    node = await world.start(registered, rpcUrl ? { ...config, rpcUrls: [rpcUrl] } : config)
    return world.agent(registered, addressOf(node))
  }

  const advances = (agent: TestAgent) => agent.proposals.map((p) => p.amount - p.used)

  it("a whole window to a node with stake of 100 of them behind it, ten seconds to one with a credit less", async () => {
    const staked = await agentOf("staked", { stake: window * 100n })
    expect((await staked.quote()).quote!.startPrice).to.equal(window)
    await node!.stop()
    const short = await agentOf("short", { stake: window * 100n - 1n })
    expect((await short.quote()).quote!.startPrice).to.equal(tenSeconds)
  })

  it("an agent that pays ten seconds ahead is asked for no more after its first no, and its lease works on", async () => {
    const agent = await agentOf("less", { stake: window * 100n })
    agent.mostAhead = tenSeconds
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    const states: string[] = []
    const watched = agent.watch(lease.id, (status) => {
      states.push(status.state)
      return status.state === "ended"
    })
    await agent.booksWhen((books) => books.used > tenSeconds + tenSeconds / 5n)
    expect(advances(agent).filter((advance) => advance !== tenSeconds)).to.deep.equal([window])
    await agent.lease({ stop: { leaseId: lease.id } })
    await watched
    expect(states).to.not.include("paused")
  })

  it("with little ahead and no block to be seen the next receipt is made before it is used up", async () => {
    const proxy = await TcpProxy.to(Number(new URL(world.chain.rpcUrl).port))
    const agent = await agentOf("blockless", { windowMs: 3_000, paceMaxMs: 30_000 }, proxy.url)
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    const { used } = await agent.booksWhen((books) => books.used > 0n)
    await proxy.cut()
    const before = agent.proposals.length
    await agent.booksWhen((books) => books.used > used + 2n * amountOf(3_000n, PRICE))
    expect(agent.proposals.length - before).to.be.at.least(4)
    expect(node!.leases.live().map((l) => l.state)).to.deep.equal(["ready"])
    await agent.lease({ stop: { leaseId: lease.id } })
  })

  it("one that offers ever less is asked for ten seconds, no less, and gets no work", async () => {
    const agent = await agentOf("none", { stake: window * 100n, pauseMs: 3_000, stopMs: 6_000 })
    agent.mostAhead = 0n
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    const ended = await agent.watch(lease.id)
    expect(ended).to.include({ state: "ended", reason: "no_signature", activeMs: 0n })
    expect([...new Set(advances(agent))]).to.deep.equal([window, tenSeconds])
  })
})
