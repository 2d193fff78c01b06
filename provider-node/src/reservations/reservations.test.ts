import { join } from "node:path"
import { addressOfKey, bytesToHex, dayOf, hexToBytes, type ReservationQuote, unpackAnchor } from "@berth/protocol"
import { computeRecordsAbi, reservationsAbi } from "@berth/protocol/abi"
import { reservationQuoteFromWire, reservationToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { pino } from "pino"
import { parseEther } from "viem"
import { keyOf, type TestNode } from "../../../test/support/market.ts"
import type { TestAgent } from "../../test-support/agent.ts"
import { refusal } from "../../test-support/refusal.ts"
import { seen } from "../../test-support/seen.ts"
import { addressOf, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"
import { type Recorder, runRecorder } from "../recorder/recorder.ts"

const DAY = 86_400
const PRICE = 1_000_000n
const BUSY = ["sh", "-c", "while :; do :; done"]
const SLEEP = ["sleep", "3600"]
const MIB = 1024 ** 2

describe("a node with reservations", function () {
  this.timeout(40_000)
  let world: World
  let key: TestNode
  let node: BerthNode
  let recorder: Recorder
  let config: ReturnType<World["config"]>
  let payer: TestAgent
  let holder: TestAgent
  let id: bigint
  let quote: ReservationQuote
  let signature: Uint8Array
  /** MiB that the disk is said to have left; 100 are kept free. */
  let left = 500
  const space = async () => ({ freeBytes: left * MIB, totalBytes: 1_000 * MIB, freeInodes: 0, totalInodes: 0 })

  const tenant = () => world.market.account(2)
  const today = async () => dayOf(await world.market.chainTime())
  const ask = async (agent: TestAgent, more: { gpus?: number; startDay?: number; term?: number } = {}) => {
    const request = { tenant: hexToBytes(agent.options.tenant), class: "cpu/x86-64", gpus: 2, startDay: await today(), term: 30, ...more }
    return reservationQuoteFromWire((await agent.reservation({ quote: request })).quote!)
  }
  const view = () =>
    world.chain.client.readContract({
      address: world.chain.deployment.reservations,
      abi: reservationsAbi,
      functionName: "reservationOf",
      args: [id],
    })
  /** Resolves once the node has looked at the chain and the condition holds. */
  const looked = (condition: () => boolean | Promise<boolean>) => seen(node.reservations.watch.onRead, condition)
  /** To one minute after the next midnight, UTC. */
  const nextDay = async (days = 1) => {
    const now = Number(await world.market.chainTime())
    await world.chain.increaseTime(days * DAY - (now % DAY) + 60)
    const day = await today()
    await looked(() => node.reservations.book.today === day && node.reservations.watch.upToDate)
  }

  before(async () => {
    world = await World.start({ blockTimeMs: 300 })
    key = await world.register()
    await world.chain.fund(key.address, { eth: parseEther("1") })
    const recorderKey = keyOf("recorder")
    await world.chain.fund(addressOfKey(recorderKey), { eth: parseEther("1") })
    const { deployment } = world.chain
    const options = { deployment, stateDir: join(world.dir, "recorder"), listen: ["/ip4/127.0.0.1/tcp/0"], pollMs: 100, autoSettle: false }
    recorder = await runRecorder(options, recorderKey, pino({ level: "silent" }))
    config = world.config({
      recorders: [recorder.status().addresses[0]],
      offers: [
        {
          class: "cpu/x86-64",
          count: 3,
          price: PRICE.toString(),
          memoryMiB: 64,
          discounts: [
            { term: 7, bps: 500 },
            { term: 30, bps: 1_000 },
          ],
        },
      ],
      reservations: { enabled: true, collateralBps: 2_000, claimEveryDays: 3 },
      pauseMs: 2_000,
      stopMs: 60_000,
      disk: { floorBytes: 100 * MIB },
    })
    node = await world.start(key, config, { space })
    payer = await world.agent(key, addressOf(node), { tenant: 3 })
    holder = await world.agentWith(keyOf("day signer"), key, addressOf(node), tenant())
    await world.market.deposit(tenant(), 10_000_000_000n)
  })
  after(async () => {
    await recorder?.stop()
    await world?.stop()
  })

  it("quotes nothing that its stake does not cover, nor what it does not offer", async () => {
    expect(await refusal(ask(holder))).equal("no_capacity")
    await world.market.stake(key, 2_000_000_000n)
    expect(await refusal(ask(holder, { gpus: 4 }))).equal("not_offered")
    expect(await refusal(ask(holder, { term: 367 }))).equal("not_offered")
    expect(await refusal(ask(holder, { startDay: (await today()) + 91 }))).equal("not_offered")
    expect(await refusal(ask(holder, { startDay: (await today()) - 1 }))).equal("not_offered")
  })

  it("quotes its offer's price less the term's discount, and one nonce to all who compete", async () => {
    ;({ quote, signature } = await ask(holder))
    expect(quote).include({
      gpus: 2,
      term: 30,
      collateralBps: 2_000,
      listPricePerDay: PRICE * 48n,
      pricePerDay: PRICE * 48n - (PRICE * 48n) / 10n,
    })
    expect((await ask(holder, { term: 7 })).quote.pricePerDay).equal((PRICE * 48n * 95n) / 100n)
    const other = await ask(payer, { gpus: 1, startDay: (await today()) + 5 })
    expect(other.quote.nonce).deep.equal(quote.nonce)
  })

  it("sees what was reserved, and never sells a day twice", async () => {
    const rival = await ask(payer, { gpus: 2 })
    id = await world.market.reserve(tenant(), quote, signature, holder.signer)
    await world.market.deposit(world.market.account(3), 5_000_000_000n)
    await world.market.reserve(world.market.account(3), rival.quote, rival.signature, payer.signer).then(
      () => expect.fail("two reservations were made of one nonce"),
      (error) => expect(String(error)).contain("QuoteUsed"),
    )
    await looked(() => node.reservations.book.all().length === 1)
    expect(await refusal(ask(payer, { gpus: 2 }))).equal("no_capacity")
    expect(await refusal(ask(payer, { gpus: 2, startDay: quote.startDay + 29, term: 2 }))).equal("no_capacity")
    const after = await ask(payer, { gpus: 2, startDay: quote.startDay + 30 })
    expect(after.quote.nonce).not.deep.equal(quote.nonce)
    expect((await ask(payer, { gpus: 1 })).quote.gpus).equal(1)
  })

  it("keeps reserved units from those who pay as they go", async () => {
    expect((await payer.quote()).freeUnits).equal(1)
    expect(await refusal(payer.quote({ count: 2 }))).equal("no_capacity")
  })

  it("serves its holder without a tab or money, by receipts of amount 0, and stops without signatures", async () => {
    const { quote: wire, freeUnits } = await holder.quote({ count: 2, reservation: reservationToWire(id) })
    expect([freeUnits, wire!.price, wire!.startPrice]).deep.equal([2, 0n, 0n])
    expect(bytesToHex(wire!.nonce)).equal(`0x${id.toString(16).padStart(64, "0")}`)
    const { id: lease, open } = await holder.openRequest({ image: world.image, command: BUSY }, wire)
    await holder.lease({ open })
    await holder.connect()
    await holder.watch(lease, (s) => s.state === "ready")
    const books = await holder.booksWhen((b) => b.gpuMs > 2_000n)
    expect([books.used, books.amount]).deep.equal([0n, 0n])
    expect(await refusal(holder.quote({ count: 1, reservation: reservationToWire(id) }))).equal("no_capacity")
    holder.signing = false
    const paused = await holder.watch(lease, (s) => s.state === "paused")
    expect(paused.reason).equal("no_signature")
    holder.signing = true
    holder.disconnect()
    await holder.connect()
    await holder.watch(lease, (s) => s.state === "ready")
    await holder.lease({ stop: { leaseId: lease } })
    expect((await holder.watch(lease)).reason).equal("tenant_stopped")
  })

  it("has the records of that work anchored, all of them, and settled by nobody", async () => {
    const { deployment, client } = world.chain
    const from = { address: deployment.computeRecords, abi: computeRecordsAbi, eventName: "Anchored", fromBlock: 0n } as const
    const anchored = async () =>
      (await client.getContractEvents(from))
        .flatMap(({ args }) => unpackAnchor(hexToBytes(args.records!)))
        .filter((entry) => bytesToHex(entry.tab) === bytesToHex(holder.tab))
    await looked(async () => (await anchored()).some(({ seq }) => seq === holder.books.seq))
    const records = (await anchored()).flatMap((entry) => entry.records)
    expect(records.at(-1)!.cumulativeMs).equal(holder.books.gpuMs)
    for (const { amount } of records) expect(amount).equal(0n)
    const { statementsOpen, receipts } = recorder.status()
    expect([statementsOpen, receipts.rejected]).deep.equal([0, 0])
    expect((await recorder.settleNow({ all: true })).lines).equal(0)
  })

  it("counts as serving below the disk's floor, where its lease runs on and no other is let in, until half of it", async () => {
    const reservation = reservationToWire(id)
    const status = async () => (await holder.reservation({ status: { reservation } })).status!
    const level = async (wanted: string, mib: number) => {
      left = mib
      while (node.disk.level !== wanted) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await level("low", 99)
    expect(await status()).include({ ready: false, freeGpus: 2 })
    expect(await refusal(payer.quote())).equal("no_capacity")
    const { quote: wire } = await holder.quote({ count: 1, reservation })
    const { id: lease, open } = await holder.openRequest({ image: world.image, command: SLEEP }, wire)
    await holder.lease({ open })
    await holder.watch(lease, (s) => s.state === "ready" || s.state === "idle")
    expect(await status()).include({ ready: true, reason: "", freeGpus: 1 })
    await level("critical", 49)
    expect((await status()).reason).match(/^this node's disk has 49.0 MiB left/)
    expect(await refusal(holder.quote({ count: 1, reservation }))).equal("no_capacity")
    await level("fine", 500)
    expect((await status()).ready).equal(true)
    await holder.lease({ stop: { leaseId: lease } })
    await holder.watch(lease)
  })

  it("gives a quote under a reservation to nobody else's lease", async () => {
    const { quote: wire } = await holder.quote({ count: 1, reservation: reservationToWire(id) })
    const { open } = await payer.openRequest({ image: world.image, command: SLEEP }, wire)
    expect(await refusal(payer.lease({ open }))).equal("no_reservation")
    const forgotten = { ...wire!, nonce: new Uint8Array(32).fill(9) }
    const { open: forged } = await payer.openRequest({ image: world.image, command: SLEEP }, forgotten)
    expect(await refusal(payer.lease({ open: forged }))).equal("quote_mismatch")
  })

  it("takes claims of the signer in force alone, for days that are over", async () => {
    const first = quote.startDay
    expect(await refusal(holder.claim(id, first, [1_440]))).equal("no_reservation")
    await nextDay()
    expect(await refusal(payer.claim(id, first, [1_440]))).equal("bad_signature")
    expect(await refusal(holder.claim(id, first - 1, [1_440, 1_440]))).equal("no_reservation")
    expect(
      await refusal(holder.claim(id, first, [1_441]).catch(Promise.reject.bind(Promise)) as Promise<unknown>).catch(() => "thrown"),
    ).equal("thrown")
    expect(await refusal(holder.claim(id + 1n, first, [1_440]))).equal("no_reservation")
    expect((await holder.reservation({ status: { reservation: reservationToWire(id) } })).status).include({
      ready: true,
      unheardDay: first,
    })
    expect((await holder.claim(id, first, [1_400])).unheardDay).equal(first + 1)
  })

  it("keeps the better of two claims, over a restart, and posts it when it is due", async () => {
    const first = quote.startDay
    await holder.claim(id, first, [3])
    expect(node.reservations.book.claimsOf(node.reservations.book.all()[0]!.id).map((c) => c.minutes)).deep.equal([[1_400]])
    await node.stop()
    node = await world.start(key, config)
    holder.options.nodeAddress = payer.options.nodeAddress = addressOf(node)
    expect((await view()).earned).equal(0n)
    await nextDay()
    expect((await holder.claim(id, first, [1_400, 1_440])).unheardDay).equal(first + 2)
    expect((await view()).earned, "posted before it was due").equal(0n)
    await nextDay()
    await looked(async () => (await view()).openDay === first + 2)
    const { earned, owed } = await view()
    const dayPay = (quote.pricePerDay * 1_400n) / 1_440n
    expect([earned, owed]).deep.equal([dayPay + quote.pricePerDay, quote.pricePerDay - dayPay])
    await looked(() => node.reservations.book.claimsOf(node.reservations.book.all()[0]!.id).length === 0)
    expect(node.claimer.underWay).equal(0)
  })

  it("lets leases that pay as they go make way when a reserved day begins", async () => {
    const { id: lease, open } = await payer.openRequest({ image: world.image, command: BUSY })
    await payer.lease({ open })
    await payer.connect()
    await payer.watch(lease, (s) => s.state === "ready")
    const tomorrow = await ask(payer, { gpus: 1, startDay: (await today()) + 1, term: 1 })
    await world.market.reserve(world.market.account(3), tomorrow.quote, tomorrow.signature, payer.signer)
    await looked(() => node.reservations.book.all().length === 2)
    expect((await payer.lease({ status: { leaseId: lease } })).leases[0]!.state).not.equal("ended")
    await nextDay()
    expect((await payer.watch(lease)).reason).equal("made_way")
  })

  it("pays itself for days that nobody was named to sign, and ends leases that a reservation covers no longer", async () => {
    await nextDay()
    const nobody = await ask(holder, { gpus: 1, startDay: await today(), term: 1 })
    const free = await world.market.reserve(tenant(), nobody.quote, nobody.signature, "0x0000000000000000000000000000000000000000")
    await looked(() => node.reservations.book.all().length === 3)
    const { quote: wire } = await holder.quote({ count: 1, reservation: reservationToWire(id) })
    const { id: lease, open } = await holder.openRequest({ image: world.image, command: SLEEP }, wire)
    await holder.lease({ open })
    await holder.connect()
    await holder.watch(lease, (s) => s.state === "ready" || s.state === "idle")
    await world.market.callReservations(tenant(), "cancel", [id])
    await nextDay()
    expect((await holder.watch(lease)).reason).equal("expired")
    const earned = async () =>
      (
        await world.chain.client.readContract({
          address: world.chain.deployment.reservations,
          abi: reservationsAbi,
          functionName: "reservationOf",
          args: [free],
        })
      ).earned
    await looked(async () => (await earned()) === nobody.quote.pricePerDay)
  })
})
