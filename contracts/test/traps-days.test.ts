// Traps of reservations that design and reviews name, each as a test of that name: the quorum, unclaimed days, limits.
import { expect } from "chai"
import { fund, loadFixture, time } from "./support/harbour.ts"
import {
  atDay,
  attest,
  COLLATERAL,
  claim,
  creditsOf,
  FULL,
  heardFrom,
  heldIsAccounted,
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
    await attestOn(running, heardFrom(first + 1), first, first + 1)
    await attestOn(running, heardFrom(first + 2), first + 2)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 3), resolved: 0n })
    await atDay(heardFrom(first + 3))
    await tooLong(running, first + 3)
  })

  it("a fourth day that joins two runs, out of order, left and right of it", async () => {
    const running = await reserved(await loadFixture(withStake), { claimPeriod: 8 })
    const { first } = running
    // 0 and 1 are paid and left of the cursor; 3 is marked right of it; 2 would make four.
    await attestOn(running, heardFrom(first + 1), first, first + 1)
    await atDay(heardFrom(first + 3))
    await attest(running, first + 3, 1)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 2), resolved: 0b10n })
    await tooLong(running, first + 2)
    await claim(running, first + 2, [FULL])
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 4), resolved: 0n })
  })

  it("three days running pass in any order, and the fourth does not", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    await attestOn(running, heardFrom(first + 1), first)
    await attestOn(running, heardFrom(first + 2), first + 2, first + 1)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 3), earned: 3n * PRICE })
    await atDay(heardFrom(first + 3))
    await tooLong(running, first + 3)
  })

  it("a lapsed day between ends the run: the next three are the quorum's again", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    for (const day of [0, 1, 2, 4, 5, 6]) await attestOn(running, heardFrom(first + day), first + day)
    await atDay(heardFrom(first + 7))
    await tooLong(running, first + 7)
    expect(await viewOf(running)).to.deep.include({ earned: 6n * PRICE, owed: PRICE + COLLATERAL })
  })

  it("a quorum is not heard before the holder's time is nearly over", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first } = running
    await toDay(heardFrom(first), -1)
    await expect(attest(running, first, 1)).to.be.revertedWithCustomError(reservations, "TooEarlyForQuorum")
  })

  it("one statement over three days, whose times share no day, pays all three: what is early waits for the same signatures", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first, id } = running
    const before = await creditsOf(running, operator)
    for (const day of [0, 1, 2]) {
      await atDay(heardFrom(first + day))
      await expect(attest(running, first, 3))
        .to.emit(reservations, "DaysPaid")
        .withArgs(id, 1, first, 1 << day, "0x", PRICE, 0n, COLLATERAL, 0n)
      // Sent again on the same day it finds nothing but early days, and names the first of them; in the end nothing at all.
      const next = first + day + 1
      const [error, ...args] = day === 2 ? ["NothingToResolve", id] : ["TooEarlyForQuorum", next, heardFrom(next) * 86_400]
      await expect(attest(running, first, 3))
        .to.be.revertedWithCustomError(reservations, String(error))
        .withArgs(...args)
    }
    expect((await creditsOf(running, operator)) - before).to.equal(3n * (PRICE + COLLATERAL))
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 3), resolved: 0n, earned: 3n * PRICE, owed: 0n })
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("a statement over four days, sent whenever it pays something, pays no fourth day running", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    for (const day of [0, 1, 2]) {
      await atDay(heardFrom(first + day))
      await attest(running, first, 4)
    }
    await atDay(heardFrom(first + 3))
    await expect(attest(running, first, 4))
      .to.be.revertedWithCustomError(running.reservations, "QuorumRunTooLong")
      .withArgs(first + 3)
    await atDay(first + 3 + 1 + PERIOD)
    await running.reservations.getFunction("lapseDays")(running.id)
    expect(await viewOf(running)).to.deep.include({ earned: 3n * PRICE, owed: PRICE + COLLATERAL })
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
    const minutes = Array.from({ length: 30 }, (_, i) => 1 + ((i * 479) % 1440))
    await atDay(running.first + 30)
    const before = await creditsOf(running, running.operator)
    await claim(running, running.first, minutes)
    const paid = minutes.reduce((sum, m) => sum + (price * BigInt(m)) / 1440n, 0n)
    const collateral = (price * 3_333n) / 10_000n
    expect((await creditsOf(running, running.operator)) - before).to.equal(paid + 30n * collateral)
    expect(await viewOf(running)).to.deep.include({ earned: paid, owed: 30n * price - paid })
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
