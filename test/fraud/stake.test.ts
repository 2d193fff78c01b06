// A lying node against the real agent: how far ahead it is paid follows from the stake that the chain shows behind it, whatever it asks for.
import { amountOf, propose } from "@berth/protocol"
import type { ReceiptUp } from "@berth/protocol/wire"
import { expect } from "chai"
import type { ConnectedAgent } from "../../tenant-sdk/src/index.ts"
import type { Child } from "../support/child.ts"
import { FaultWorld, PRICE } from "../support/fault-world.ts"
import { TcpProxy } from "../support/tcp-proxy.ts"
import { LyingNode, WINDOW } from "./lying-node.ts"

const TEN_SECONDS = amountOf(10_000n, PRICE)
const LOOK_MS = 300
/** A look, and the time that a busy machine takes for it. */
const SEEN_WITHIN_MS = 20_000

describe("stake that a node does not have, or has no longer", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let node: LyingNode
  let rpc: TcpProxy
  let agent: ConnectedAgent
  let process: Child

  before(async () => {
    world = await FaultWorld.start()
    rpc = await TcpProxy.to(Number(new URL(world.chain.rpcUrl).port))
  })
  afterEach(async () => {
    await node?.stop()
    await process?.stop()
  })
  after(async () => {
    await rpc?.cut()
    await world?.stop()
  })

  async function leaseAt(stake: bigint): Promise<void> {
    node = await LyingNode.start(world, stake)
    const tenant = await world.tenant()
    ;({ agent, child: process } = await world.startAgent(tenant, { rpcUrl: rpc.url, stakeLookMs: LOOK_MS }))
    await agent.openTab({ node: node.setup.address, amount: 1_000_000_000n })
    await agent.run({ image: "busybox", class: "cpu/x86-64", node: node.setup.address, hours: 0.01 })
  }

  /** Asks for so much ahead of no work. The books go on when it is signed. */
  async function ask(advance: bigint): Promise<ReceiptUp> {
    const proposal = propose(node.books, { ...(await node.claim(0n)), advance })
    const answer = await node.ask(node.sign(proposal))
    if (answer.countersignature) node.books = proposal.next
    return answer
  }

  async function expectPaid(most: bigint): Promise<void> {
    const { disagreement } = await ask(most + 1n)
    expect([disagreement?.error?.code, disagreement?.error?.field]).to.deep.equal(["overclaim", "amount"])
    expect(disagreement!.bounds.map((bound) => bound.ahead)).to.deep.equal([most])
    const { seq } = node.books
    expect((await ask(most)).countersignature?.seq).to.equal(seq + 1)
  }

  /** Until its answer to a whole window is another one. */
  async function untilAgent(signs: boolean): Promise<void> {
    const deadline = performance.now() + SEEN_WITHIN_MS
    while (((await ask(WINDOW)).countersignature !== undefined) !== signs)
      if (performance.now() > deadline)
        throw new Error(`after ${SEEN_WITHIN_MS} ms a window ahead was still ${signs ? "refused" : "signed"}`)
  }

  const setLockable = (amount: bigint) => world.market.callReservations(node.setup.operator, "setLockable", [node.setup.address, amount])
  const quoted = async () => (await agent.quotes({ class: "cpu/x86-64", node: node.setup.address })).offers[0]!

  it("none, and a quote that asks for a window ahead: ten seconds of it are paid", async () => {
    await leaseAt(0n)
    const { quote, stake, ahead } = await quoted()
    expect({ asked: quote.startPrice, stake, ahead }).to.deep.equal({ asked: WINDOW, stake: 0n, ahead: TEN_SECONDS })
    await expectPaid(TEN_SECONDS)
  })

  it("enough for one window less one credit is not enough; what its operator has besides, or takes out, does not count", async () => {
    await leaseAt(WINDOW * 100n - 1n)
    await world.market.deposit(node.setup.operator, WINDOW * 300n)
    await world.market.callReservations(node.setup.operator, "stake", [WINDOW * 300n])
    await world.market.callReservations(node.setup.operator, "requestUnstake", [WINDOW * 100n])
    expect((await quoted()).stake).to.equal(WINDOW * 100n - 1n)
    await expectPaid(TEN_SECONDS)
  })

  it("enough, for one lease: a window; for two of them ten seconds each", async () => {
    await leaseAt(WINDOW * 100n)
    expect((await quoted()).ahead, "of one more").to.equal(TEN_SECONDS)
    await expectPaid(WINDOW)
    // The lying node forgets the first lease; the agent does not.
    await agent.run({ image: "busybox", class: "cpu/x86-64", node: node.setup.address, hours: 0.01 })
    const { disagreement } = await ask(WINDOW)
    expect(disagreement!.bounds.map((bound) => bound.ahead)).to.deep.equal([TEN_SECONDS, TEN_SECONDS])
  })

  it("withdrawn while a lease runs: at its next look the agent goes down to ten seconds, and up again when it is back", async () => {
    await leaseAt(WINDOW * 100n)
    await expectPaid(WINDOW)
    await setLockable(WINDOW)
    await untilAgent(false)
    await expectPaid(TEN_SECONDS)
    await setLockable(WINDOW * 100n)
    await untilAgent(true)
    await expectPaid(WINDOW)
  })

  it("with the agent's RPC gone, what the chain said last holds", async () => {
    await leaseAt(WINDOW * 100n)
    await expectPaid(WINDOW)
    await rpc.cut()
    await setLockable(0n)
    const deadline = performance.now() + SEEN_WITHIN_MS
    while (!/reading the stake behind node .* failed/.test(process.log)) {
      if (performance.now() > deadline) throw new Error(`the agent did not miss its RPC:\n${process.log}`)
      await ask(WINDOW)
    }
    await expectPaid(WINDOW)
    await rpc.mend()
    await untilAgent(false)
    await expectPaid(TEN_SECONDS)
  })
})
