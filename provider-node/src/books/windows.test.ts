import { amountOf, bytesToHex, formatCredits } from "@berth/protocol"
import type { LeaseStatus } from "@berth/protocol/wire"
import { expect } from "chai"
import type { OpenedLease, TestAgent } from "../../test-support/agent.ts"
import { addressOf, PRICE, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"
import { DockerRunner } from "../runner/docker/docker-runner.ts"

const BUSY = ["sh", "-c", "while :; do :; done"]
const WINDOW = 8_000
const times = { windowMs: WINDOW, pauseMs: WINDOW, stopMs: 12_000 }
const windowAmount = amountOf(BigInt(WINDOW), PRICE)
/** Where nothing is measured. */
const short = { windowMs: 2_000, pauseMs: 2_000, stopMs: 8_000 }
const shortWindow = amountOf(BigInt(short.windowMs), PRICE)

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
    const config = world.config({ ...times, ...more, dataDir: `${world.dir}/${instance}` })
    const started = await world.start(registered, config)
    node = started
    const agent = await world.agent(registered, addressOf(started))
    await agent.connect()
    const early = (await agent.quote()).quote!
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.used > 0n)
    agent.signing = false
    const paused = await agent.watch(lease.id, (status) => status.state === "paused")
    const cpuMs = await cpuMsOf(lease, config.instance!)
    const ended = await agent.watch(lease.id)
    const account = started.ledger.all().find((a) => a.signer === agent.signer)!
    const used = started.ledger.usedNow(account)
    const { books: signed } = agent
    return { agent, early, lease, paused, ended, cpuMs, signed, nodeLoss: used - signed.amount, tenantLoss: signed.amount - used }
  }

  /** What the container really used until it was frozen, by the kernel's count: also what no sample has seen. */
  async function cpuMsOf({ id }: OpenedLease, instance: string): Promise<bigint> {
    const leaseId = bytesToHex(id)
    const runner = new DockerRunner({ socketPath: world.engine.socketPath, instance })
    for (;;) {
      const sample = (await runner.sample([leaseId])).get(leaseId)
      if (sample) return sample.cpuNs / 1_000_000n
    }
  }

  function report(who: string, { nodeLoss, tenantLoss, signed, cpuMs }: Awaited<ReturnType<typeof stopSigning>>) {
    const lost = (value: bigint) =>
      `${formatCredits(value > 0n ? value : 0n)} (${(Number(value > 0n ? value : 0n) / Number(windowAmount)).toFixed(2)} windows)`
    console.log(
      `      ${who}: signed ${formatCredits(signed.used)} of work and ${formatCredits(signed.amount)} in all; the container used ${cpuMs} ms of CPU, ${signed.gpuMs} ms are signed; node lost ${lost(nodeLoss)}, tenant ${lost(tenantLoss)}; a window is ${formatCredits(windowAmount)}`,
    )
  }

  it("unknown: paused before what it paid is worked off, then stopped: the node loses nothing, the tenant less than a window", async () => {
    const result = await stopSigning({}, "unknown")
    report("unknown", result)
    expect(result.paused).to.include({ state: "paused", reason: "no_signature" })
    expect(result.ended).to.include({ state: "ended", reason: "no_signature" })
    expect(result.nodeLoss <= 0n, "worked beyond what was paid").to.equal(true)
    expect(amountOf(result.cpuMs, PRICE) <= result.signed.amount, "used beyond what was paid").to.equal(true)
    expect(result.tenantLoss <= windowAmount / 2n, "it was paused long before the end").to.equal(true)
    expect(result.agent.errors).to.deep.equal([])
  })

  it("known: paused before a window is worked, stopped after `stop`: the node loses no more than that window, the tenant nothing", async () => {
    const result = await stopSigning({ knownAfterWindows: 0 }, "known")
    report("known", result)
    expect(result.signed.amount).to.equal(result.signed.used)
    expect(result.paused).to.include({ state: "paused", reason: "no_signature" })
    expect(result.ended).to.include({ state: "ended", reason: "no_signature" })
    expect(result.nodeLoss <= windowAmount, "worked beyond a window").to.equal(true)
    expect(result.cpuMs - result.signed.gpuMs <= BigInt(WINDOW), "used beyond a window").to.equal(true)
    expect(result.nodeLoss >= windowAmount / 2n, "it was paused long before the end").to.equal(true)
    expect(result.early.startPrice).to.equal(0n)
    const { quote } = await result.agent.quote()
    expect(quote!.startPrice, "who left a debt pays ahead, whatever its signer").to.equal(windowAmount)
  })

  it("one that signs again before the stop goes on where it was", async () => {
    const registered = await world.register()
    node = await world.start(registered, world.config({ ...short, stopMs: 60_000, knownAfterWindows: 0, dataDir: `${world.dir}/again` }))
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
    node = await world.start(registered, world.config({ ...short, dataDir: `${world.dir}/alone` }))
    const agent = await world.agent(registered, addressOf(node))
    const lease = await agent.open({ image: world.image, command: BUSY })
    const ended = await agent.watch(lease.id)
    expect(ended).to.include({ state: "ended", reason: "no_signature", imageId: "" })
    expect(ended.activeMs).to.equal(0n)
  })

  it("a deposit that no longer covers a window more: paused for funds, on again after a top-up", async () => {
    const registered = await world.register()
    node = await world.start(registered, world.config({ ...short, stopMs: 60_000, dataDir: `${world.dir}/funds` }))
    const deposit = shortWindow * 3n
    const agent = await world.agent(registered, addressOf(node), { deposit, tenant: 3 })
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    const paused = await agent.watch(lease.id, isPaused)
    expect(paused.reason).to.equal("no_funds")
    await world.market.deposit(world.market.account(3), shortWindow * 4n)
    await world.market.call(world.market.account(3), "topUp", [agent.signer, registered.address, shortWindow * 4n])
    const ready = await agent.watch(lease.id, (status) => status.state !== "paused")
    expect(ready.state).to.equal("ready")
    expect(agent.books.amount <= deposit).to.equal(true)
    await end(agent, lease)
  })

  it("a close requested on chain ends what runs", async () => {
    const registered = await world.register()
    node = await world.start(registered, world.config({ ...short, dataDir: `${world.dir}/close` }))
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
