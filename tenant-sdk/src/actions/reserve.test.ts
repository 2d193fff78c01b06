// What a tenant pays for before it has it: quotes are checked, and one makes one reservation.
import { keccakText, reservationId } from "@berth/protocol"
import { expect } from "chai"
import {
  addressIn,
  COLLATERAL,
  expectError,
  free,
  LISTED,
  PRICE,
  ReservationWorld,
  signer,
} from "../../../test/support/reservation-world.ts"
import type { BerthErrorCode } from "../errors.ts"
import { addVerifierSet } from "./addVerifierSet.ts"
import { checkReservationQuote } from "./checkReservationQuote.ts"
import { reservation } from "./reservation.ts"
import { reservations } from "./reservations.ts"
import { reserve } from "./reserve.ts"
import { setFee } from "./setFee.ts"
import { stakeOf } from "./stakeOf.ts"

describe("reserve", function () {
  this.timeout(120_000)
  let w: ReservationWorld

  before(async () => {
    w = await ReservationWorld.start()
  })
  after(() => w?.stop())

  describe("a quote", () => {
    it("is compared with what its node lists on chain, not with what it says of that", async () => {
      const offer = await checkReservationQuote(w.tenant, await w.quoted({ listPricePerDay: LISTED * 10n }))
      expect(offer).include({ payAsYouGoPerDay: LISTED, listed: true, discountBps: 2_476 })
      expect(offer.cost).deep.equal({ collateralPerDay: COLLATERAL, price: PRICE * 10n, collateral: COLLATERAL * 10n })
      const humble = await checkReservationQuote(w.tenant, await w.quoted({ listPricePerDay: PRICE }))
      expect(humble).include({ payAsYouGoPerDay: PRICE, discountBps: 0 })
      expect(await checkReservationQuote(w.tenant, await w.quoted({ class: "cpu/arm64" }))).include({ listed: false })
    })

    it("that is forged, another's, expired or out of bounds takes no money", async () => {
      const before = await free(w.tenant)
      const wrong: [Parameters<typeof reserve>[1], BerthErrorCode, string][] = [
        [{ ...(await w.quoted({}, keccakText("stranger"))), signer }, "bad_signature", "not signed by node"],
        [{ ...(await w.quoted({ tenant: addressIn(w.buyer) })), signer }, "quote_mismatch", "is for"],
        [{ ...(await w.quoted({ expires: (await w.market.chainTime()) - 1n })), signer }, "quote_expired", "expired at"],
        [{ ...(await w.quoted({ term: 367 })), signer }, "malformed", "term"],
        [{ ...(await w.quoted({ startDay: (await w.today()) - 1 })), signer }, "malformed", "startDay"],
        [{ ...(await w.quoted({ pricePerDay: LISTED + 1n })), signer }, "quote_mismatch", "pay-as-you-go"],
        [{ ...(await w.quoted({ pricePerDay: LISTED })), signer }, "quote_mismatch", "not less than .* pay-as-you-go"],
        [{ ...(await w.quoted()), signer, maxPricePerDay: PRICE - 1n }, "quote_mismatch", "is above"],
        [{ ...(await w.quoted({ term: 366, pricePerDay: LISTED - 1n })), signer }, "insufficient_credits", "this needs"],
        [{ ...(await w.quoted({ collateralBps: 10_000, term: 80 })), signer }, "insufficient_stake", "of stake are free"],
      ]
      for (const [options, code, text] of wrong) await expectError(reserve(w.tenant, options), code, text)
      const changed = await w.quoted()
      changed.quote = { ...changed.quote, pricePerDay: 1n }
      await expectError(reserve(w.tenant, { ...changed, signer }), "bad_signature")
      expect(await free(w.tenant)).equal(before)
    })
  })

  describe("reserve", () => {
    it("locks price and collateral, and shows what was agreed", async () => {
      const [before, lockable] = [await free(w.tenant), (await stakeOf(w.operator)).nodes[0]!.lockable]
      const { quote, signature } = await w.quoted()
      const { id, existed } = await reserve(w.tenant, { quote, signature, signer })
      expect([id, existed]).deep.equal([reservationId(w.node.address, quote.nonce), false])
      expect(before - (await free(w.tenant))).equal(PRICE * 10n)
      expect(lockable - (await stakeOf(w.operator)).nodes[0]!.lockable).equal(COLLATERAL * 10n)
      const shown = await reservation(w.buyer, { id })
      const [start, me] = [quote.startDay, addressIn(w.tenant)]
      expect(shown).include({ id, node: w.node.address, holder: me, tenant: me, class: "cpu/x86-64", gpus: 2, term: 10, cancelled: false })
      expect(shown).include({
        startDay: start,
        endDay: start + 10,
        pricePerDay: PRICE,
        listPricePerDay: LISTED,
        collateralPerDay: COLLATERAL,
      })
      expect(shown).include({
        signer,
        nextSigner: signer,
        owed: 0n,
        earned: 0n,
        refunded: 0n,
        refundAt: undefined,
        asOf: await w.market.chainTime(),
      })
      expect(shown.days.map((d) => d.state)).deep.equal(["running", ...Array(9).fill("upcoming")])
      expect((await reservations(w.tenant)).map((r) => r.id)).include(id)
      expect((await reservations(w.buyer, { node: w.node.address })).map((r) => r.id)).include(id)
      expect(await reservations(w.buyer)).deep.equal([])
    })

    it("with the same quote makes one reservation: again, at the same time, and after it expired", async () => {
      const offer = { ...(await w.quoted()), signer }
      const before = await free(w.tenant)
      // Two programs with the same wallet.
      const other = w.client(2)
      const results = await Promise.all([w.tenant, other].map((client) => reserve(client, offer)))
      expect(results.filter((r) => !r.existed)).lengthOf(1)
      await w.pass(1)
      results.push(await reserve(w.tenant, offer))
      expect(results[2]!.existed).equal(true)
      expect(new Set(results.map((r) => r.hash)).size).equal(1)
      expect(before - (await free(w.tenant))).equal(PRICE * 10n)
    })

    it("of GPUs that went to somebody else by a quote with the same nonce says so", async () => {
      const nonce = keccakText("contested")
      await reserve(w.tenant, { ...(await w.quoted({ nonce })), signer })
      await expectError(
        reserve(w.buyer, { ...(await w.quoted({ nonce, tenant: addressIn(w.buyer) })), signer }),
        "no_capacity",
        "are taken",
      )
      await expectError(reserve(w.tenant, { ...(await w.quoted({ nonce, term: 11 })), signer }), "no_capacity", "are taken")
    })

    it("tried again with other terms of its end is not what was made", async () => {
      for (const change of [{ cancelFeeBps: 2_501 }, { claimPeriod: 9 }, { collateralBps: 999 }, { listPricePerDay: LISTED + 1n }]) {
        const nonce = keccakText(`again with ${Object.keys(change)[0]}`)
        await reserve(w.tenant, { ...(await w.quoted({ nonce, term: 1 })), signer })
        const other = { ...(await w.quoted({ nonce, term: 1, ...change })), signer }
        const field = "collateralBps" in change ? "collateralPerDay" : Object.keys(change)[0]!
        await expectError(reserve(w.tenant, other), "no_capacity", `on other terms: ${field}`)
      }
    })

    it("tried again with another signer says which was named", async () => {
      const offer = await w.quoted({ term: 1 })
      expect(await reserve(w.tenant, { ...offer, signer })).include({ signer, existed: false })
      expect(await reserve(w.tenant, { ...offer, signer: undefined })).include({ signer, existed: true })
      const unsigned = await w.quoted({ term: 1 })
      expect(await reserve(w.tenant, { ...unsigned, signer: undefined })).include({ signer: undefined, existed: false })
      expect(await reserve(w.tenant, { ...unsigned, signer })).include({ signer: undefined, existed: true })
    })

    it("dearer than pay-as-you-go, or as dear, only when that is said", async () => {
      for (const pricePerDay of [LISTED, LISTED + 1n]) {
        const offer = await w.quoted({ pricePerDay, term: 1 })
        expect((await reserve(w.tenant, { ...offer, signer, evenIfDearer: true })).existed).equal(false)
      }
    })

    it("names the fee and the verifiers that the owner changed while it was on its way, and nothing when it changed none", async () => {
      expect(await reserve(w.tenant, { ...(await w.quoted({ term: 1 })), signer })).deep.include({
        feeBps: 0,
        verifierSet: 0,
        changed: undefined,
      })
      const owner = w.client(19)
      const hurried = w.clientThrough(2, async () => {
        await setFee(owner, { bps: 123 })
        await addVerifierSet(owner, { threshold: 1, members: [addressIn(owner)] })
      })
      const offer = await w.quoted({ term: 1 })
      const made = await reserve(hurried, { ...offer, signer })
      expect(made).deep.include({
        feeBps: 123,
        verifierSet: 1,
        changed: { feeBps: { before: 0, made: 123 }, verifierSet: { before: 0, made: 1 } },
      })
      expect((await reservation(w.buyer, { id: made.id })).verifierSet).equal(1)
      // Of one that was there before, nothing is known of what was seen then.
      expect(await reserve(w.tenant, { ...offer, signer })).deep.include({ feeBps: 123, verifierSet: 1, existed: true, changed: undefined })
    })
  })
})
