// Traps of days that nobody claims: when they end a term, and a holder that uses the GPUs and denies it.
import { expect } from "chai"
import { loadFixture, networkHelpers } from "./support/harbour.ts"
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
  TERM,
  toDay,
  viewOf,
  withReservation,
} from "./support/reserved.ts"

describe("Traps: three unclaimed days", () => {
  /** Credits of everyone and the view, after the same story told with different pokes. */
  async function story(pokes: (running: Reserved, day: number) => Promise<unknown>) {
    const running = await withReservation()
    const { operator, tenant, first, reservations, id } = running
    const claims = new Map<number, [number, number[]]>([
      [first + 2, [first + 1, [FULL]]],
      [first + 6, [first + 3, [1]]],
      [first + 8, [first + 6, [720, 0]]],
      [first + 10, [first + 7, [719, FULL]]],
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
    // Days 2, 4, 5 are the first three running without a word, with a minute between: the term ends at day 6. Days 6, 7 and 8 were paid, and
    // stay so.
    expect(lazy.view.endDay).to.equal(lazy.view.startDay + 6n)
    expect(lazy.view).to.deep.include({ earned: 2n * PRICE + PRICE / 1440n + PRICE / 2n + (PRICE * 719n) / 1440n })
    expect(lazy.held[0]).to.equal(lazy.held[1])
    expect(eager).to.deep.equal(lazy)
    expect(signers).to.deep.equal(lazy)
    expect({ ...asking, view: { ...asking.view, refundAskedAt: 0n } }).to.deep.equal(lazy)
  })
})

describe("Traps: a holder that lies", () => {
  /** At every midnight the holder's own agent signs and posts what `says` has for the day that ended; undefined: nothing. */
  async function lie(running: Reserved, nights: number, says: (nth: number) => number | undefined): Promise<void> {
    const nothing = new RegExp(`NothingToResolve|${running.reservations.interface.getError("NothingToResolve")!.selector}`)
    for (let nth = 0; nth < nights; nth++) {
      await toDay(running.first + nth + 1)
      const minutes = says(nth)
      if (minutes === undefined) continue
      const refused = await claim(running, running.first + nth, [minutes], { by: running.tenant }).then(() => undefined, String)
      // The word for no claim, or one after the term's end. By name, or, where Hardhat has not compiled the contract itself, by its selector.
      if (refused) expect(refused).to.match(nothing)
    }
    await atDay(running.first + nights + PERIOD)
    await running.reservations.getFunction("lapseDays")(running.id)
  }

  /** What the holder has of the operator's: all that lies in the token, less the price of the days that it did not pay for. */
  async function story(nights: number, says: (nth: number) => number | undefined) {
    const running = await loadFixture(withReservation)
    const before = await creditsOf(running, running.operator)
    await lie(running, nights, says)
    const { owed, earned, endDay } = await viewOf(running)
    const refunds = BigInt(TERM) * PRICE - earned
    const gained = (await creditsOf(running, running.operator)) - before
    expect(await heldIsAccounted(running).then(([held, accounted]) => held - accounted)).to.equal(0n)
    return { lasted: Number(endDay) - running.first, penalty: owed - refunds, gained, earned }
  }

  it("0 minutes for served days are no claim: no collateral of the term for it, and three days running end the term", async () => {
    const { lasted, penalty, gained } = await story(TERM, () => 0)
    expect(lasted).to.equal(3)
    // Of three days, as if it had said nothing; the rest is back at the operator.
    expect(penalty).to.equal(3n * COLLATERAL)
    expect(gained).to.equal(BigInt(TERM - 3) * COLLATERAL)
  })

  it("0 minutes do not shut out the quorum: it is heard, and its days are paid in full", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, first, id } = running
    await toDay(first + 1)
    await expect(claim(running, first, [0]))
      .to.be.revertedWithCustomError(reservations, "NothingToResolve")
      .withArgs(id)
    const before = await creditsOf(running, operator)
    // In a run with a day that it does claim, too.
    await toDay(first + 3)
    await claim(running, first, [0, 0, FULL])
    await atDay(heardFrom(first + 1))
    await attest(running, first, 2)
    expect((await creditsOf(running, operator)) - before).to.equal(3n * (PRICE + COLLATERAL))
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 3), owed: 0n })
  })

  it("a higher word for a day that was given 0 minutes is taken until the deadline", async () => {
    const running = await loadFixture(withReservation)
    const { operator, first } = running
    await toDay(first + 2)
    await claim(running, first, [0, FULL])
    const before = await creditsOf(running, operator)
    await toDay(first + 1 + PERIOD, -1)
    await claim(running, first, [1_000, 0])
    expect((await creditsOf(running, operator)) - before).to.equal((PRICE * 1_000n) / 1_440n + COLLATERAL)
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 2), owed: PRICE - (PRICE * 1_000n) / 1_440n })
  })

  it("1 minute every third day does not keep a run from ending the term", async () => {
    const { lasted, penalty, earned } = await story(TERM, (nth) => (nth % 3 === 2 ? 1 : undefined))
    // Days 0, 1 and 3 are the three; day 2 between them is paid.
    expect(lasted).to.equal(4)
    expect(penalty).to.equal(3n * COLLATERAL)
    // So are 5 and 8, which it signed before that was decided.
    expect(earned).to.equal(3n * (PRICE / 1440n))
  })

  it("a minute less than half a day does not either, half a day does: half a price for two days of collateral is the cheapest lie", async () => {
    const weak = await story(TERM, (nth) => (nth % 3 === 2 ? 719 : 0))
    expect(weak).to.deep.include({ lasted: 4, penalty: 3n * COLLATERAL })
    const cheapest = await story(TERM, (nth) => (nth % 3 === 2 ? 720 : 0))
    expect(cheapest).to.deep.include({ lasted: TERM, penalty: 20n * COLLATERAL, earned: 5n * PRICE, gained: 5n * PRICE + 10n * COLLATERAL })
  })

  it("nor does 1 minute on each of many days: the run goes on behind all of them", async () => {
    const { lasted, penalty } = await story(12, (nth) => (nth < 2 || nth === 11 ? undefined : 1))
    expect(lasted).to.equal(12)
    expect(penalty).to.equal(3n * COLLATERAL)
  })

  it("a day of 1 minute is paid once: nothing claims, attests or lapses it again", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, first, id } = running
    await toDay(first + 3)
    // Right of the cursor, then left of it.
    await claim(running, first + 1, [1])
    const again = () =>
      expect(claim(running, first + 1, [FULL]))
        .to.be.revertedWithCustomError(reservations, "NothingToResolve")
        .withArgs(id)
    await again()
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first), resolved: 0b10n })
    await atDay(heardFrom(first + 1))
    await expect(attest(running, first + 1, 1)).to.be.revertedWithCustomError(reservations, "NothingToResolve")
    await claim(running, first, [FULL])
    await again()
    await atDay(first + 2 + PERIOD)
    await expect(reservations.getFunction("lapseDays")(id)).not.to.emit(reservations, "DayLapsed")
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 2), resolved: 0n, owed: PRICE - PRICE / 1440n })
  })

  it("a day of 1 minute is no quorum's: it is none of its three days running, and they begin anew behind it", async () => {
    const running = await loadFixture(withReservation)
    const { first } = running
    await toDay(first + 4)
    await claim(running, first + 3, [1])
    for (const day of [0, 1, 2, 4, 5, 6]) {
      await atDay(heardFrom(first + day))
      await attest(running, first + day, 1)
    }
    expect(await viewOf(running)).to.deep.include({ openDay: BigInt(first + 7), earned: 6n * PRICE + PRICE / 1440n })
  })
})
