// What lies in the token: the branches of trees/askRefund.tree and takeRefund.tree.
import { expect } from "chai"
import { loadFixture, time } from "./support/harbour.ts"
import {
  atDay,
  COLLATERAL,
  claim,
  creditsOf,
  heldIsAccounted,
  LITTLE,
  MISSED,
  PERIOD,
  PRICE,
  type Reserved,
  toDay,
  viewOf,
  withReservation,
} from "./support/reserved.ts"

const DELAY = 24 * 3600

const as = ({ reservations, tenant }: Reserved, by = tenant) => reservations.connect(by)

/** A reservation with a day that was mostly missed: what it left lies in the token. */
async function owing(): Promise<Reserved> {
  const running = await withReservation()
  await atDay(running.first + 1)
  await claim(running, running.first, [LITTLE])
  return running
}

/** The same after a cancel from the third day on; the first is paid back with it. */
async function cancelled(): Promise<Reserved> {
  const running = await owing()
  await as(running).getFunction("cancel")(running.id)
  return running
}

describe("askRefund", () => {
  it("given no such reservation: it should revert", async () => {
    const running = await loadFixture(owing)
    await expect(as(running).getFunction("askRefund")(7)).to.be.revertedWithCustomError(running.reservations, "UnknownReservation")
  })

  it("when the caller is not the token's owner: it should revert, approved as well", async () => {
    const running = await loadFixture(owing)
    const { reservations, id, stranger } = running
    await as(running).getFunction("approve")(stranger.address, id)
    await expect(as(running, stranger).getFunction("askRefund")(id))
      .to.be.revertedWithCustomError(reservations, "NotHolder")
      .withArgs(id, stranger.address)
  })

  it("when nothing is owed: it should revert", async () => {
    const running = await loadFixture(withReservation)
    await expect(as(running).getFunction("askRefund")(running.id))
      .to.be.revertedWithCustomError(running.reservations, "NothingOwed")
      .withArgs(running.id)
  })

  it("when something is owed, be it by the passing of time alone: it should start the delay", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, id, tenant, first } = running
    await toDay(first + 1 + PERIOD, 5)
    const at = (first + 1 + PERIOD) * 86_400 + 5
    await expect(as(running).getFunction("askRefund")(id))
      .to.emit(reservations, "RefundAsked")
      .withArgs(id, tenant.address, at + DELAY)
    expect(await viewOf(running)).to.deep.include({ refundAskedAt: BigInt(at), owed: PRICE + COLLATERAL })
  })
})

describe("takeRefund", () => {
  it("given no such reservation: it should revert", async () => {
    const running = await loadFixture(owing)
    await expect(as(running).getFunction("takeRefund")(7)).to.be.revertedWithCustomError(running.reservations, "UnknownReservation")
  })

  it("given a token, when the caller is not its owner: it should revert", async () => {
    const running = await loadFixture(owing)
    const { reservations, stranger, id } = running
    await expect(as(running, stranger).getFunction("takeRefund")(id))
      .to.be.revertedWithCustomError(reservations, "NotHolder")
      .withArgs(id, stranger.address)
  })

  it("given a token, when it was not asked for: it should revert", async () => {
    const running = await loadFixture(owing)
    await expect(as(running).getFunction("takeRefund")(running.id))
      .to.be.revertedWithCustomError(running.reservations, "RefundNotAsked")
      .withArgs(running.id)
  })

  it("given a token, when the delay runs: it should revert", async () => {
    const running = await loadFixture(owing)
    const at = (await time.latest()) + 10
    await time.setNextBlockTimestamp(at)
    await as(running).getFunction("askRefund")(running.id)
    await time.setNextBlockTimestamp(at + DELAY - 1)
    await expect(as(running).getFunction("takeRefund")(running.id))
      .to.be.revertedWithCustomError(running.reservations, "RefundNotYet")
      .withArgs(at + DELAY)
  })

  it("given a token, when the delay is over: it should move all that lies in it to the owner's credits, once", async () => {
    const running = await loadFixture(owing)
    const { reservations, tenant, id, first } = running
    await as(running).getFunction("askRefund")(id)
    await atDay(first + 3)
    // What comes in meanwhile goes with it.
    await claim(running, first + 1, [720])
    const before = await creditsOf(running, tenant)
    const owed = MISSED + PRICE / 2n
    await expect(as(running).getFunction("takeRefund")(id)).to.emit(reservations, "RefundTaken").withArgs(id, tenant.address, owed)
    expect((await creditsOf(running, tenant)) - before).to.equal(owed)
    expect(await viewOf(running)).to.deep.include({ owed: 0n, refundAskedAt: 0n })
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
    await expect(as(running).getFunction("takeRefund")(id)).to.be.revertedWithCustomError(reservations, "RefundNotAsked")
  })

  it("given a cancelled one, when the caller did not cancel it: it should revert", async () => {
    const running = await loadFixture(cancelled)
    const { reservations, operator, id } = running
    await expect(as(running, operator).getFunction("takeRefund")(id)).to.be.revertedWithCustomError(reservations, "NotHolder")
  })

  it("given a cancelled one, when nothing is owed: it should revert", async () => {
    const running = await loadFixture(cancelled)
    await expect(as(running).getFunction("takeRefund")(running.id)).to.be.revertedWithCustomError(running.reservations, "NothingOwed")
  })

  it("given a cancelled one, when earlier days still owe: it should move it at once to who cancelled", async () => {
    const running = await loadFixture(cancelled)
    const { reservations, tenant, id, first } = running
    await toDay(first + 2 + PERIOD)
    await expect(as(running).getFunction("takeRefund")(id))
      .to.emit(reservations, "RefundTaken")
      .withArgs(id, tenant.address, PRICE + COLLATERAL)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })
})
