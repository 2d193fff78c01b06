// What becomes of a reservation: its days, refunds, resale and early ends.
import { addressOfKey, keccakText, nobleEcdsa, reservationCancelDigest, servedAmount } from "@berth/protocol"
import { expect } from "chai"
import { addressIn, COLLATERAL, expectError, free, PRICE, ReservationWorld, signer } from "../../../test/support/reservation-world.ts"
import { askRefund } from "./askRefund.ts"
import { cancelReservation, cancelTerms } from "./cancelReservation.ts"
import { claimDays } from "./claimDays.ts"
import { claimUnsignedDays } from "./claimUnsignedDays.ts"
import { lapseDays } from "./lapseDays.ts"
import { reservation } from "./reservation.ts"
import { reservations } from "./reservations.ts"
import { setReservationSigner } from "./setReservationSigner.ts"
import { takeRefund } from "./takeRefund.ts"
import { transferReservation } from "./transferReservation.ts"

describe("reservations", function () {
  this.timeout(120_000)
  let w: ReservationWorld

  before(async () => {
    w = await ReservationWorld.start()
  })
  after(() => w?.stop())

  describe("days", () => {
    it("are served, open and lapsed; what is not served comes back, and a day of 0 minutes is not claimed", async () => {
      const { id, startDay } = await w.made()
      await w.pass(4)
      const earned = await free(w.operator)
      const claim = await claimDays(w.operator, w.signed(id, startDay, [1_440, 700, 0]))
      const half = servedAmount(PRICE, 700)
      expect(claim).include({ paid: PRICE + half, fee: 0n, collateral: 2n * COLLATERAL, owed: PRICE - half })
      expect(await free(w.operator)).equal(earned + PRICE + half + 2n * COLLATERAL)
      const now = await reservation(w.tenant, { id })
      expect(now.days.slice(0, 6).map((d) => [d.state, d.minutes, d.witness])).deep.equal([
        ["paid", 1_440, "holder"],
        ["paid", 700, "holder"],
        ["open", undefined, undefined],
        ["open", undefined, undefined],
        ["running", undefined, undefined],
        ["upcoming", undefined, undefined],
      ])
      await expectError(claimDays(w.operator, w.signed(id, startDay + 2, [0])), "reverted", "is resolved")
      expect(now.days[3]!.claimUntil).equal(BigInt(startDay + 4 + 8) * 86_400n)
      expect([now.earned, now.owed]).deep.equal([claim.paid, claim.owed])
      await expectError(claimDays(w.operator, w.signed(id, startDay, [1_440])), "reverted", "is resolved")
      await expectError(claimDays(w.operator, w.signed(id, startDay + 4, [1_440])), "reverted", "is not over")
      await expectError(claimDays(w.operator, w.signed(id, startDay + 3, [1_440], keccakText("x"))), "bad_signature", "who signs for them")
      await expectError(claimUnsignedDays(w.operator, { id, firstDay: startDay + 3, count: 1 }), "reverted", "not paid unsigned")

      await w.pass(8)
      const later = await reservation(w.tenant, { id })
      for (const nth of [2, 3]) expect(later.days[nth]).include({ state: "lapsed", minutes: 0 })
      expect(later.owed).equal(claim.owed + 2n * (PRICE + COLLATERAL))
      expect(await lapseDays(w.buyer, { id })).deep.include({ lapsed: [startDay + 2, startDay + 3], endDay: undefined })
      expect((await reservation(w.tenant, { id })).owed).equal(later.owed)
    })

    it("after three lapsed ones the term ends, and the rest comes back", async () => {
      const { id, startDay } = await w.made()
      await w.pass(2)
      await claimDays(w.operator, w.signed(id, startDay, [1_440]))
      await w.pass(10)
      const { lapsed, endDay } = await lapseDays(w.operator, { id })
      expect([lapsed, endDay]).deep.equal([[1, 2, 3].map((i) => startDay + i), startDay + 4])
      const now = await reservation(w.tenant, { id })
      expect(now.days.map((d) => d.state)).deep.equal(["paid", "lapsed", "lapsed", "lapsed", ...Array(6).fill("ended")])
      expect(now.owed).equal(PRICE * 9n + COLLATERAL * 3n)
    })

    it("of nobody's are paid as served", async () => {
      const { id, startDay, signer: none } = await w.made({ term: 2 }, "nobody")
      expect(none).equal(undefined)
      await w.pass(2)
      expect(await claimUnsignedDays(w.operator, { id, firstDay: startDay, count: 2 })).include({ paid: PRICE * 2n, owed: 0n })
      expect((await reservation(w.tenant, { id })).days[1]).include({ state: "paid", minutes: 1_440, witness: "unsigned" })
    })
  })

  /** What a day of 360 minutes leaves in the token. */
  const MISSED = PRICE - servedAmount(PRICE, 360)

  describe("refund", () => {
    it("is asked for, and taken a day later", async () => {
      const { id, startDay } = await w.made()
      await expectError(askRefund(w.tenant, { id }), "reverted", "nothing lies in the token")
      await w.pass(1)
      await claimDays(w.operator, w.signed(id, startDay, [360]))
      await expectError(takeRefund(w.tenant, { id }), "reverted", "has not been asked for")
      await expectError(askRefund(w.buyer, { id }), "reverted", "does not own")
      const { availableAt } = await askRefund(w.tenant, { id })
      expect((await reservation(w.tenant, { id })).refundAt).equal(availableAt)
      await expectError(takeRefund(w.tenant, { id }), "reverted", "can be taken from")
      await w.pass(2)
      const before = await free(w.tenant)
      expect((await takeRefund(w.tenant, { id })).amount).equal(MISSED)
      expect((await free(w.tenant)) - before).equal(MISSED)
      expect(await reservation(w.tenant, { id })).include({ owed: 0n, refunded: MISSED })
    })
  })

  describe("transfer", () => {
    it("carries what lies in the token; the buyer names its own signer", async () => {
      const { id, startDay } = await w.made()
      await w.pass(1)
      await claimDays(w.operator, w.signed(id, startDay, [360]))
      await askRefund(w.tenant, { id })
      await expectError(transferReservation(w.buyer, { id, to: addressIn(w.buyer) }), "reverted", "does not own")
      await expectError(transferReservation(w.tenant, { id, to: "0x0000000000000000000000000000000000000000" }), "usage")
      await expectError(transferReservation(w.tenant, { id, to: w.chain.deployment.berth }), "reverted", "can't hold a reservation")
      await transferReservation(w.tenant, { id, to: addressIn(w.buyer) })
      expect((await reservations(w.tenant)).map((r) => r.id)).not.include(id)
      const [bought] = await reservations(w.buyer)
      expect(bought).include({ id, holder: addressIn(w.buyer), tenant: addressIn(w.tenant), owed: MISSED, refundAt: undefined })
      expect([bought!.signer, bought!.nextSigner]).deep.equal([signer, undefined])
      await expectError(setReservationSigner(w.tenant, { id, signer }), "reverted", "does not own")
      const mine = addressOfKey(keccakText("the buyer's signer"))
      const { fromDay } = await setReservationSigner(w.buyer, { id, signer: mine })
      expect(fromDay).equal((await w.today()) + 2)
      expect(await reservation(w.buyer, { id })).include({ signer, nextSigner: mine })
    })

    it("says from which day each change of signer acts: one of yesterday's acts tomorrow", async () => {
      const { id, signerChanges } = await w.made()
      expect(signerChanges).deep.equal([])
      const [one, two] = ["one", "two"].map((name) => addressOfKey(keccakText(name)))
      const first = await setReservationSigner(w.tenant, { id, signer: one })
      expect((await reservation(w.tenant, { id })).signerChanges).deep.equal([{ fromDay: first.fromDay, signer: one }])
      await w.pass(1)
      expect(first.fromDay).equal((await w.today()) + 1)
      expect((await reservation(w.tenant, { id })).signerChanges).deep.equal([{ fromDay: first.fromDay, signer: one }])
      const second = await setReservationSigner(w.tenant, { id, signer: undefined })
      expect(await reservation(w.tenant, { id })).deep.include({
        nextSigner: undefined,
        signerChanges: [
          { fromDay: first.fromDay, signer: one },
          { fromDay: second.fromDay, signer: undefined },
        ],
      })
      await setReservationSigner(w.tenant, { id, signer: two })
      await w.pass(1)
      expect(await reservation(w.tenant, { id })).deep.include({
        signer: one,
        nextSigner: two,
        signerChanges: [{ fromDay: second.fromDay, signer: two }],
      })
    })
  })

  describe("cancel", () => {
    it("alone: as foretold, to the credit; what earlier days owe is taken at once", async () => {
      const { id, startDay } = await w.made()
      await w.pass(2)
      await claimDays(w.operator, w.signed(id, startDay, [360]))
      const terms = cancelTerms(await reservation(w.tenant, { id }))!
      expect(terms).include({ firstDay: startDay + 3, daysLeft: 7, toOperator: (PRICE * 7n * 2_500n) / 10_000n })
      await expectError(cancelReservation(w.buyer, { id }), "reverted", "does not own")
      const before = await free(w.tenant)
      const done = await cancelReservation(w.tenant, { id })
      expect(done).include({ endDay: startDay + 3, paid: terms.toOperator, returned: terms.toHolder + MISSED })
      expect((await free(w.tenant)) - before).equal(done.returned)
      await w.pass(1)
      await claimDays(w.operator, w.signed(id, startDay + 1, [1_000]))
      const rest = PRICE - servedAmount(PRICE, 1_000)
      expect(await reservation(w.tenant, { id })).include({
        cancelled: true,
        holder: addressIn(w.tenant),
        owed: rest,
        endDay: startDay + 3,
      })
      expect((await takeRefund(w.tenant, { id })).amount).equal(rest)
      expect(cancelTerms(await reservation(w.tenant, { id }))).equal(undefined)
      expect((await reservations(w.tenant)).map((r) => r.id)).include(id)
    })

    it("as agreed: the node's word, and nobody else's", async () => {
      const { id, startDay } = await w.made()
      const deadline = (await w.market.chainTime()) + 3_600n
      const terms = { firstDay: startDay + 5, operatorBps: 100, deadline }
      const agreed = (key: Uint8Array, change = {}) => {
        const cancel = { reservation: id, ...terms, ...change }
        return { ...terms, ...change, signature: nobleEcdsa.sign(reservationCancelDigest(w.market.market, cancel), key) }
      }
      await expectError(cancelReservation(w.tenant, { id, agreement: agreed(keccakText("x")) }), "bad_signature", "not signed by node")
      await expectError(cancelReservation(w.tenant, { id, agreement: { ...agreed(w.node.key), operatorBps: 0 } }), "bad_signature")
      await expectError(
        cancelReservation(w.tenant, { id, agreement: agreed(w.node.key, { deadline: 1n }) }),
        "reverted",
        "deadline has passed",
      )
      await expectError(cancelReservation(w.tenant, { id, agreement: agreed(w.node.key, { firstDay: startDay }) }), "reverted", "has begun")
      const done = await cancelReservation(w.tenant, { id, agreement: agreed(w.node.key) })
      expect(done).include({ endDay: startDay + 5, paid: (PRICE * 5n * 100n) / 10_000n })
      const { days } = await reservation(w.tenant, { id })
      expect(days.map((d) => d.state)).deep.equal(["running", ...Array(4).fill("upcoming"), ...Array(5).fill("ended")])
    })
  })

  it("that was never made is named so", async () => {
    await expectError(reservation(w.tenant, { id: 7n }), "no_reservation")
    await expectError(askRefund(w.tenant, { id: 7n }), "no_reservation")
    await expectError(lapseDays(w.tenant, { id: 7n }), "no_reservation")
  })
})
