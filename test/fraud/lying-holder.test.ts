// A lying holder against the real node: it had its day, its agent signed for it, and it posts a minute for that day itself.
import { dayClaimDigest, dayOf, halvesOf, hexToBytes, packServed } from "@berth/protocol"
import { reservationsAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { reservationQuoteFromWire, reservationToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { bytesToHex, parseEther } from "viem"
import { statusOf } from "../../provider-node/src/control/status.ts"
import type { BerthNode } from "../../provider-node/src/node.ts"
import type { TestAgent } from "../../provider-node/test-support/agent.ts"
import { refusal } from "../../provider-node/test-support/refusal.ts"
import { seen } from "../../provider-node/test-support/seen.ts"
import { addressOf, World } from "../../provider-node/test-support/world.ts"
import { keyOf, type TestNode, type Wallet } from "../support/market.ts"

const DAY = 86_400

interface Held {
  readonly agent: TestAgent
  readonly wallet: Wallet
  readonly id: bigint
  readonly hex: `0x${string}`
  readonly first: number
  readonly price: bigint
}

describe("a holder that posts less for a day than its agent signed for", function () {
  this.timeout(120_000)
  let world: World
  let key: TestNode
  let node: BerthNode
  let liar: Held
  let honest: Held

  const start = async (serveAnyway: readonly string[] = []) => {
    node = await world.start(key, world.config({ reservations: { enabled: true, collateralBps: 0, serveAnyway } }))
    for (const held of [liar, honest]) if (held) held.agent.options.nodeAddress = addressOf(node)
  }
  const looked = (condition: () => boolean | Promise<boolean>) => seen(node.reservations.watch.onRead, condition)
  const askFor = async (agent: TestAgent) => {
    const startDay = dayOf(await world.market.chainTime())
    const quote = { tenant: hexToBytes(agent.options.tenant), class: "cpu/x86-64", gpus: 1, startDay, term: 20 }
    return reservationQuoteFromWire((await agent.reservation({ quote })).quote!)
  }
  const reserve = async (name: string, account: number): Promise<Held> => {
    const wallet = world.market.account(account)
    await world.market.deposit(wallet, 1_000_000_000_000n)
    const agent = await world.agentWith(keyOf(name), key, addressOf(node), wallet)
    const { quote, signature } = await askFor(agent)
    const id = await world.market.reserve(wallet, quote, signature, agent.signer)
    const hex = bytesToHex(reservationToWire(id))
    await looked(() => node.reservations.book.find(hex) !== undefined)
    return { agent, wallet, id, hex, first: quote.startDay, price: quote.pricePerDay }
  }
  const nextDay = async () => {
    const now = Number(await world.market.chainTime())
    await world.chain.increaseTime(DAY - (now % DAY) + 60)
    const day = dayOf(await world.market.chainTime())
    await looked(() => node.reservations.book.today === day && node.reservations.watch.upToDate)
  }
  /** Posted by the holder, signed by its agent's key. */
  const post = ({ agent, wallet, id }: Held, firstDay: number, minutes: readonly number[]) => {
    const served = packServed(minutes)
    const digest = dayClaimDigest(world.market.market, { reservation: id, firstDay, served })
    const signature = nativeEcdsa.sign(digest, agent.options.signerKey)
    return world.market.callReservations(wallet, "claimDays", [id, firstDay, bytesToHex(served), ...halvesOf(signature)])
  }
  const statusOn = async ({ agent, id }: Held) => (await agent.reservation({ status: { reservation: reservationToWire(id) } })).status!
  const leaseOf = async ({ agent, id }: Held) => {
    const { quote: wire } = await agent.quote({ count: 1, reservation: reservationToWire(id) })
    const opened = await agent.openRequest({ image: world.image, command: ["sleep", "3600"] }, wire)
    await agent.lease({ open: opened.open })
    await agent.connect()
    await agent.watch(opened.id, (s) => s.state === "ready" || s.state === "idle")
    return opened.id
  }
  const earned = async ({ id }: Held) => {
    const { reservations: address } = world.chain.deployment
    const view = await world.chain.client.readContract({ address, abi: reservationsAbi, functionName: "reservationOf", args: [id] })
    return view.earned
  }

  before(async () => {
    world = await World.start({ blockTimeMs: 300 })
    key = await world.register()
    await world.chain.fund(key.address, { eth: parseEther("1") })
    await start()
    liar = await reserve("lying holder", 2)
    honest = await reserve("honest holder", 3)
  })
  after(() => world?.stop())

  it("by some minutes: is served on", async () => {
    await nextDay()
    for (const { agent, id, first } of [liar, honest]) await agent.claim(id, first, [1_440])
    await post(honest, honest.first, [800])
    await looked(() => node.reservations.book.claimsOf(honest.hex).length === 0)
    expect((await statusOn(honest)).reason).equal("")
  })

  it("by more than half: its leases end, it gets no other and no other reservation, and is told why; the rest of the node's are served", async () => {
    const lease = await leaseOf(liar)
    const kept = await leaseOf(honest)
    await post(liar, liar.first, [1])
    expect((await liar.agent.watch(lease)).reason).equal("expired")
    const status = await statusOn(liar)
    expect(status.ready).equal(false)
    expect(status.reason).match(/^the chain has 1 minutes for \d{4}-\d\d-\d\d, 1440 were counted here/)
    expect(await refusal(leaseOf(liar))).equal("no_reservation")
    expect(await refusal(askFor(liar.agent))).equal("not_offered")
    const { reservations } = await statusOf(node)
    expect(reservations.map(({ id, denial }) => [id, denial]).sort()).deep.equal(
      [
        [liar.hex, status.reason],
        [honest.hex, null],
      ].sort(),
    )
    expect((await honest.agent.lease({ status: { leaseId: kept } })).leases[0]!.state).not.equal("ended")
    expect((await askFor(honest.agent)).quote.gpus).equal(1)
  })

  it("has its other days posted as soon as they are signed for", async () => {
    await nextDay()
    const before = await earned(liar)
    for (const { agent, id, first } of [liar, honest]) await agent.claim(id, first + 1, [1_440])
    await looked(async () => (await earned(liar)) === before + liar.price)
  })

  it("is served no more after a restart either, unless the operator says so", async () => {
    await node.stop()
    await start()
    await looked(() => node.reservations.watch.isCurrent)
    expect((await statusOn(liar)).ready).equal(false)
    await node.stop()
    await start([liar.hex])
    await looked(() => node.reservations.watch.isCurrent)
    expect(await statusOn(liar)).include({ ready: true, reason: "" })
    expect((await askFor(liar.agent)).quote.gpus).equal(1)
  })
})
