import { bytesToHex, dayOf, halvesOf, hexToBytes, keccakText, recoverAddress, reservationCancelDigest } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { reservationCancelFromWire, reservationQuoteFromWire, reservationToWire, type SessionProof } from "@berth/protocol/wire"
import { expect } from "chai"
import { keyOf, type TestNode } from "../../../test/support/market.ts"
import type { TestAgent } from "../../test-support/agent.ts"
import { refusal } from "../../test-support/refusal.ts"
import { seen } from "../../test-support/seen.ts"
import { addressOf, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"

const DAY = 86_400

describe("a node asked to agree to a cancel", function () {
  this.timeout(120_000)
  let world: World
  let key: TestNode
  let node: BerthNode
  let signer: TestAgent
  let stranger: TestAgent
  let id: bigint
  let pricePerDay: bigint
  let first: number

  const holder = () => world.market.account(2)
  const today = async () => dayOf(await world.market.chainTime())
  const ask = async (agent: TestAgent, more: { session?: SessionProof; reservation?: Uint8Array; firstDay?: number } = {}) => {
    const session = more.session ?? (await agent.session())
    const answer = await agent.reservation({ cancel: { reservation: reservationToWire(id), firstDay: 0, ...more, session } })
    return reservationCancelFromWire(answer.cancel!)
  }
  const looked = (condition: () => boolean) => seen(node.reservations.watch.onRead, condition)
  const reserve = async () => {
    const request = { tenant: hexToBytes(holder().address), class: "cpu/x86-64", gpus: 1, startDay: await today(), term: 20 }
    const { quote, signature } = reservationQuoteFromWire((await signer.reservation({ quote: request })).quote!)
    id = await world.market.reserve(holder(), quote, signature, signer.signer)
    ;({ pricePerDay, startDay: first } = quote)
    const hex = bytesToHex(reservationToWire(id))
    await looked(() => node.reservations.book.find(hex) !== undefined)
  }
  const start = async (agreedCancelBps?: number) => {
    const reservations = { enabled: true, collateralBps: 0, cancelFeeBps: 5_000, ...(agreedCancelBps !== undefined && { agreedCancelBps }) }
    node = await world.start(key, world.config({ reservations }))
    for (const agent of [signer, stranger]) if (agent) agent.options.nodeAddress = addressOf(node)
  }
  const wait = async (seconds: number) => {
    await world.chain.increaseTime(seconds)
    const now = await world.market.chainTime()
    const { watch } = node.reservations
    await looked(() => node.chain.head!.timestamp >= now && watch.upToDate && watch.isCurrent)
  }

  before(async () => {
    world = await World.start({ blockTimeMs: 300 })
    key = await world.register()
    await start()
    signer = await world.agentWith(keyOf("cancel signer"), key, addressOf(node), holder())
    stranger = await world.agentWith(keyOf("cancel stranger"), key, addressOf(node), world.market.account(3))
    await world.market.deposit(holder(), 100_000_000_000_000n)
    await reserve()
  })
  after(() => world?.stop())

  it("agrees to none unless its operator has said so", async () => {
    expect(await refusal(ask(signer))).equal("not_offered")
    await node.stop()
    await start(1_500)
  })

  it("gives the signer in force its operator's terms, for minutes, which the contract takes once", async () => {
    const { cancel, signature } = await ask(signer)
    const now = await world.market.chainTime()
    expect(cancel).include({ reservation: id, firstDay: first + 1, operatorBps: 1_500 })
    expect(cancel.deadline > now && cancel.deadline <= now + 600n).equal(true)
    expect(recoverAddress(nativeEcdsa, reservationCancelDigest(world.market.market, cancel), signature)).equal(key.address)
    const later = await ask(signer, { firstDay: first + 4 })
    expect(later.cancel.firstDay).equal(first + 4)
    const send = ({ cancel: c, signature: s }: typeof later) =>
      world.market.callReservations(holder(), "cancelAgreed", [...[c.reservation, c.firstDay, c.operatorBps, c.deadline], ...halvesOf(s)])
    const before = await node.chain.credits()
    await send(later)
    expect((await node.chain.credits()) - before).equal((pricePerDay * 16n * 1_500n) / 10_000n)
    for (const again of [later, { cancel, signature }])
      expect(String(await send(again).catch((error: unknown) => error)), "taken twice").match(/revert|NothingToCancel|Nonexistent/i)
  })

  it("asks who asks: no stranger, none with another's proof, for another node or out of date, none of another node's token", async () => {
    await reserve()
    expect(await refusal(ask(stranger))).equal("unauthorized")
    const session = await signer.session()
    expect((await ask(signer, { session })).cancel.reservation, "control: the very proof").equal(id)
    expect(await refusal(ask(stranger, { session })), "another peer sends it").equal("unauthorized")
    Object.assign(signer.options, { node: "0x00000000000000000000000000000000000000ee" })
    const elsewhere = await signer.session()
    Object.assign(signer.options, { node: key.address })
    expect(await refusal(ask(signer, { session: elsewhere })), "made for another node").equal("unauthorized")
    expect(await refusal(ask(signer, { session: { ...session, expires: session.expires + 1n } }))).equal("unauthorized")
    expect(await refusal(ask(signer, { reservation: keccakText("a token of another node") }))).equal("unauthorized")
    expect(await refusal(ask(signer, { reservation: new Uint8Array(31) }))).equal("malformed")
    await wait(2 * 3_600)
    expect(await refusal(ask(signer, { session })), "two hours old").equal("unauthorized")
    expect((await ask(signer)).cancel.reservation).equal(id)
  })

  it("ends no day that has begun, nor one that is not there", async () => {
    for (const firstDay of [await today(), first - 1, first + 20, 0xffff_ffff])
      expect(await refusal(ask(signer, { firstDay })), String(firstDay)).equal("no_reservation")
    expect((await ask(signer, { firstDay: first + 19 })).cancel.firstDay).equal(first + 19)
  })

  it("hears the holder too, and after a sale the new one, while the old signer's days last", async () => {
    const buyer = await world.agentWith(keyOf("cancel buyer"), key, addressOf(node), world.market.account(4))
    await world.chain.fund(buyer.signer, {})
    expect(await refusal(ask(buyer))).equal("unauthorized")
    await world.market.callReservations(holder(), "transferFrom", [holder().address, buyer.signer, id])
    const hex = bytesToHex(reservationToWire(id))
    await looked(() => node.reservations.book.find(hex)?.holder === buyer.signer)
    expect((await ask(buyer)).cancel.reservation, "the holder").equal(id)
    expect((await ask(signer)).cancel.reservation, "who signs for today").equal(id)
    await wait(2 * DAY)
    expect(await refusal(ask(signer)), "who signed before the sale").equal("unauthorized")
    expect((await ask(buyer)).cancel.firstDay).equal((await today()) + 1)
  })
})
