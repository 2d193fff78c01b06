// Cancelling, alone and agreed: the branches of trees/cancel.tree and cancelAgreed.tree.
import { expect } from "chai"
import { loadFixture, time } from "./support/harbour.ts"
import {
  atDay,
  COLLATERAL,
  cancelAgreed,
  claim,
  creditsOf,
  FULL,
  heldIsAccounted,
  LITTLE,
  MISSED,
  PERIOD,
  PRICE,
  type Reserved,
  reserved,
  TERM,
  toDay,
  viewOf,
  withReservation,
  withStake,
} from "./support/reserved.ts"
import { signStruct } from "./support/signing.ts"

const as = ({ reservations, tenant }: Reserved, by = tenant) => reservations.connect(by)

/** A reservation with a day that was mostly missed: what it left lies in the token. */
async function owing(): Promise<Reserved> {
  const running = await withReservation()
  await atDay(running.first + 1)
  await claim(running, running.first, [LITTLE])
  return running
}

describe("cancel", () => {
  it("given no such reservation: it should revert", async () => {
    const running = await loadFixture(withReservation)
    await expect(as(running).getFunction("cancel")(7)).to.be.revertedWithCustomError(running.reservations, "UnknownReservation")
  })

  it("when the caller is not the token's owner: it should revert, approved or after a cancel as well", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, stranger, tenant, id } = running
    await as(running).getFunction("setApprovalForAll")(stranger.address, true)
    const refused = (by: typeof stranger) =>
      expect(as(running, by).getFunction("cancel")(id)).to.be.revertedWithCustomError(reservations, "NotHolder").withArgs(id, by.address)
    await refused(stranger)
    await as(running).getFunction("cancel")(id)
    await refused(tenant)
  })

  it("when no day is left after today: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first, id } = running
    for (let day = 0; day < TERM - 1; day += 7) {
      const left = Math.min(7, TERM - 1 - day)
      await atDay(first + day + left)
      await claim(running, first + day, Array(left).fill(FULL))
    }
    await expect(as(running).getFunction("cancel")(id))
      .to.be.revertedWithCustomError(reservations, "NothingToCancel")
      .withArgs(first + TERM)
  })

  it("when the term has ended early: it should revert, and leave all to lapseDays and a refund", async () => {
    const running = await loadFixture(withReservation)
    await toDay(running.first + 3 + PERIOD)
    await expect(as(running).getFunction("cancel")(running.id)).to.be.revertedWithCustomError(running.reservations, "NothingToCancel")
  })

  it("when the term has not begun: it should cancel all of it", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, tenant, id, first } = running
    const [operatorBefore, tenantBefore] = [await creditsOf(running, operator), await creditsOf(running, tenant)]
    const paid = (BigInt(TERM) * PRICE * 2000n) / 10_000n
    await expect(as(running).getFunction("cancel")(id))
      .to.emit(reservations, "Cancelled")
      .withArgs(id, tenant.address, first, paid, 0n, BigInt(TERM) * COLLATERAL, BigInt(TERM) * PRICE - paid)
    expect((await creditsOf(running, operator)) - operatorBefore).to.equal(paid + BigInt(TERM) * COLLATERAL)
    expect((await creditsOf(running, tenant)) - tenantBefore).to.equal(BigInt(TERM) * PRICE - paid)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("given a reservation with a fee: it should keep the fee of what the operator gets, and none of its collateral", async () => {
    const staked = await loadFixture(withStake)
    const { berth, owner } = staked
    await berth.connect(owner).getFunction("setFee")(500)
    const running = await reserved(staked)
    const { reservations, operator, tenant, id, first } = running
    const [operatorBefore, tenantBefore] = [await creditsOf(running, operator), await creditsOf(running, tenant)]
    const paid = (BigInt(TERM) * PRICE * 2000n) / 10_000n
    const fee = paid / 20n
    await expect(as(running).getFunction("cancel")(id))
      .to.emit(reservations, "Cancelled")
      .withArgs(id, tenant.address, first, paid, fee, BigInt(TERM) * COLLATERAL, BigInt(TERM) * PRICE - paid)
    expect((await creditsOf(running, operator)) - operatorBefore).to.equal(paid - fee + BigInt(TERM) * COLLATERAL)
    expect((await creditsOf(running, tenant)) - tenantBefore).to.equal(BigInt(TERM) * PRICE - paid)
    expect(await berth.getFunction("accruedFees")()).to.equal(fee)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("when days are left: it should burn the token, pay the named fee of them and what lies in it, and leave earlier days claimable", async () => {
    const running = await loadFixture(owing)
    const { reservations, tenant, operator, id, first } = running
    await as(running).getFunction("askRefund")(id)
    const left = BigInt(TERM - 2)
    const paid = (left * PRICE * 2000n) / 10_000n
    const before = await creditsOf(running, tenant)
    await expect(as(running).getFunction("cancel")(id))
      .to.emit(reservations, "Cancelled")
      .withArgs(id, tenant.address, first + 2, paid, 0n, left * COLLATERAL, left * PRICE - paid + MISSED)
    expect((await creditsOf(running, tenant)) - before).to.equal(left * PRICE - paid + MISSED)
    await expect(reservations.getFunction("ownerOf")(id)).to.be.revertedWithCustomError(reservations, "ERC721NonexistentToken")
    expect(await viewOf(running)).to.deep.include({ cancelled: true, holder: tenant.address, endDay: BigInt(first + 2), owed: 0n })
    expect(await viewOf(running)).to.deep.include({ refundAskedAt: 0n, openDay: BigInt(first + 1) })
    await atDay(first + 2)
    const operatorBefore = await creditsOf(running, operator)
    await claim(running, first + 1, [720])
    expect((await creditsOf(running, operator)) - operatorBefore).to.equal(PRICE / 2n + COLLATERAL)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("when days are left: it should pay the operator nothing where there is neither fee nor collateral", async () => {
    const running = await reserved(await loadFixture(withStake), { cancelFeeBps: 0, collateralBps: 0 })
    const { reservations, operator, tenant, id, first } = running
    const [operatorBefore, tenantBefore] = [await creditsOf(running, operator), await creditsOf(running, tenant)]
    await expect(as(running).getFunction("cancel")(id))
      .to.emit(reservations, "Cancelled")
      .withArgs(id, tenant.address, first, 0n, 0n, 0n, BigInt(TERM) * PRICE)
    expect((await creditsOf(running, operator)) - operatorBefore).to.equal(0n)
    expect((await creditsOf(running, tenant)) - tenantBefore).to.equal(BigInt(TERM) * PRICE)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("when days are left: it should return nothing where the fee is all of the price", async () => {
    const running = await reserved(await loadFixture(withStake), { cancelFeeBps: 10_000 })
    const { reservations, operator, tenant, id, first } = running
    const [operatorBefore, tenantBefore] = [await creditsOf(running, operator), await creditsOf(running, tenant)]
    await expect(as(running).getFunction("cancel")(id))
      .to.emit(reservations, "Cancelled")
      .withArgs(id, tenant.address, first, BigInt(TERM) * PRICE, 0n, BigInt(TERM) * COLLATERAL, 0n)
    expect((await creditsOf(running, operator)) - operatorBefore).to.equal(BigInt(TERM) * (PRICE + COLLATERAL))
    expect((await creditsOf(running, tenant)) - tenantBefore).to.equal(0n)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })
})

describe("cancelAgreed", () => {
  it("given no such reservation: it should revert", async () => {
    const running = await loadFixture(withReservation)
    await expect(cancelAgreed({ ...running, id: 7n }, running.first, 0)).to.be.revertedWithCustomError(
      running.reservations,
      "UnknownReservation",
    )
  })

  it("when the caller is not the token's owner: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first } = running
    await expect(cancelAgreed(running, first, 0, { by: operator })).to.be.revertedWithCustomError(reservations, "NotHolder")
  })

  it("when the deadline has passed: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const deadline = BigInt(await time.latest()) + 100n
    await time.setNextBlockTimestamp(deadline + 1n)
    await expect(cancelAgreed(running, running.first, 0, { deadline }))
      .to.be.revertedWithCustomError(running.berth, "SignatureExpired")
      .withArgs(deadline)
  })

  it("when the operator's share is more than all: it should revert", async () => {
    const running = await loadFixture(withReservation)
    await expect(cancelAgreed(running, running.first, 10_001)).to.be.revertedWithCustomError(running.reservations, "BadQuote")
  })

  it("when the node did not sign all of it: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { berth, first, signer, node, domain } = running
    const refused = (sent: Promise<unknown>) => expect(sent).to.be.revertedWithCustomError(berth, "NotSignedByNode").withArgs(node.address)
    await refused(cancelAgreed(running, first, 0, { key: signer }))
    await refused(cancelAgreed({ ...running, domain: { ...domain, chainId: 1n } }, first, 0))
    const agreed = { reservation: running.id, firstDay: first + 1, operatorBps: 10, deadline: 2n ** 40n }
    const send = as(running).getFunction("cancelAgreed")
    for (const change of [{ reservation: 7n }, { firstDay: first + 2 }, { operatorBps: 11 }, { deadline: 2n ** 40n + 1n }]) {
      const { r, vs } = await signStruct(node, domain, "ReservationCancel", { ...agreed, ...change })
      await refused(send(running.id, agreed.firstDay, agreed.operatorBps, agreed.deadline, r, vs))
    }
  })

  it("when the first day has begun, is before the start, or not in the term any more: it should revert", async () => {
    const running = await reserved(await loadFixture(withStake), { startDay: Math.floor((await time.latest()) / 86_400) + 5 })
    const { reservations, first } = running
    const refused = (day: number, error: string) =>
      expect(cancelAgreed(running, day, 0))
        .to.be.revertedWithCustomError(reservations, error)
        .withArgs(day)
    await refused(first - 5, "DayBegun")
    await refused(first - 1, "DayOutsideTerm")
    await refused(first + TERM, "NothingToCancel")
    await atDay(first + 2)
    await refused(first + 2, "DayBegun")
    await cancelAgreed(running, first + 3, 0)
  })

  it("when days are left from the agreed one on: it should split them as agreed and leave the days before as they are", async () => {
    const running = await loadFixture(owing)
    const { reservations, tenant, operator, id, first } = running
    const left = BigInt(TERM - 5)
    const paid = (left * PRICE * 777n) / 10_000n
    await expect(cancelAgreed(running, first + 5, 777))
      .to.emit(reservations, "Cancelled")
      .withArgs(id, tenant.address, first + 5, paid, 0n, left * COLLATERAL, left * PRICE - paid + MISSED)
    await atDay(first + 5)
    const before = await creditsOf(running, operator)
    await claim(running, first + 1, [FULL, LITTLE, FULL, FULL])
    expect((await creditsOf(running, operator)) - before).to.equal(4n * (PRICE + COLLATERAL) - MISSED)
    await as(running).getFunction("takeRefund")(id)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })
})
