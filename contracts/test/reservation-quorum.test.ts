// Days that a quorum attests, and days that nobody claims: the branches of trees/attestDays.tree and lapseDays.tree.
import { expect } from "chai"
import { loadFixture } from "./support/harbour.ts"
import {
  atDay,
  attest,
  COLLATERAL,
  claim,
  creditsOf,
  FULL,
  heardFrom,
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
  withoutVerifiers,
  withReservation,
  withStake,
} from "./support/reserved.ts"
import { addresses, members, SECONDS_PER_DAY } from "./support/verifiers.ts"

function refuses({ reservations }: Reserved, sent: Promise<unknown>, error: string, ...args: unknown[]) {
  return expect(sent)
    .to.be.revertedWithCustomError(reservations, error)
    .withArgs(...args)
}

/** Attests each of `days` on its own, on its first possible day. */
async function attestEach(running: Reserved, ...days: number[]) {
  for (const day of days) {
    await toDay(heardFrom(day))
    await attest(running, day, 1)
  }
}

describe("attestDays", () => {
  it("given no such reservation: it should revert", async () => {
    const running = await loadFixture(withReservation)
    await refuses(running, attest({ ...running, id: 7n }, running.first, 1), "UnknownReservation", 7n)
  })

  it("given a reservation made before there was a verifier set: it should revert", async () => {
    const running = await reserved(await loadFixture(withoutVerifiers))
    await running.verifiers.getFunction("addSet")(2, addresses)
    await atDay(heardFrom(running.first))
    await refuses(running, attest(running, running.first, 1), "NoVerifierSet", running.id)
  })

  it("when there are no days or too many, or they are not claimable: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    await refuses(running, attest(running, first, 0), "NoDays")
    await refuses(running, attest(running, first, PERIOD + 2), "TooManyDays", PERIOD + 2, PERIOD + 1)
    await refuses(running, attest(running, first - 1, 1), "DayOutsideTerm", first - 1)
    await refuses(running, attest(running, first, 1), "DayNotOver", first)
  })

  it("when the quorum of the reservation's own set did not sign all of it: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { verifiers, reservations, first, id, node } = running
    await verifiers.getFunction("addSet")(1, [node.address])
    await atDay(heardFrom(first))
    await expect(attest(running, first, 1, [members[0]!]))
      .to.be.revertedWithCustomError(verifiers, "NoQuorum")
      .withArgs(1, 1, 2)
    await expect(attest({ ...running, id: id + 1n, reservations }, first, 1)).to.be.revertedWithCustomError(
      reservations,
      "UnknownReservation",
    )
    const other = { ...running, domain: { ...running.domain, chainId: 1n } }
    await expect(attest(other, first, 1)).to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
    await attest(running, first, 1)
  })

  it("when each of its open days has more than two days left to be claimed: it should revert, naming the first", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    await toDay(heardFrom(first), -1)
    await refuses(running, attest(running, first, 1), "TooEarlyForQuorum", first, heardFrom(first) * SECONDS_PER_DAY)
    await refuses(running, attest(running, first, 2), "TooEarlyForQuorum", first, heardFrom(first) * SECONDS_PER_DAY)
    await toDay(heardFrom(first))
    await attest(running, first, 1)
    await refuses(running, attest(running, first, 2), "TooEarlyForQuorum", first + 1, heardFrom(first + 1) * SECONDS_PER_DAY)
  })

  it("when some of its open days have: it should pay the others, and leave those open", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first, id } = running
    await toDay(heardFrom(first))
    await expect(attest(running, first, 2))
      .to.emit(reservations, "DaysPaid")
      .withArgs(id, 1, first, 0b01, "0x", PRICE, 0n, COLLATERAL, 0n)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 1), resolved: 0n })
    // The holder's word still comes first for what was left.
    await claim(running, first + 1, [LITTLE])
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 2), owed: MISSED })
  })

  it("when all of its days are resolved: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { first, id } = running
    await atDay(heardFrom(first))
    await claim(running, first, [FULL])
    await refuses(running, attest(running, first, 1), "NothingToResolve", id)
    await toDay(first + 3 + PERIOD)
    await refuses(running, attest(running, first + 1, 1), "NothingToResolve", id)
  })

  it("when a quorum would pay a fourth day running: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first } = running
    expect(await reservations.getFunction("RUN_LIMIT")()).to.equal(3n)
    await attestEach(running, first, first + 1, first + 2)
    await toDay(heardFrom(first + 3))
    await refuses(running, attest(running, first + 3, 1), "QuorumRunTooLong", first + 3)
    // A word of its holder, however little, begins a new run.
    await claim(running, first + 3, [1])
    await attestEach(running, first + 4)
    expect(await viewOf(running)).to.deep.include({ earned: 4n * PRICE + PRICE / 1440n, openDay: BigInt(first + 5) })
  })

  it("when its days are open and late enough: it should pay them in full, and pass the resolved ones", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first, id } = running
    await atDay(heardFrom(first + 1))
    await claim(running, first + 2, [FULL])
    const before = await creditsOf(running, operator)
    // The third is resolved already: it may be named though it is early.
    await expect(attest(running, first, 3))
      .to.emit(reservations, "DaysPaid")
      .withArgs(id, 1, first, 0b011, "0x", 2n * PRICE, 0n, 2n * COLLATERAL, 0n)
    expect((await creditsOf(running, operator)) - before).to.equal(2n * (PRICE + COLLATERAL))
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })
})

describe("lapseDays", () => {
  const lapse = ({ reservations, stranger, id }: Reserved) => reservations.connect(stranger).getFunction("lapseDays")(id)

  it("given no such reservation: it should revert", async () => {
    const running = await loadFixture(withReservation)
    await refuses(running, lapse({ ...running, id: 7n }), "UnknownReservation", 7n)
  })

  it("when no deadline has passed: it should change nothing", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first } = running
    await toDay(first + 1 + PERIOD, -1)
    await expect(lapse(running)).not.to.emit(reservations, "DayLapsed")
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first), owed: 0n })
  })

  it("when the deadline of a day has passed: it should give its price and collateral to the token", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first, id } = running
    await toDay(first + 1 + PERIOD)
    await expect(lapse(running))
      .to.emit(reservations, "DayLapsed")
      .withArgs(id, first, PRICE + COLLATERAL)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 1), owed: PRICE + COLLATERAL })
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("when a claimed day lies between: it should count days running anew", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first, id } = running
    await atDay(first + 3)
    await claim(running, first + 2, [FULL])
    await toDay(first + 5 + PERIOD)
    await expect(lapse(running)).not.to.emit(reservations, "TermEnded")
    // Days 0, 1, 3, 4 lapsed, day 2 did not.
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 5), endDay: BigInt(first + TERM) })
    await toDay(first + 6 + PERIOD)
    const sent = lapse(running)
    await expect(sent).to.emit(reservations, "TermEnded")
    await expect(sent)
      .to.emit(reservations, "DayLapsed")
      .withArgs(id, first + 5, PRICE + COLLATERAL)
  })

  it("when a day of less than half its minutes lies between: it should count on behind it", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first, id } = running
    await atDay(first + 3)
    await claim(running, first + 2, [719])
    await toDay(first + 3 + PERIOD)
    await expect(lapse(running)).not.to.emit(reservations, "TermEnded")
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 3), endDay: BigInt(first + TERM) })
    await toDay(first + 4 + PERIOD)
    // Days 0, 1 and 3.
    await expect(lapse(running))
      .to.emit(reservations, "TermEnded")
      .withArgs(id, first + 4, BigInt(TERM - 4) * PRICE, BigInt(TERM - 4) * COLLATERAL)
  })

  it("when three days running are unclaimed: it should end the term, and leave the paid days after it as they are", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first, id } = running
    await atDay(first + 7)
    // One of them of less than half a day.
    await claim(running, first + 4, [FULL, 720, 360])
    const before = await creditsOf(running, operator)
    const days = BigInt(TERM - 3 - 3)
    await toDay(first + 3 + PERIOD)
    const sent = lapse(running)
    await expect(sent)
      .to.emit(reservations, "TermEnded")
      .withArgs(id, first + 3, days * PRICE, days * COLLATERAL)
    const lapsed = await reservations.queryFilter("DayLapsed", (await sent).blockNumber)
    expect(lapsed.map((log) => [...(log as unknown as { args: bigint[] }).args])).to.deep.equal(
      [0, 1, 2].map((day) => [id, BigInt(first + day), PRICE + COLLATERAL]),
    )
    expect((await creditsOf(running, operator)) - before).to.equal(days * COLLATERAL)
    const owed = 3n * (PRICE + COLLATERAL) + PRICE / 2n + (3n * PRICE) / 4n + days * PRICE
    expect(await viewOf(running)).to.deep.include({ endDay: BigInt(first + 3), openDay: BigInt(first + 3), resolved: 0n, owed })
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
    await expect(lapse(running)).not.to.emit(reservations, "TermEnded")
  })

  it("when the last days of the term are unclaimed: it should lapse them and cut nothing", async () => {
    const running = await reserved(await loadFixture(withStake), { term: 3 })
    const { reservations, operator, first } = running
    const before = await creditsOf(running, operator)
    await toDay(first + 3 + PERIOD)
    await expect(lapse(running)).not.to.emit(reservations, "TermEnded")
    expect(await viewOf(running)).to.deep.include({
      endDay: BigInt(first + 3),
      openDay: BigInt(first + 3),
      owed: 3n * (PRICE + COLLATERAL),
    })
    expect(await creditsOf(running, operator)).to.equal(before)
  })
})
