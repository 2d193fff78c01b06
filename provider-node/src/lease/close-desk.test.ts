import { receiptDigest } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { expect } from "chai"
import { parseEther } from "viem"
import type { TestNode } from "../../../test/support/market.ts"
import { TcpProxy } from "../../../test/support/tcp-proxy.ts"
import type { TestAgent } from "../../test-support/agent.ts"
import { addressOf, PRICE, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"

const DAY = 86_400
const WINDOW_MS = 2_000
/** Three seconds of work, a word, and a long sleep: from the word on no work is done while the lease goes on. */
const BURST = ["sh", "-c", "timeout 3 sh -c 'while :; do :; done'; echo worked; sleep 1000"]
/** Active milliseconds for so many credits. */
const msFor = (credits: bigint) => (credits * 3_600_000n) / PRICE

describe("a close by agreement of a tab that was paid more than is signed as used", function () {
  this.timeout(120_000)
  let world: World
  let rpc: TcpProxy
  let key: TestNode
  let node: BerthNode
  let tenant = 3
  before(async () => {
    world = await World.start({ blockTimeMs: 300 })
    rpc = await TcpProxy.to(Number(new URL(world.chain.rpcUrl).port))
    key = await world.register()
    await world.chain.fund(key.address, { eth: parseEther("1") })
    const settings = { windowMs: WINDOW_MS, pauseMs: 1_500, stopMs: 60_000, standingOrders: { claimMin: 1 } }
    node = await world.start(key, { ...world.config(settings), rpcUrls: [rpc.url] })
  })
  after(async () => {
    await world?.stop()
    await rpc?.cut()
  })

  const walletOf = (agent: TestAgent) => world.market.account(tenants.get(agent)!)
  const tenants = new Map<TestAgent, number>()
  const newAgent = async (order?: Parameters<World["agent"]>[2]) => {
    const agent = await world.agent(key, addressOf(node), { tenant, deposit: 400_000_000n, ...order })
    tenants.set(agent, tenant++)
    return agent
  }
  const tabOf = ({ signer }: TestAgent) =>
    world.chain.client.readContract({
      ...{ address: world.market.market.contract, abi: berthAbi, functionName: "tabs", args: [signer, key.address] },
    })
  const spentOf = async (agent: TestAgent) => (await tabOf(agent)).spent
  const usedBy = ({ signer }: TestAgent) => node.ledger.usedNow(node.ledger.all().find((a) => a.signer === signer)!)
  /** Resolves once the condition holds; looks at it at each block. */
  const seen = (condition: () => boolean | Promise<boolean>) =>
    new Promise<void>((resolve, reject) => {
      const check = async () => {
        if (!(await condition())) return
        off()
        resolve()
      }
      const off = node.chain.onHead.on(() => void check().catch(reject))
      check().catch(reject)
    })
  /** The settlement of what the agent has signed last. */
  const settlementOf = ({ books, options }: TestAgent) => {
    const { node: address, day, gpuMs, amount, recordsHash } = books
    const receipt = { node: address, day, gpuMs, amount, recordsHash }
    const countersignature = nativeEcdsa.sign(receiptDigest(world.market.market, receipt), options.signerKey)
    return () => world.market.settle(world.market.account(0), [{ receipt, countersignature }])
  }
  /** A newcomer that was paid a window ahead, of which it has used little when it is stopped; and the settlement of that receipt. */
  const stoppedEarly = async () => {
    const agent = await newAgent()
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: ["sleep", "1000"] })
    const { amount: ahead } = await agent.booksWhen((books) => books.amount > books.used)
    const settle = settlementOf(agent)
    await agent.lease({ stop: { leaseId: lease.id } })
    await agent.watch(lease.id)
    const { used } = await agent.booksWhen((books) => books.amount === books.used)
    expect(used < ahead, "all that was ahead was used").equal(true)
    return { agent, settle, ahead, used }
  }
  const closes = async (agent: TestAgent, { amount, deadline, signature }: Awaited<ReturnType<TestAgent["close"]>>) => {
    const [r, vs] = [signature.subarray(0, 32), signature.subarray(32)].map((half) => `0x${Buffer.from(half).toString("hex")}`)
    await world.market.call(walletOf(agent), "closeTab", [agent.signer, key.address, amount, deadline, r, vs])
    expect(await tabOf(agent)).include({ state: 2, spent: amount })
  }

  it("ahead of work that was not done: is for what was paid", async () => {
    const { agent, settle, ahead } = await stoppedEarly()
    await settle()
    await seen(() => node.chain.seen(agent.signer)?.spent === ahead)
    const close = await agent.close()
    expect(close.amount).equal(ahead)
    await closes(agent, close)
  })

  it("only after the node had signed for less: asked again it signs for what was paid", async () => {
    const { agent, settle, ahead, used } = await stoppedEarly()
    expect((await agent.close()).amount).equal(used)
    await settle()
    await seen(() => node.chain.seen(agent.signer)?.spent === ahead)
    const close = await agent.close()
    expect(close.amount).equal(ahead)
    await closes(agent, close)
  })

  it("under its standing order, for time that the node let go of when its agent was back: is for what was claimed, without a chain too", async () => {
    const now = Number(await world.market.chainTime())
    const order = { cap: 100_000_000n, rate: PRICE * 60n, until: now + 3 * DAY }
    const agent = await newAgent({ order })
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BURST })
    // It signs for a window ahead, without which no newcomer's work begins, and is gone: all of the work is left to the order.
    await agent.booksWhen((books) => books.seq > 0)
    agent.disconnect()
    await new Promise<void>((resolve, reject) => {
      agent.logs(lease.id, { follow: true, onFirst: resolve }).catch(reject)
    })
    // The meter looks once a second: four heads without a change are the end of it, but for what is let go of below.
    const last: bigint[] = []
    await seen(() => last.unshift(usedBy(agent)) > 4 && last[0] === last[4])
    await world.chain.increaseTime(DAY)
    await seen(async () => (await spentOf(agent)) > 0n && node.claimer.underWay === 0)
    const spent = await spentOf(agent)

    // Back, it vouches for half a second less: what a clock that was asleep makes of it.
    agent.bounds = [{ leaseNo: lease.leaseNo, cumulativeMs: msFor(spent) - 500n, ahead: 1n << 40n }]
    const refused = new Promise<void>((resolve) => {
      agent.onProposal.on(() => resolve())
    })
    await agent.connect()
    await refused
    await seen(() => usedBy(agent) < spent)
    agent.bounds = undefined
    await agent.lease({ stop: { leaseId: lease.id } })
    await agent.watch(lease.id)
    const { used } = await agent.booksWhen((books) => books.amount === books.used)
    expect(msFor(spent - used), "let go of").equal(500n)
    expect((await agent.close()).amount).equal(spent)

    // Seen as closing it is read anew each time, if it can be.
    await world.market.call(walletOf(agent), "requestClose", [agent.signer, key.address])
    await seen(() => node.chain.seen(agent.signer)?.status === "closing")
    await rpc.cut()
    expect((await agent.close()).amount, "without a chain").equal(spent)
    await rpc.mend()
    await closes(agent, await agent.close())
  })
})
