import { amountOf, formatCredits } from "@berth/protocol"
import type { LeaseStatus } from "@berth/protocol/wire"
import { expect } from "chai"
import type { OpenedLease, TestAgent } from "../../test-support/agent.ts"
import { addressOf, PRICE, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"

const BUSY = ["sh", "-c", "while :; do :; done"]
const WINDOW = 2_000
const times = { windowMs: WINDOW, pauseMs: 4_000, stopMs: 8_000 }
const windowAmount = amountOf(BigInt(WINDOW), PRICE)

describe("windows: a tenant that stops signing", function () {
  this.timeout(90_000)
  let world: World
  let node: BerthNode | undefined
  before(async () => {
    world = await World.start()
  })
  afterEach(() => node?.stop())
  after(() => world.stop())

  /** Opens a busy lease, signs until something was signed, then no more; resolves with what was lost when it has ended. */
  async function stopSigning(more: Record<string, unknown>, instance: string) {
    const registered = await world.register()
    const started = await world.start(registered, world.config({ ...times, ...more, dataDir: `${world.dir}/${instance}` }))
    node = started
    const agent = await world.agent(registered, addressOf(started))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.used > 0n)
    agent.signing = false
    const paused = await agent.watch(lease.id, (status) => status.state === "paused")
    const ended = await agent.watch(lease.id)
    const account = started.ledger.all().find((a) => a.signer === agent.signer)!
    const used = started.ledger.usedNow(account)
    return { agent, lease, paused, ended, signed: agent.books, nodeLoss: used - agent.books.amount, tenantLoss: agent.books.amount - used }
  }

  function report(who: string, { nodeLoss, tenantLoss, signed }: { nodeLoss: bigint; tenantLoss: bigint; signed: TestAgent["books"] }) {
    const lost = (value: bigint) => formatCredits(value > 0n ? value : 0n)
    console.log(
      `      ${who}: signed ${formatCredits(signed.used)} of work and ${formatCredits(signed.amount)} in all; node lost ${lost(nodeLoss)}, tenant ${lost(tenantLoss)}; a window is ${formatCredits(windowAmount)}`,
    )
  }

  it("unknown: paused where its window ends, then stopped; neither side loses more than a window", async () => {
    const result = await stopSigning({}, "unknown")
    report("unknown", result)
    expect(result.paused).to.include({ state: "paused", reason: "no_signature" })
    expect(result.ended).to.include({ state: "ended", reason: "no_signature" })
    // What ran beyond the signed amount is what fits between two samples and the engine's pause.
    expect(Number(result.nodeLoss)).to.be.at.most(Number(windowAmount) / 2)
    expect(result.tenantLoss <= windowAmount).to.equal(true)
    expect(result.agent.errors).to.deep.equal([])
  })

  it("known: paused after `pause`, stopped after `stop`; the node loses its grace at most", async () => {
    const result = await stopSigning({ knownAfterWindows: 0 }, "known")
    report("known", result)
    expect(result.signed.amount).to.equal(result.signed.used)
    expect(result.paused).to.include({ state: "paused", reason: "no_signature" })
    expect(result.ended).to.include({ state: "ended", reason: "no_signature" })
    expect(Number(result.nodeLoss))
      .to.be.at.most(Number(windowAmount) * 2.5)
      .and.at.least(Number(windowAmount))
    const { quote } = await result.agent.quote()
    expect(quote!.startPrice, "who left a debt pays ahead, whatever its signer").to.equal(windowAmount)
  })

  it("one that signs again before the stop goes on where it was", async () => {
    const registered = await world.register()
    node = await world.start(
      registered,
      world.config({ ...times, stopMs: 60_000, pauseMs: 2_000, knownAfterWindows: 0, dataDir: `${world.dir}/again` }),
    )
    const agent = await world.agent(registered, addressOf(node))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.used > 0n)
    agent.signing = false
    const paused = await agent.watch(lease.id, isPaused)
    agent.signing = true
    agent.disconnect()
    await agent.connect()
    const ready = await agent.watch(lease.id, (status) => status.state === "ready" || status.state === "idle")
    expect(ready.state).to.equal("ready")
    const books = await agent.booksWhen((b) => b.gpuMs > paused.activeMs)
    expect(books.amount).to.equal(books.used)
    await end(agent, lease)
  })

  it("an agent that vouches for less gets less, up to one window, and never below what it signed", async () => {
    const registered = await world.register()
    node = await world.start(registered, world.config({ ...times, knownAfterWindows: 0, dataDir: `${world.dir}/bound` }))
    const agent = await world.agent(registered, addressOf(node))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    const signed = await agent.booksWhen((books) => books.gpuMs > 500n)
    agent.bounds = [{ leaseNo: 1, cumulativeMs: 0n, ahead: 0n }]
    await nextProposal(agent)
    const at = performance.now()
    const kept = agent.books.gpuMs
    agent.bounds = undefined
    const lower = await nextProposal(agent)
    expect(lower.gpuMs >= signed.gpuMs).to.equal(true)
    // It went on working meanwhile: all that is claimed beyond what was signed is newer than the dispute.
    expect(Number(lower.gpuMs - kept)).to.be.at.most(performance.now() - at + 100)
    agent.bounds = [{ leaseNo: 1, cumulativeMs: 0n, ahead: 0n }]
    const ended = await agent.watch(lease.id)
    expect(ended).to.include({ state: "ended", reason: "no_signature" })
  })

  it("no agent at all: a newcomer's lease never starts and ends", async () => {
    const registered = await world.register()
    node = await world.start(registered, world.config({ ...times, dataDir: `${world.dir}/alone` }))
    const agent = await world.agent(registered, addressOf(node))
    const lease = await agent.open({ image: world.image, command: BUSY })
    const ended = await agent.watch(lease.id)
    expect(ended).to.include({ state: "ended", reason: "no_signature", imageId: "" })
    expect(ended.activeMs).to.equal(0n)
  })

  it("a deposit that no longer covers a window more: paused for funds, on again after a top-up", async () => {
    const registered = await world.register()
    node = await world.start(registered, world.config({ ...times, stopMs: 60_000, dataDir: `${world.dir}/funds` }))
    const deposit = windowAmount * 3n
    const agent = await world.agent(registered, addressOf(node), { deposit, tenant: 3 })
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    const paused = await agent.watch(lease.id, isPaused)
    expect(paused.reason).to.equal("no_funds")
    await world.market.deposit(world.market.account(3), windowAmount * 4n)
    await world.market.call(world.market.account(3), "topUp", [agent.signer, registered.address, windowAmount * 4n])
    const ready = await agent.watch(lease.id, (status) => status.state !== "paused")
    expect(ready.state).to.equal("ready")
    expect(agent.books.amount <= deposit).to.equal(true)
    await end(agent, lease)
  })

  it("a close requested on chain ends what runs", async () => {
    const registered = await world.register()
    node = await world.start(registered, world.config({ ...times, dataDir: `${world.dir}/close` }))
    const agent = await world.agent(registered, addressOf(node), { tenant: 4 })
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.used > 0n)
    await world.market.call(world.market.account(4), "requestClose", [agent.signer, registered.address])
    expect(await agent.watch(lease.id)).to.include({ state: "ended", reason: "expired" })
    const refused = await agent.open({ image: world.image }).catch((error) => error)
    expect(refused.code).to.equal("closing")
  })
})

const isPaused = (status: LeaseStatus): boolean => status.state === "paused"

function nextProposal(agent: TestAgent): Promise<TestAgent["proposals"][number]> {
  return new Promise((resolve) => {
    const off = agent.onProposal.on((proposal) => {
      off()
      resolve(proposal)
    })
  })
}

async function end(agent: TestAgent, lease: OpenedLease): Promise<void> {
  await agent.lease({ stop: { leaseId: lease.id } })
  expect(await agent.watch(lease.id)).to.include({ state: "ended", reason: "tenant_stopped" })
}
