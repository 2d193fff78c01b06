// Traps of reservations that design and reviews name, each as a test of that name: quotes, days, money. Resale, re-entry and exits are in
// traps-resale.test.ts.
import { expect } from "chai"
import { seeded, seededWallet } from "./support/batch.ts"
import { ethers, fund, loadFixture, networkHelpers, register, time, USD } from "./support/harbour.ts"
import {
  atDay,
  attest,
  COLLATERAL,
  claim,
  creditsOf,
  heldIsAccounted,
  idOf,
  PERIOD,
  PRICE,
  packServed,
  quoteOf,
  type Reserved,
  reserved,
  reserveWith,
  TERM,
  toDay,
  viewOf,
  withReservation,
  withStake,
} from "./support/reserved.ts"
import { signStruct } from "./support/signing.ts"

const FULL = 1440
const heard = (day: number) => day + 1 + PERIOD - 2

describe("Traps: quotes", () => {
  it("a quote used twice makes one reservation: at once, after its term, and after its cancel", async () => {
    const running = await reserved(await loadFixture(withStake), { term: 1 })
    const { reservations, tenant, quote, id } = running
    const again = () => expect(reserveWith(running, quote)).to.be.revertedWithCustomError(reservations, "QuoteUsed")
    await again()
    await reservations.connect(tenant).getFunction("cancel")(id)
    await again()
    await atDay(quote.startDay + 60)
    await expect(reserveWith(running, { ...quote, startDay: quote.startDay + 60 })).to.be.revertedWithCustomError(reservations, "QuoteUsed")
  })

  it("competing quotes with one nonce: one wins, whatever else they say and whoever they name", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, otherTenant, quote } = running
    await fund(running, otherTenant, 10_000n * USD)
    const rival = { ...quote, tenant: otherTenant.address, class: "nvidia/h200", pricePerDay: 2n * PRICE }
    await expect(reserveWith(running, rival, { by: otherTenant })).to.be.revertedWithCustomError(reservations, "QuoteUsed")
    // Another node's nonces are its own.
    const second = seededWallet("second node")
    await register(running, running.operator, second)
    await reservations.connect(running.operator).getFunction("setLockable")(second.address, 1_000n * USD)
    await reserveWith(running, { ...rival, node: second.address }, { by: otherTenant, key: second })
    expect(idOf({ node: second.address, nonce: quote.nonce })).not.to.equal(running.id)
  })

  it("a quote of another tenant, chain or contract, or an expired one, is worth nothing", async () => {
    const staked = await loadFixture(withStake)
    const { reservations, domain, otherTenant } = staked
    await fund(staked, otherTenant, 10_000n * USD)
    const quote = await quoteOf(staked)
    await expect(reserveWith(staked, quote, { by: otherTenant })).to.be.revertedWithCustomError(reservations, "NotQuotedTo")
    const redirected = { ...quote, tenant: otherTenant.address }
    const { r, vs } = await signStruct(staked.node, domain, "ReservationQuote", { ...quote })
    await expect(
      reservations.connect(otherTenant).getFunction("reserve")(redirected, ethers.ZeroAddress, r, vs),
    ).to.be.revertedWithCustomError(reservations, "NotSignedByNode")
    const elsewhere = [
      { ...domain, chainId: 1n },
      // Not even the contract that checks it: everything is signed for the core.
      { ...domain, verifyingContract: await reservations.getAddress() },
      { ...domain, version: "2" },
    ]
    for (const under of elsewhere) {
      await expect(reserveWith(staked, quote, { domain: under })).to.be.revertedWithCustomError(reservations, "NotSignedByNode")
    }
    const past = await quoteOf(staked, { expires: BigInt(await time.latest()) })
    await expect(reserveWith(staked, past)).to.be.revertedWithCustomError(reservations, "QuoteExpired")
  })
})

describe("Traps: served days", () => {
  it("a transfer, a signer change or a cancel voids no served day", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, otherTenant, operator, id, first } = running
    const as = (by: typeof tenant) => reservations.connect(by)
    await toDay(first + 2, 100)
    await as(tenant).getFunction("setSigner")(id, seededWallet("void").address)
    await as(tenant).getFunction("transferFrom")(tenant.address, otherTenant.address, id)
    await as(otherTenant).getFunction("setSigner")(id, seededWallet("void too").address)
    await as(otherTenant).getFunction("cancel")(id)
    await atDay(first + 4)
    const before = await creditsOf(running, operator)
    // The days before, the day of all that and none after: signed for by who was named when they began.
    await claim(running, first, [FULL, FULL, FULL])
    expect((await creditsOf(running, operator)) - before).to.equal(3n * (PRICE + COLLATERAL))
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("a partial overlapping claim (front-run) burns nothing of a longer one", async () => {
    const running = await loadFixture(withReservation)
    const { operator, first, domain, signer, id, reservations, stranger } = running
    await atDay(first + 7)
    const served = packServed(Array(7).fill(FULL))
    const week = await signStruct(signer, domain, "DayClaim", { reservation: id, firstDay: first, served })
    const before = await creditsOf(running, operator)
    for (const day of [3, 5, 0]) await claim(running, first + day, [FULL])
    await reservations.connect(stranger).getFunction("claimDays")(id, first, served, week.r, week.vs)
    expect((await creditsOf(running, operator)) - before).to.equal(7n * (PRICE + COLLATERAL))
  })

  it("two claims of one day: the first one counts, and both together pay the day once", async () => {
    const running = await loadFixture(withReservation)
    const { operator, first } = running
    await atDay(first + 3)
    const before = await creditsOf(running, operator)
    await claim(running, first, [1])
    await claim(running, first, [FULL, FULL])
    const paid = PRICE / 1440n + PRICE + 2n * COLLATERAL
    expect((await creditsOf(running, operator)) - before).to.equal(paid)
    expect(await viewOf(running)).to.deep.include({ owed: PRICE - PRICE / 1440n })
  })

  it("a claim for days in advance is refused, though it is signed", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first } = running
    await toDay(first + 2, -1)
    await expect(claim(running, first, [FULL, FULL])).to.be.revertedWithCustomError(reservations, "DayNotOver")
  })

  it("a day claimed at its deadline has lapsed, and a claim that holds later days still pays those", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first, id } = running
    const before = await creditsOf(running, operator)
    await toDay(first + 1 + PERIOD)
    const sent = claim(running, first, [FULL, FULL])
    await expect(sent)
      .to.emit(reservations, "DayLapsed")
      .withArgs(id, first, PRICE + COLLATERAL)
    expect((await creditsOf(running, operator)) - before).to.equal(PRICE + COLLATERAL)
  })

  it("a claim of another reservation, chain or contract is worth nothing", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, domain, first } = running
    const twin = await reserved(running, { nonce: seeded("twin") })
    await atDay(first + 1)
    const served = packServed([FULL])
    const { r, vs } = await signStruct(running.signer, domain, "DayClaim", { reservation: running.id, firstDay: first, served })
    const send = reservations.getFunction("claimDays")
    await expect(send(twin.id, first, served, r, vs)).to.be.revertedWithCustomError(reservations, "NotSignedByDaySigner")
    for (const under of [
      { ...domain, chainId: 1n },
      { ...domain, verifyingContract: await reservations.getAddress() },
    ]) {
      await expect(claim(running, first, [FULL], { under })).to.be.revertedWithCustomError(reservations, "NotSignedByDaySigner")
    }
    await send(running.id, first, served, r, vs)
  })

  it("a retired node is still paid for its days", async () => {
    const running = await loadFixture(withReservation)
    const { berth, operator, node, first } = running
    await berth.connect(operator).getFunction("retireNode")(node.address)
    await atDay(first + 1)
    const before = await creditsOf(running, operator)
    await claim(running, first, [FULL])
    expect((await creditsOf(running, operator)) - before).to.equal(PRICE + COLLATERAL)
  })
})

describe("Traps: the quorum's three days", () => {
  const tooLong = (running: Reserved, day: number) =>
    expect(attest(running, day, 1))
      .to.be.revertedWithCustomError(running.reservations, "QuorumRunTooLong")
      .withArgs(day)

  /** Attests `days`, one by one and in this order, on UTC day `moment`. */
  async function attestOn(running: Reserved, moment: number, ...days: number[]) {
    if (moment * 86_400 > (await time.latest())) await atDay(moment)
    for (const day of days) await attest(running, day, 1)
  }

  it("a fourth day to the right, across the cursor", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    await attestOn(running, heard(first + 1), first, first + 1)
    await attestOn(running, heard(first + 2), first + 2)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 3), resolved: 0n })
    await atDay(heard(first + 3))
    await tooLong(running, first + 3)
  })

  it("a fourth day that joins two runs, out of order, left and right of it", async () => {
    const running = await reserved(await loadFixture(withStake), { claimPeriod: 8 })
    const { first } = running
    // 0 and 1 are paid and left of the cursor; 3 is marked right of it; 2 would make four.
    await attestOn(running, heard(first + 1), first, first + 1)
    await atDay(heard(first + 3))
    await attest(running, first + 3, 1)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 2), resolved: 0b10n })
    await tooLong(running, first + 2)
    await claim(running, first + 2, [FULL])
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 4), resolved: 0n })
  })

  it("three days running pass in any order, and the fourth does not", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    await attestOn(running, heard(first + 1), first)
    await attestOn(running, heard(first + 2), first + 2, first + 1)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 3), earned: 3n * PRICE })
    await atDay(heard(first + 3))
    await tooLong(running, first + 3)
  })

  it("a lapsed day between ends the run: the next three are the quorum's again", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    for (const day of [0, 1, 2, 4, 5, 6]) await attestOn(running, heard(first + day), first + day)
    await atDay(heard(first + 7))
    await tooLong(running, first + 7)
    expect(await viewOf(running)).to.deep.include({ earned: 6n * PRICE, owed: PRICE + COLLATERAL })
  })

  it("a quorum is not heard before the holder's time is nearly over", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first } = running
    await toDay(heard(first), -1)
    await expect(attest(running, first, 1)).to.be.revertedWithCustomError(reservations, "TooEarlyForQuorum")
  })
})

describe("Traps: three unclaimed days", () => {
  /** Credits of everyone and the view, after the same story told with different pokes. */
  async function story(pokes: (running: Reserved, day: number) => Promise<unknown>) {
    const running = await withReservation()
    const { operator, tenant, first, reservations, id } = running
    const claims = new Map<number, [number, number[]]>([
      [first + 2, [first + 1, [FULL]]],
      [first + 7, [first + 5, [720, 0]]],
      [first + 9, [first + 8, [FULL]]],
    ])
    for (let day = first; day < first + 24; day++) {
      await atDay(day, 10)
      const due = claims.get(day)
      if (due) await claim(running, ...due)
      await pokes(running, day)
    }
    await reservations.getFunction("lapseDays")(id)
    const view = await viewOf(running)
    return { view, credits: [await creditsOf(running, operator), await creditsOf(running, tenant)], held: await heldIsAccounted(running) }
  }

  it("end the term lazily and eagerly with the same result, whoever pokes and when", async () => {
    const clear = await networkHelpers.takeSnapshot()
    const run = async (pokes: Parameters<typeof story>[0]) => {
      await clear.restore()
      return story(pokes)
    }
    const lazy = await run(async () => {})
    const eager = await run(({ reservations, stranger, id }) => reservations.connect(stranger).getFunction("lapseDays")(id))
    const signers = await run(async ({ reservations, tenant, id, signer }, day) =>
      day % 3 === 0 ? reservations.connect(tenant).getFunction("setSigner")(id, signer.address) : undefined,
    )
    const asking = await run(async ({ reservations, tenant, id }, day) =>
      day % 5 === 0
        ? reservations
            .connect(tenant)
            .getFunction("askRefund")(id)
            .catch(() => {})
        : undefined,
    )
    // Days 2, 3, 4 are the first three running without a word: the term ends at day 5. Days 5, 6 and 8 were paid, and stay so.
    expect(lazy.view.endDay).to.equal(lazy.view.startDay + 5n)
    expect(lazy.view).to.deep.include({ earned: PRICE + PRICE / 2n + PRICE })
    expect(lazy.held[0]).to.equal(lazy.held[1])
    expect(eager).to.deep.equal(lazy)
    expect(signers).to.deep.equal(lazy)
    expect({ ...asking, view: { ...asking.view, refundAskedAt: 0n } }).to.deep.equal(lazy)
  })
})

describe("Traps: limits and rounding", () => {
  it("casts at the limits: the dearest day for 366 days, with the longest claim period, to the last credit", async () => {
    const staked = await loadFixture(withStake)
    const price = (2n ** 64n - 1n) / 366n / 2n
    await fund(staked, staked.operator, 2n ** 64n)
    await fund(staked, staked.tenant, 2n ** 64n)
    const as = staked.reservations.connect(staked.operator)
    await as.getFunction("stake")(price * 366n)
    await as.getFunction("setLockable")(staked.node.address, price * 366n)
    const terms = { pricePerDay: price, collateralBps: 10_000, term: 366, claimPeriod: 38, cancelFeeBps: 10_000 }
    const running = await reserved(staked, terms)
    const { operator, first } = running
    const before = await creditsOf(running, operator)
    for (let day = 0; day < 366; day += 37) {
      const count = Math.min(37, 366 - day)
      await atDay(first + day + count)
      await claim(running, first + day, Array(count).fill(FULL))
    }
    expect((await creditsOf(running, operator)) - before).to.equal(2n * price * 366n)
    expect(await viewOf(running)).to.deep.include({ earned: price * 366n, openDay: BigInt(first + 366), owed: 0n })
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("casts at the limits: all of the dearest reservation goes back to the token when nobody ever claims", async () => {
    const staked = await loadFixture(withStake)
    const price = 2n ** 64n - 1n - 1_000n
    await fund(staked, staked.tenant, 2n ** 64n)
    const running = await reserved(staked, { pricePerDay: price, collateralBps: 0, term: 1 })
    await atDay(running.first + 40)
    await running.reservations.getFunction("lapseDays")(running.id)
    expect(await viewOf(running)).to.deep.include({ owed: price })
  })

  it("a run of P + 1 days is the longest, at both ends of P", async () => {
    for (const claimPeriod of [8, 38]) {
      const running = await reserved(await withStake(), { claimPeriod, term: 60 })
      const { first, reservations } = running
      await atDay(first + 2)
      await claim(running, first, [FULL])
      await atDay(first + claimPeriod + 1)
      await expect(claim(running, first, Array(claimPeriod + 2).fill(FULL))).to.be.revertedWithCustomError(reservations, "TooManyDays")
      await claim(running, first, Array(claimPeriod + 1).fill(FULL))
      expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + claimPeriod + 1), owed: 0n })
    }
  })

  it("rounding: every credit of a day is the operator's or the token's, whatever the minutes", async () => {
    const price = 1_439n
    const running = await reserved(await loadFixture(withStake), { pricePerDay: price, collateralBps: 3_333, claimPeriod: 38, term: 40 })
    const minutes = Array.from({ length: 30 }, (_, i) => (i * 479) % 1441)
    await atDay(running.first + 30)
    const before = await creditsOf(running, running.operator)
    await claim(running, running.first, minutes)
    const paid = minutes.reduce((sum, m) => sum + (price * BigInt(m)) / 1440n, 0n)
    const collateral = (price * 3_333n) / 10_000n
    const idle = BigInt(minutes.filter((m) => m === 0).length)
    expect((await creditsOf(running, running.operator)) - before).to.equal(paid + (30n - idle) * collateral)
    expect(await viewOf(running)).to.deep.include({ earned: paid, owed: 30n * price - paid + idle * collateral })
  })

  it("fee telescoping: the fee of many claims and a cancel is the fee of their sum", async () => {
    const staked = await loadFixture(withStake)
    const { berth, owner } = staked
    await berth.connect(owner).getFunction("setFee")(499)
    const running = await reserved(staked, { pricePerDay: 1_441n, cancelFeeBps: 1_111 })
    const { reservations, tenant, first, id } = running
    for (let day = 0; day < 7; day++) {
      await atDay(first + day + 1)
      await claim(running, first + day, [day * 7 + 1])
    }
    await reservations.connect(tenant).getFunction("cancel")(id)
    const claimed = [...Array(7).keys()].reduce((sum, day) => sum + (1_441n * BigInt(day * 7 + 1)) / 1440n, 0n)
    const left = BigInt(TERM) - 8n
    const earned = claimed + (left * 1_441n * 1_111n) / 10_000n
    expect(await viewOf(running)).to.deep.include({ earned })
    expect(await berth.getFunction("accruedFees")()).to.equal((earned * 499n) / 10_000n)
  })
})
