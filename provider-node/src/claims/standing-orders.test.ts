import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { receiptDigest } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { expect } from "chai"
import { parseEther } from "viem"
import type { StandingOrderInput, TestNode } from "../../../test/support/market.ts"
import type { OpenedLease, TestAgent } from "../../test-support/agent.ts"
import { seen as seenAt } from "../../test-support/seen.ts"
import { addressOf, PRICE, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"

const DAY = 86_400
const BUSY = ["sh", "-c", "while :; do :; done"]
/** Of one unit, 60 times the price: what is allowed grows so fast that only the cap bounds it. */
const RATE = PRICE * 60n

describe("a tab with a standing order whose agent is gone", function () {
  this.timeout(120_000)
  let world: World
  let key: TestNode
  let node: BerthNode
  let config: ReturnType<World["config"]>
  let tenant = 3
  before(async () => {
    world = await World.start({ blockTimeMs: 300 })
    key = await world.register()
    await world.chain.fund(key.address, { eth: parseEther("1") })
    config = world.config({ ...{ windowMs: 1_000, pauseMs: 1_500, stopMs: 5_000 }, retentionSeconds: 0, standingOrders: { claimMin: 1 } })
    node = await world.start(key, config)
  })
  after(() => world?.stop())

  const tabOf = ({ signer }: TestAgent) =>
    world.chain.client.readContract({
      address: world.market.market.contract,
      abi: berthAbi,
      functionName: "tabs",
      args: [signer, key.address],
    })
  const accountOf = (agent: TestAgent) => node.ledger.all().find((a) => a.signer === agent.signer)!
  const unsignedReceipts = (agent: TestAgent) => {
    const journal = new DatabaseSync(join(config.dataDir, "journal.sqlite"), { readOnly: true })
    const rows = journal.prepare("SELECT seq FROM receipts WHERE tab=? AND countersignature IS NULL").all(accountOf(agent).tab)
    journal.close()
    return rows.length
  }
  const usedBy = (agent: TestAgent) => node.ledger.usedNow(accountOf(agent))
  const seen = (condition: () => boolean | Promise<boolean>) => seenAt(node.chain.onHead, condition)
  const at = async (seconds: number) => Number(await world.market.chainTime()) + seconds
  /** To one minute after the next midnight, UTC. */
  const nextDay = async () => {
    const now = Number(await world.market.chainTime())
    await world.chain.increaseTime(DAY - (now % DAY) + 60)
  }
  /** An agent that has signed for some work of a lease that goes on, and is gone. */
  const absent = async (order: Partial<StandingOrderInput> = {}): Promise<{ agent: TestAgent; lease: OpenedLease }> => {
    const agent = await world.agent(key, addressOf(node), {
      tenant: tenant++,
      deposit: 400_000_000n,
      order: { cap: 100_000_000n, rate: RATE, until: await at(3 * DAY), ...order },
    })
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.used > 0n)
    agent.disconnect()
    return { agent, lease }
  }
  const back = async (agent: TestAgent) => {
    agent.options.nodeAddress = addressOf(node)
    await agent.connect()
  }
  const settle = (agent: TestAgent) => {
    const { node: address, day, gpuMs, amount, recordsHash } = agent.books
    const receipt = { node: address, day, gpuMs, amount, recordsHash }
    const countersignature = nativeEcdsa.sign(receiptDigest(world.market.market, receipt), agent.options.signerKey)
    return world.market.settle(world.market.account(0), [{ receipt, countersignature }])
  }

  it("is worked for up to what the order allows, paused there, and never above it", async () => {
    // Three seconds of work, whatever time passes.
    const { agent, lease } = await absent({ cap: 300_000n })
    const paused = await agent.watch(lease.id, (s) => s.state === "paused")
    expect(paused.reason).equal("no_signature")
    const used = usedBy(agent)
    expect(used >= 300_000n, "paused before the order's end").equal(true)
    // What fits between two samples and the engine's pause, on a busy machine too.
    expect(Number(used - 300_000n)).at.most(200_000)
    await agent.lease({ stop: { leaseId: lease.id } })
    await agent.watch(lease.id)
  })

  it("control: without an order it is paused after its windows and stopped", async () => {
    const agent = await world.agent(key, addressOf(node), { tenant: tenant++ })
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.used > 0n)
    agent.disconnect()
    expect((await agent.watch(lease.id)).reason).equal("no_signature")
    expect(Number(usedBy(agent))).at.most(Number(agent.books.amount) + 200_000)
  })

  it("is claimed for once a day, and its agent, back, signs the same total: nothing is paid twice", async () => {
    const { agent, lease } = await absent({ until: await at(9 * DAY) })
    await seen(() => usedBy(agent) > agent.books.amount + 200_000n)
    expect((await tabOf(agent)).spent, "claimed on the first day").equal(0n)
    await nextDay()
    await seen(async () => (await tabOf(agent)).spent > 0n && node.claimer.underWay === 0)
    const first = (await tabOf(agent)).spent
    expect(first > agent.books.amount, "no more than what was signed").equal(true)
    expect(first <= usedBy(agent), "the window ahead was claimed").equal(true)
    await seen(() => usedBy(agent) > first + 200_000n)
    expect((await tabOf(agent)).spent, "claimed again on the same day").equal(first)
    for (let spent = first, day = 2; day <= 4; day++) {
      await nextDay()
      await seen(async () => (await tabOf(agent)).spent > spent && node.claimer.underWay === 0)
      ;({ spent } = await tabOf(agent))
    }
    const claimed = (await tabOf(agent)).spent
    // The last one that its agent was sent, the newest one, and that of the last claim: not one a claim.
    expect(unsignedReceipts(agent)).at.most(3)
    expect((await agent.lease({ status: { leaseId: lease.id } })).leases[0]!.state).equal("ready")

    await back(agent)
    await agent.lease({ stop: { leaseId: lease.id } })
    await agent.watch(lease.id)
    const books = await agent.booksWhen((b) => b.amount === b.used && b.used > claimed)
    expect(agent.errors).deep.equal([])
    expect(books.used).equal(node.ledger.usedNow(accountOf(agent)))
    await settle(agent)
    await settle(agent)
    expect((await tabOf(agent)).spent, "claims and receipts are one total").equal(books.used)
    const { amount, deadline, signature } = await agent.close()
    expect(amount).equal(books.used)
    expect([deadline > 0n, signature.length]).deep.equal([true, 64])
    expect(node.ledger.owedBy(agent.options.tenant), "paid work counts as a debt").equal(0n)
  })

  it("through the closing delay: the work up to the request is claimed, no second of the delay", async () => {
    const { agent, lease } = await absent({ rate: PRICE })
    await seen(() => usedBy(agent) > agent.books.amount + 300_000n)
    await world.market.call(world.market.account(tenant - 1), "requestClose", [agent.signer, key.address])
    expect((await agent.watch(lease.id)).reason).equal("expired")
    const allowed = await world.chain.client.readContract({
      ...{ address: world.market.market.contract, abi: berthAbi, functionName: "standingOrderAllows", args: [agent.signer, key.address] },
    })
    const used = usedBy(agent)
    await seen(async () => (await tabOf(agent)).spent > 0n && node.claimer.underWay === 0)
    const due = used < allowed ? used : allowed
    expect((await tabOf(agent)).spent).equal(due)
    await world.chain.increaseTime(2 * DAY)
    await seen(async () => node.chain.seen(agent.signer)?.block === node.chain.confirmed)
    expect((await tabOf(agent)).spent).equal(due)
    await world.chain.increaseTime(DAY + 60)
    await world.market.call(world.market.account(tenant - 1), "finishClose", [agent.signer, key.address])
    await seen(() => node.ledger.all().every((a) => a.signer !== agent.signer))
    expect(node.ledger.owedBy(agent.options.tenant)).equal(used - due)
  })

  it("a claim finds its tab again after a restart, when its container is long gone", async () => {
    const { agent, lease } = await absent({ cap: 400_000n })
    expect((await agent.watch(lease.id)).reason).equal("no_signature")
    const ended = () => node.leases.all().find((l) => l.row.deal.signer === agent.signer)
    await seen(() => ended()?.row.removed !== false)
    await node.stop()
    node = await world.start(key, config)
    await nextDay()
    await seen(async () => (await tabOf(agent)).spent > 0n)
    expect((await tabOf(agent)).spent).equal(400_000n)
  })

  it("claims nothing of a tab whose agent signs", async () => {
    const { agent, lease } = await absent()
    const { seq: before } = agent.books
    await back(agent)
    // What was worked in its absence is signed before the day at which it would be claimed.
    await agent.booksWhen((b) => b.seq > before)
    await nextDay()
    const { seq } = agent.books
    await agent.booksWhen((b) => b.seq > seq + 4)
    expect((await tabOf(agent)).spent).equal(0n)
    await agent.lease({ stop: { leaseId: lease.id } })
    await agent.watch(lease.id)
  })
})
