// Traps of reservations that design and reviews name, each as a test of that name: quotes and served days. See traps-days.test.ts for
// quorum and limits, traps-resale.test.ts and traps-resale-signers.test.ts for resale, traps-exits.test.ts for re-entry and exits.
import { expect } from "chai"
import { seeded, seededWallet } from "./support/batch.ts"
import { ethers, fund, loadFixture, register, time, USD } from "./support/harbour.ts"
import {
  atDay,
  COLLATERAL,
  claim,
  creditsOf,
  FULL,
  heldIsAccounted,
  idOf,
  PERIOD,
  PRICE,
  packServed,
  quoteOf,
  reserved,
  reserveWith,
  toDay,
  viewOf,
  withReservation,
  withStake,
} from "./support/reserved.ts"
import { signStruct } from "./support/signing.ts"

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
