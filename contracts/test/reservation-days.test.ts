// Claims by the signer's word: the branches of trees/claimDays.tree.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { ethers, loadFixture, USD } from "./support/harbour.ts"
import {
  atDay,
  COLLATERAL,
  claim,
  creditsOf,
  FULL,
  heldIsAccounted,
  PERIOD,
  PRICE,
  packServed,
  reserved,
  TERM,
  toDay,
  viewOf,
  withReservation,
  withStake,
  withUnsigned,
} from "./support/reserved.ts"
import { HALF_ORDER, signStruct, structTypes } from "./support/signing.ts"

describe("claimDays", () => {
  it("given no such reservation: it should revert", async () => {
    const running = await loadFixture(withReservation)
    await expect(claim({ ...running, id: 7n }, running.first, [FULL]))
      .to.be.revertedWithCustomError(running.reservations, "UnknownReservation")
      .withArgs(7n)
  })

  it("when there are no days, half a day, or too many: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, id, first } = running
    await atDay(first + 10)
    await expect(claim(running, first, [])).to.be.revertedWithCustomError(reservations, "NoDays")
    await expect(reservations.getFunction("claimDays")(id, first, "0x0100ff", ethers.ZeroHash, ethers.ZeroHash))
      .to.be.revertedWithCustomError(reservations, "MalformedMinutes")
      .withArgs(3)
    await expect(claim(running, first, Array(PERIOD + 2).fill(FULL)))
      .to.be.revertedWithCustomError(reservations, "TooManyDays")
      .withArgs(PERIOD + 2, PERIOD + 1)
    await claim(running, first + 1, Array(PERIOD + 1).fill(FULL))
  })

  it("when a day is outside of the term: it should revert, naming the day", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first } = running
    await atDay(first + TERM + 2)
    const outside = async (day: number, count: number, named: number) =>
      expect(claim(running, day, Array(count).fill(FULL)))
        .to.be.revertedWithCustomError(reservations, "DayOutsideTerm")
        .withArgs(named)
    await outside(first - 1, 2, first - 1)
    await outside(first + TERM, 1, first + TERM)
    await outside(first + TERM - 2, 3, first + TERM)
    await outside(2 ** 32 - 1, 1, 2 ** 32 - 1)
    await claim(running, first + TERM - 5, Array(5).fill(FULL)).then(
      () => expect.fail("the term had ended"),
      (error) => expect(String(error)).to.contain("NothingToResolve"),
    )
  })

  it("when a day is not over: it should revert, naming the day", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first } = running
    const early = async (day: number, count: number, named: number) =>
      expect(claim(running, day, Array(count).fill(FULL)))
        .to.be.revertedWithCustomError(reservations, "DayNotOver")
        .withArgs(named)
    await early(first, 1, first)
    await toDay(first + 3, -1)
    await early(first, 3, first + 2)
    await toDay(first + 3)
    await claim(running, first, Array(3).fill(FULL))
    await early(first + 5, 2, first + 5)
  })

  it("when a day has more than 1,440 minutes: it should revert, resolved or not", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first } = running
    await atDay(first + 3)
    const tooMany = async () =>
      expect(claim(running, first, [FULL, 1441, FULL]))
        .to.be.revertedWithCustomError(reservations, "TooManyMinutes")
        .withArgs(first + 1, 1441)
    await tooMany()
    await claim(running, first + 1, [FULL])
    await tooMany()
  })

  it("when the signer of the days did not sign all of it: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, domain, id, first, signer, node } = running
    await atDay(first + 3)
    const served = packServed([FULL, 700])
    const refused = (sent: Promise<unknown>) =>
      expect(sent).to.be.revertedWithCustomError(reservations, "NotSignedByDaySigner").withArgs(signer.address)
    await refused(claim(running, first, [FULL, 700], { key: node }))
    const send = reservations.getFunction("claimDays")
    for (const change of [
      { reservation: id + 1n },
      { firstDay: first + 1 },
      { served: packServed([FULL, 701]) },
      { served: packServed([FULL]) },
    ]) {
      const { r, vs } = await signStruct(signer, domain, "DayClaim", { reservation: id, firstDay: first, served, ...change })
      await refused(send(id, first, served, r, vs))
    }
    await refused(send(id, first, served, ethers.ZeroHash, ethers.ZeroHash))
  })

  it("when the signature is in its second form, with a high s: it should revert, though it recovers the signer; the highest s of the first form pays", async () => {
    // No key is known that signs with these s. But every r and s recover some key, and that one can be named.
    const { r } = new ethers.SigningKey(ethers.id("r")).sign(ethers.id("any"))
    const claimedWith = async (s: bigint) => {
      const running = await loadFixture(withReservation)
      const { reservations, tenant, domain, id, first } = running
      const value = { reservation: id, firstDay: first + 2, served: packServed([FULL]) }
      const digest = ethers.TypedDataEncoder.hash(domain, { DayClaim: structTypes.DayClaim }, value)
      const vs = ethers.toBeHex(s, 32)
      const signer = ethers.recoverAddress(digest, { r, s: vs, v: 27 })
      await reservations.connect(tenant).getFunction("setSigner")(id, signer)
      await atDay(first + 3)
      return { reservations, signer, sent: reservations.getFunction("claimDays")(id, first + 2, value.served, r, vs) }
    }
    const high = await claimedWith(HALF_ORDER + 1n)
    await expect(high.sent).to.be.revertedWithCustomError(high.reservations, "NotSignedByDaySigner").withArgs(high.signer)
    const low = await claimedWith(HALF_ORDER)
    await expect(low.sent).to.emit(low.reservations, "DaysPaid")
  })

  it("when nobody signs for the days: it should revert, whatever signature comes", async () => {
    const running = await loadFixture(withUnsigned)
    const { reservations, id, first } = running
    await atDay(first + 3)
    const refused = (sent: Promise<unknown>) =>
      expect(sent).to.be.revertedWithCustomError(reservations, "NotSignedByDaySigner").withArgs(ethers.ZeroAddress)
    await refused(claim(running, first, [FULL]))
    // Recovers to zero, which is who signs for these days.
    await refused(reservations.getFunction("claimDays")(id, first, packServed([FULL]), ethers.ZeroHash, ethers.ZeroHash))
  })

  it("when the signer changes within the run: it should revert, naming the first day of another", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, id, first } = running
    const next = seededWallet("next signer")
    await toDay(first + 1)
    await reservations.connect(tenant).getFunction("setSigner")(id, next.address)
    await toDay(first + 2)
    await reservations.connect(tenant).getFunction("setSigner")(id, ethers.ZeroAddress)
    await atDay(first + 6)
    const change = async (day: number, count: number, named: number) =>
      expect(claim(running, day, Array(count).fill(FULL)))
        .to.be.revertedWithCustomError(reservations, "SignerChanges")
        .withArgs(named)
    await change(first, 4, first + 3)
    await change(first, 5, first + 3)
    await change(first + 3, 2, first + 4)
    await claim(running, first, [FULL, FULL, FULL])
    await claim(running, first + 3, [FULL], { key: next })
  })

  it("when the same signer was named again within the run: it should pay", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, operator, id, first } = running
    const next = seededWallet("next signer")
    for (const day of [first, first + 1, first + 2]) {
      await toDay(day)
      await reservations.connect(tenant).getFunction("setSigner")(id, next.address)
    }
    await atDay(first + 6)
    const before = await creditsOf(running, operator)
    await claim(running, first + 2, [FULL, FULL, FULL, FULL], { key: next })
    expect((await creditsOf(running, operator)) - before).to.equal(4n * (PRICE + COLLATERAL))
    // The day before them is still the first one's.
    await expect(claim(running, first + 1, [FULL, FULL], { key: next }))
      .to.be.revertedWithCustomError(reservations, "SignerChanges")
      .withArgs(first + 2)
  })

  it("when the reservation ended within the run: it should pay the days before the end", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, operator, id, first } = running
    await atDay(first + 3)
    await reservations.connect(tenant).getFunction("cancel")(id)
    await atDay(first + 6)
    const before = await creditsOf(running, operator)
    // Cancelled on the fourth day, so that days 2 and 3 are the last ones.
    await claim(running, first + 2, [FULL, FULL, FULL, FULL])
    expect((await creditsOf(running, operator)) - before).to.equal(2n * (PRICE + COLLATERAL))
    await expect(claim(running, first + 4, [FULL, FULL])).to.be.revertedWithCustomError(reservations, "NothingToResolve")
    const [held, accounted] = await heldIsAccounted({ ...running })
    expect(held).to.equal(accounted)
  })

  it("when all of its days are resolved: it should revert; when some are: it should pay the others", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first, id } = running
    await atDay(first + 5)
    await claim(running, first + 1, [FULL, 1])
    await expect(claim(running, first + 1, [FULL, FULL]))
      .to.be.revertedWithCustomError(reservations, "NothingToResolve")
      .withArgs(id)
    const before = await creditsOf(running, operator)
    const served = packServed([720, 1, 2, FULL])
    await expect(claim(running, first, [720, 1, 2, FULL]))
      .to.emit(reservations, "DaysPaid")
      .withArgs(id, 0, first, 0b1001, served, PRICE + PRICE / 2n, 0n, 2n * COLLATERAL, PRICE / 2n)
    expect((await creditsOf(running, operator)) - before).to.equal(PRICE + PRICE / 2n + 2n * COLLATERAL)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 4), resolved: 0n, owed: PRICE - PRICE / 1440n + PRICE / 2n })
  })

  it("when its days are open: it should pay minutes to the operator, the rest to the token, and give collateral back", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first, id } = running
    await atDay(first + 4)
    const before = await creditsOf(running, operator)
    const minutes = [FULL, 1, 720]
    const paid = PRICE + PRICE / 1440n + PRICE / 2n
    await expect(claim(running, first, minutes))
      .to.emit(reservations, "DaysPaid")
      .withArgs(id, 0, first, 0b111, packServed(minutes), paid, 0n, 3n * COLLATERAL, 3n * PRICE - paid)
    expect((await creditsOf(running, operator)) - before).to.equal(paid + 3n * COLLATERAL)
    const view = await viewOf(running)
    expect(view).to.deep.include({ earned: paid, owed: 3n * PRICE - paid, openDay: BigInt(first + 3) })
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("when its days are open: it should pass days in any order", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    await atDay(first + 8)
    await claim(running, first + 6, [FULL, FULL])
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first), resolved: 0b11000000n })
    // One of less than half a day among them.
    const little = (PRICE * 719n) / 1440n
    await claim(running, first + 2, [719, FULL])
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first), resolved: 0b11001100n, earned: 3n * PRICE + little })
    await claim(running, first, [FULL, FULL])
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 4), resolved: 0b1100n, earned: 5n * PRICE + little })
    await claim(running, first + 4, [FULL, FULL])
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 8), resolved: 0n, earned: 7n * PRICE + little })
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("when its days are open: it should leave a day of 0 minutes open, and give NothingToResolve where all have 0 or are resolved", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first, id } = running
    await atDay(first + 4)
    const before = await creditsOf(running, operator)
    const minutes = [0, FULL, 0, 719]
    await expect(claim(running, first, minutes))
      .to.emit(reservations, "DaysPaid")
      .withArgs(
        id,
        0,
        first,
        0b1010,
        packServed(minutes),
        PRICE + (PRICE * 719n) / 1440n,
        0n,
        2n * COLLATERAL,
        PRICE - (PRICE * 719n) / 1440n,
      )
    expect((await creditsOf(running, operator)) - before).to.equal(PRICE + (PRICE * 719n) / 1440n + 2n * COLLATERAL)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first), resolved: 0b1010n })
    for (const [day, nothing] of [
      [first, minutes],
      [first + 2, [0]],
      [first, [0, 5]],
    ] as const) {
      await expect(claim(running, day, nothing))
        .to.be.revertedWithCustomError(reservations, "NothingToResolve")
        .withArgs(id)
    }
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
    await claim(running, first, [1, 0, FULL])
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 4), resolved: 0n })
  })

  it("when its days are open: it should pay a day of less than half its minutes as any other, and let unclaimed days run on behind it", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first, id } = running
    await atDay(first + 5)
    await claim(running, first + 1, [719])
    await claim(running, first + 3, [720])
    const paid = (PRICE * 719n) / 1440n + PRICE / 2n
    await toDay(first + 3 + PERIOD)
    // Days 0 and 2 lapsed; day 3 ends their run.
    await expect(reservations.getFunction("lapseDays")(id)).not.to.emit(reservations, "TermEnded")
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 4), earned: paid, owed: 4n * PRICE + 2n * COLLATERAL - paid })
    await claim(running, first + 5, [719])
    await toDay(first + 7 + PERIOD)
    await expect(reservations.getFunction("lapseDays")(id)).not.to.emit(reservations, "TermEnded")
    await toDay(first + 8 + PERIOD)
    // Days 4, 6 and 7.
    await expect(reservations.getFunction("lapseDays")(id))
      .to.emit(reservations, "TermEnded")
      .withArgs(id, first + 8, BigInt(TERM - 8) * PRICE, BigInt(TERM - 8) * COLLATERAL)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("when its days are open: it should pay until the second before the deadline, whoever sends it", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first, otherTenant } = running
    await toDay(first + 1 + PERIOD, -1)
    await claim(running, first, [FULL], { by: otherTenant })
    await toDay(first + 2 + PERIOD)
    await expect(claim(running, first + 1, [FULL])).to.be.revertedWithCustomError(reservations, "NothingToResolve")
    await expect(reservations.getFunction("lapseDays")(running.id)).to.emit(reservations, "DayLapsed")
  })

  it("when its days are open: it should keep the fee of the whole sum", async () => {
    const staked = await loadFixture(withStake)
    const { berth, owner, operator } = staked
    await berth.connect(owner).getFunction("setFee")(333)
    const running = await reserved(staked, { pricePerDay: 1_000_001n, collateralBps: 0 })
    await berth.connect(owner).getFunction("setFee")(0)
    await atDay(running.first + 3)
    for (let day = 0; day < 3; day++) await claim(running, running.first + day, [1 + day])
    const earned = [1n, 2n, 3n].reduce((sum, minutes) => sum + (1_000_001n * minutes) / 1440n, 0n)
    const fee = (earned * 333n) / 10_000n
    expect(await berth.getFunction("accruedFees")()).to.equal(fee)
    expect(await creditsOf(running, operator)).to.equal(5_000n * USD + earned - fee)
  })
})
