// Reservations and stake on a real chain, by the SDK's actions alone; the node's and the signer's words are signed here.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type Address,
  addressOfKey,
  attestationDigest,
  collateralPerDay,
  dayClaimDigest,
  dayOf,
  keccakText,
  nobleEcdsa,
  packServed,
  type ReservationQuote,
  reservationCancelDigest,
  reservationId,
  reservationQuoteDigest,
  servedAmount,
  servedDaysDigest,
} from "@berth/protocol"
import { expect } from "chai"
import { http } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { TestMarket, type TestNode } from "../../../test/support/market.ts"
import { verifiersAbi } from "../chain/abi.ts"
import { type BerthClient, createBerthClient } from "../client.ts"
import { BerthError, type BerthErrorCode } from "../errors.ts"
import { askRefund } from "./askRefund.ts"
import { attest } from "./attest.ts"
import { attestDays } from "./attestDays.ts"
import { balance } from "./balance.ts"
import { cancelReservation, cancelTerms } from "./cancelReservation.ts"
import { checkReservationQuote } from "./checkReservationQuote.ts"
import { claimDays } from "./claimDays.ts"
import { claimUnsignedDays } from "./claimUnsignedDays.ts"
import { finishUnstake } from "./finishUnstake.ts"
import { lapseDays } from "./lapseDays.ts"
import { requestUnstake } from "./requestUnstake.ts"
import { type Reservation, reservation } from "./reservation.ts"
import { reservations } from "./reservations.ts"
import { reserve } from "./reserve.ts"
import { setLockable } from "./setLockable.ts"
import { setReservationSigner } from "./setReservationSigner.ts"
import { stake } from "./stake.ts"
import { stakeOf } from "./stakeOf.ts"
import { takeRefund } from "./takeRefund.ts"
import { transferReservation } from "./transferReservation.ts"

const DAY = 86_400
/** $0.36 an hour: 8.64 a day and GPU. */
const HOURLY = 360_000n
const LISTED = HOURLY * 24n * 2n
const PRICE = 13_000_001n
const COLLATERAL = collateralPerDay(PRICE, 1_000)

describe("reservations", function () {
  this.timeout(120_000)
  let chain: LocalChain
  let market: TestMarket
  let node: TestNode
  let [operator, tenant, buyer] = [] as unknown as [BerthClient, BerthClient, BerthClient]
  let quotes = 0
  const signerKey = keccakText("the holder's signer")
  const signer = addressOfKey(signerKey)

  const clientOf = (account: ReturnType<TestMarket["account"]>) => {
    const deployment = { ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) }
    return createBerthClient({ deployment, transport: http(chain.rpcUrl), account, pollingInterval: 50 })
  }
  const addressIn = (client: BerthClient) => client.wallet!.account.address.toLowerCase() as Address
  const today = async () => dayOf(await market.chainTime())

  /** A quote for two vCPUs from today on, as the node would sign it. */
  const quoted = async (change: Partial<ReservationQuote> = {}, key = node.key) => {
    const quote: ReservationQuote = {
      node: node.address,
      tenant: addressIn(tenant),
      class: "cpu/x86-64",
      gpus: 2,
      startDay: await today(),
      term: 10,
      pricePerDay: PRICE,
      listPricePerDay: LISTED,
      collateralBps: 1_000,
      cancelFeeBps: 2_500,
      claimPeriod: 8,
      expires: (await market.chainTime()) + 3_600n,
      nonce: keccakText(`quote ${++quotes}`),
      ...change,
    }
    return { quote, signature: nobleEcdsa.sign(reservationQuoteDigest(market.market, quote), key) }
  }
  const made = async (change: Partial<ReservationQuote> = {}, by: Address | "nobody" = signer): Promise<Reservation> => {
    const { id } = await reserve(tenant, { ...(await quoted(change)), signer: by === "nobody" ? undefined : by })
    return reservation(tenant, { id })
  }
  const signed = (id: bigint, firstDay: number, served: readonly number[], key = signerKey) => ({
    id,
    firstDay,
    served,
    signature: nobleEcdsa.sign(dayClaimDigest(market.market, { reservation: id, firstDay, served: packServed(served) }), key),
  })
  const free = async (client: BerthClient) => (await balance(client)).available
  /** To noon of the UTC day `days` ahead. */
  const pass = async (days: number) => {
    const now = Number(await market.chainTime())
    await chain.increaseTime((Math.floor(now / DAY) + days) * DAY + DAY / 2 - now)
  }

  before(async () => {
    chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: 0 })
    market = new TestMarket(chain)
    const discounts = [{ term: 7, bps: 2_500 }]
    node = await market.registerNode("node", market.account(1), {
      offers: [{ class: "cpu/x86-64", count: 4, vramMiB: 0, price: HOURLY, discounts }],
    })
    for (const index of [1, 2, 3]) await market.deposit(market.account(index), 5_000_000_000n)
    ;[operator, tenant, buyer] = [1, 2, 3].map((index) => clientOf(market.account(index))) as [BerthClient, BerthClient, BerthClient]
    await pass(1)
  })
  after(() => chain?.stop())

  describe("stake", () => {
    it("is staked, made lockable, and comes back after its days", async () => {
      expect(await stakeOf(operator)).deep.equal({
        operator: addressIn(operator),
        free: 0n,
        unbonding: 0n,
        unbondsAt: undefined,
        nodes: [{ node: node.address, lockable: 0n }],
      })
      expect((await stake(operator, { amount: 1_000_000_000n })).free).equal(1_000_000_000n)
      expect((await setLockable(operator, { node: node.address, amount: 900_000_000n })).free).equal(100_000_000n)
      const { unbonding, unbondsAt } = await requestUnstake(operator, { amount: 60_000_000n })
      expect(unbonding).equal(60_000_000n)
      await expectError(finishUnstake(operator), "reverted", "unbonds until")
      expect(await stakeOf(tenant, { operator: addressIn(operator) })).deep.equal({
        operator: addressIn(operator),
        free: 40_000_000n,
        unbonding: 60_000_000n,
        unbondsAt,
        nodes: [{ node: node.address, lockable: 900_000_000n }],
      })
      await pass(8)
      const before = await free(operator)
      expect((await finishUnstake(operator)).amount).equal(60_000_000n)
      expect(await free(operator)).equal(before + 60_000_000n)
    })

    it("that is not there, or another's node: said with what to do", async () => {
      await expectError(setLockable(operator, { node: node.address, amount: 2_000_000_000n }), "insufficient_stake", "stake are free")
      await expectError(requestUnstake(operator, { amount: 1_000_000_000n }), "insufficient_stake")
      await expectError(setLockable(tenant, { node: node.address, amount: 1n }), "reverted", "is not the operator")
      await expectError(finishUnstake(tenant), "reverted", "no stake is unbonding")
      await expectError(stake(tenant, { amount: 6_000_000_000n }), "insufficient_credits")
    })
  })

  describe("a quote", () => {
    it("is compared with what its node lists on chain, not with what it says of that", async () => {
      const offer = await checkReservationQuote(tenant, await quoted({ listPricePerDay: LISTED * 10n }))
      expect(offer).include({ payAsYouGoPerDay: LISTED, listed: true, discountBps: 2_476 })
      expect(offer.cost).deep.equal({ collateralPerDay: COLLATERAL, price: PRICE * 10n, collateral: COLLATERAL * 10n })
      const humble = await checkReservationQuote(tenant, await quoted({ listPricePerDay: PRICE }))
      expect(humble).include({ payAsYouGoPerDay: PRICE, discountBps: 0 })
      expect(await checkReservationQuote(tenant, await quoted({ class: "cpu/arm64" }))).include({ listed: false })
    })

    it("that is forged, another's, expired or out of bounds takes no money", async () => {
      const before = await free(tenant)
      const wrong: [Parameters<typeof reserve>[1], BerthErrorCode, string][] = [
        [{ ...(await quoted({}, keccakText("stranger"))), signer }, "bad_signature", "not signed by node"],
        [{ ...(await quoted({ tenant: addressIn(buyer) })), signer }, "quote_mismatch", "is for"],
        [{ ...(await quoted({ expires: (await market.chainTime()) - 1n })), signer }, "quote_expired", "expired at"],
        [{ ...(await quoted({ term: 367 })), signer }, "malformed", "term"],
        [{ ...(await quoted({ startDay: (await today()) - 1 })), signer }, "malformed", "startDay"],
        [{ ...(await quoted({ pricePerDay: LISTED + 1n })), signer }, "quote_mismatch", "pay-as-you-go"],
        [{ ...(await quoted()), signer, maxPricePerDay: PRICE - 1n }, "quote_mismatch", "is above"],
        [{ ...(await quoted({ term: 366, pricePerDay: LISTED })), signer }, "insufficient_credits", "this needs"],
        [{ ...(await quoted({ collateralBps: 10_000, term: 80 })), signer }, "insufficient_stake", "of stake are free"],
      ]
      for (const [options, code, text] of wrong) await expectError(reserve(tenant, options), code, text)
      const changed = await quoted()
      changed.quote = { ...changed.quote, pricePerDay: 1n }
      await expectError(reserve(tenant, { ...changed, signer }), "bad_signature")
      expect(await free(tenant)).equal(before)
    })
  })

  describe("reserve", () => {
    it("locks price and collateral, and shows what was agreed", async () => {
      const [before, lockable] = [await free(tenant), (await stakeOf(operator)).nodes[0]!.lockable]
      const { quote, signature } = await quoted()
      const { id, existed } = await reserve(tenant, { quote, signature, signer })
      expect([id, existed]).deep.equal([reservationId(node.address, quote.nonce), false])
      expect(before - (await free(tenant))).equal(PRICE * 10n)
      expect(lockable - (await stakeOf(operator)).nodes[0]!.lockable).equal(COLLATERAL * 10n)
      const shown = await reservation(buyer, { id })
      const [start, me] = [quote.startDay, addressIn(tenant)]
      expect(shown).include({ id, node: node.address, holder: me, tenant: me, class: "cpu/x86-64", gpus: 2, term: 10, cancelled: false })
      expect(shown).include({
        startDay: start,
        endDay: start + 10,
        pricePerDay: PRICE,
        listPricePerDay: LISTED,
        collateralPerDay: COLLATERAL,
      })
      expect(shown).include({ signer, nextSigner: signer, owed: 0n, earned: 0n, refunded: 0n, refundAt: undefined })
      expect(shown.days.map((d) => d.state)).deep.equal(["running", ...Array(9).fill("upcoming")])
      expect((await reservations(tenant)).map((r) => r.id)).include(id)
      expect((await reservations(buyer, { node: node.address })).map((r) => r.id)).include(id)
      expect(await reservations(buyer)).deep.equal([])
    })

    it("with the same quote makes one reservation: again, at the same time, and after it expired", async () => {
      const offer = { ...(await quoted()), signer }
      const before = await free(tenant)
      // Two programs with the same wallet.
      const other = clientOf(market.account(2))
      const results = await Promise.all([tenant, other].map((client) => reserve(client, offer)))
      expect(results.filter((r) => !r.existed)).lengthOf(1)
      await pass(1)
      results.push(await reserve(tenant, offer))
      expect(results[2]!.existed).equal(true)
      expect(new Set(results.map((r) => r.hash)).size).equal(1)
      expect(before - (await free(tenant))).equal(PRICE * 10n)
    })

    it("of GPUs that went to somebody else by a quote with the same nonce says so", async () => {
      const nonce = keccakText("contested")
      await reserve(tenant, { ...(await quoted({ nonce })), signer })
      await expectError(reserve(buyer, { ...(await quoted({ nonce, tenant: addressIn(buyer) })), signer }), "no_capacity", "are taken")
      await expectError(reserve(tenant, { ...(await quoted({ nonce, term: 11 })), signer }), "no_capacity", "are taken")
    })

    it("dearer than pay-as-you-go only when that is said", async () => {
      const offer = await quoted({ pricePerDay: LISTED + 1n, term: 1 })
      expect((await reserve(tenant, { ...offer, signer, evenIfDearer: true })).existed).equal(false)
    })
  })

  describe("days", () => {
    it("are served, missed, open and lapsed; what is not served comes back", async () => {
      const { id, startDay } = await made()
      await pass(4)
      const earned = await free(operator)
      const claim = await claimDays(operator, signed(id, startDay, [1_440, 700, 0]))
      const half = servedAmount(PRICE, 700)
      expect(claim).include({ paid: PRICE + half, fee: 0n, collateral: 2n * COLLATERAL, owed: PRICE - half + PRICE + COLLATERAL })
      expect(await free(operator)).equal(earned + PRICE + half + 2n * COLLATERAL)
      const now = await reservation(tenant, { id })
      expect(now.days.slice(0, 6).map((d) => [d.state, d.minutes, d.witness])).deep.equal([
        ["paid", 1_440, "holder"],
        ["paid", 700, "holder"],
        ["missed", 0, "holder"],
        ["open", undefined, undefined],
        ["running", undefined, undefined],
        ["upcoming", undefined, undefined],
      ])
      expect(now.days[3]!.claimUntil).equal(BigInt(startDay + 4 + 8) * 86_400n)
      expect([now.earned, now.owed]).deep.equal([claim.paid, claim.owed])
      await expectError(claimDays(operator, signed(id, startDay, [1_440])), "reverted", "is resolved")
      await expectError(claimDays(operator, signed(id, startDay + 4, [1_440])), "reverted", "is not over")
      await expectError(claimDays(operator, signed(id, startDay + 3, [1_440], keccakText("x"))), "bad_signature", "who signs for them")
      await expectError(claimUnsignedDays(operator, { id, firstDay: startDay + 3, count: 1 }), "reverted", "not paid unsigned")

      await pass(8)
      const later = await reservation(tenant, { id })
      expect(later.days[3]).include({ state: "lapsed", minutes: 0 })
      expect(later.owed).equal(claim.owed + PRICE + COLLATERAL)
      expect(await lapseDays(buyer, { id })).deep.include({ lapsed: [startDay + 3], endDay: undefined })
      expect((await reservation(tenant, { id })).owed).equal(later.owed)
    })

    it("after three lapsed ones the term ends, and the rest comes back", async () => {
      const { id, startDay } = await made()
      await pass(2)
      await claimDays(operator, signed(id, startDay, [1_440]))
      await pass(10)
      const { lapsed, endDay } = await lapseDays(operator, { id })
      expect([lapsed, endDay]).deep.equal([[1, 2, 3].map((i) => startDay + i), startDay + 4])
      const now = await reservation(tenant, { id })
      expect(now.days.map((d) => d.state)).deep.equal(["paid", "lapsed", "lapsed", "lapsed", ...Array(6).fill("ended")])
      expect(now.owed).equal(PRICE * 9n + COLLATERAL * 3n)
    })

    it("of nobody's are paid as served", async () => {
      const { id, startDay, signer: none } = await made({ term: 2 }, "nobody")
      expect(none).equal(undefined)
      await pass(2)
      expect(await claimUnsignedDays(operator, { id, firstDay: startDay, count: 2 })).include({ paid: PRICE * 2n, owed: 0n })
      expect((await reservation(tenant, { id })).days[1]).include({ state: "paid", minutes: 1_440, witness: "unsigned" })
    })
  })

  describe("refund", () => {
    it("is asked for, and taken a day later", async () => {
      const { id, startDay } = await made()
      await expectError(askRefund(tenant, { id }), "reverted", "nothing lies in the token")
      await pass(1)
      await claimDays(operator, signed(id, startDay, [0]))
      await expectError(takeRefund(tenant, { id }), "reverted", "has not been asked for")
      await expectError(askRefund(buyer, { id }), "reverted", "does not own")
      const { availableAt } = await askRefund(tenant, { id })
      expect((await reservation(tenant, { id })).refundAt).equal(availableAt)
      await expectError(takeRefund(tenant, { id }), "reverted", "can be taken from")
      await pass(2)
      const before = await free(tenant)
      expect((await takeRefund(tenant, { id })).amount).equal(PRICE + COLLATERAL)
      expect((await free(tenant)) - before).equal(PRICE + COLLATERAL)
      expect(await reservation(tenant, { id })).include({ owed: 0n, refunded: PRICE + COLLATERAL })
    })
  })

  describe("transfer", () => {
    it("carries what lies in the token; the buyer names its own signer", async () => {
      const { id, startDay } = await made()
      await pass(1)
      await claimDays(operator, signed(id, startDay, [0]))
      await askRefund(tenant, { id })
      await expectError(transferReservation(buyer, { id, to: addressIn(buyer) }), "reverted", "does not own")
      await expectError(transferReservation(tenant, { id, to: "0x0000000000000000000000000000000000000000" }), "usage")
      await expectError(transferReservation(tenant, { id, to: chain.deployment.berth }), "reverted", "can't hold a reservation")
      await transferReservation(tenant, { id, to: addressIn(buyer) })
      expect((await reservations(tenant)).map((r) => r.id)).not.include(id)
      const [bought] = await reservations(buyer)
      expect(bought).include({ id, holder: addressIn(buyer), tenant: addressIn(tenant), owed: PRICE + COLLATERAL, refundAt: undefined })
      expect([bought!.signer, bought!.nextSigner]).deep.equal([signer, undefined])
      await expectError(setReservationSigner(tenant, { id, signer }), "reverted", "does not own")
      const mine = addressOfKey(keccakText("the buyer's signer"))
      const { fromDay } = await setReservationSigner(buyer, { id, signer: mine })
      expect(fromDay).equal((await today()) + 2)
      expect(await reservation(buyer, { id })).include({ signer, nextSigner: mine })
    })
  })

  describe("cancel", () => {
    it("alone: as foretold, to the credit; what earlier days owe is taken at once", async () => {
      const { id, startDay } = await made()
      await pass(2)
      await claimDays(operator, signed(id, startDay, [0]))
      const terms = cancelTerms(await reservation(tenant, { id }), await market.chainTime())!
      expect(terms).include({ firstDay: startDay + 3, daysLeft: 7, toOperator: (PRICE * 7n * 2_500n) / 10_000n })
      await expectError(cancelReservation(buyer, { id }), "reverted", "does not own")
      const before = await free(tenant)
      const done = await cancelReservation(tenant, { id })
      expect(done).include({ endDay: startDay + 3, paid: terms.toOperator, returned: terms.toHolder + PRICE + COLLATERAL })
      expect((await free(tenant)) - before).equal(done.returned)
      await pass(1)
      await claimDays(operator, signed(id, startDay + 1, [1_000]))
      const rest = PRICE - servedAmount(PRICE, 1_000)
      expect(await reservation(tenant, { id })).include({ cancelled: true, holder: addressIn(tenant), owed: rest, endDay: startDay + 3 })
      expect((await takeRefund(tenant, { id })).amount).equal(rest)
      expect(cancelTerms(await reservation(tenant, { id }), await market.chainTime())).equal(undefined)
      expect((await reservations(tenant)).map((r) => r.id)).include(id)
    })

    it("as agreed: the node's word, and nobody else's", async () => {
      const { id, startDay } = await made()
      const deadline = (await market.chainTime()) + 3_600n
      const terms = { firstDay: startDay + 5, operatorBps: 100, deadline }
      const agreed = (key: Uint8Array, change = {}) => {
        const cancel = { reservation: id, ...terms, ...change }
        return { ...terms, ...change, signature: nobleEcdsa.sign(reservationCancelDigest(market.market, cancel), key) }
      }
      await expectError(cancelReservation(tenant, { id, agreement: agreed(keccakText("x")) }), "bad_signature", "not signed by node")
      await expectError(cancelReservation(tenant, { id, agreement: { ...agreed(node.key), operatorBps: 0 } }), "bad_signature")
      await expectError(cancelReservation(tenant, { id, agreement: agreed(node.key, { deadline: 1n }) }), "reverted", "deadline has passed")
      await expectError(cancelReservation(tenant, { id, agreement: agreed(node.key, { firstDay: startDay }) }), "reverted", "has begun")
      const done = await cancelReservation(tenant, { id, agreement: agreed(node.key) })
      expect(done).include({ endDay: startDay + 5, paid: (PRICE * 5n * 100n) / 10_000n })
      const { days } = await reservation(tenant, { id })
      expect(days.map((d) => d.state)).deep.equal(["running", ...Array(4).fill("upcoming"), ...Array(5).fill("ended")])
    })
  })

  describe("verifiers", () => {
    const keys = ["verifier 1", "verifier 2", "verifier 3"].map(keccakText)
    const sign = (digest: Uint8Array, by: readonly Uint8Array[]) =>
      by.map((key) => ({ member: addressOfKey(key), signature: nobleEcdsa.sign(digest, key) }))

    before(async () => {
      const members = keys.map(addressOfKey).sort()
      const call = { address: chain.deployment.verifiers, abi: verifiersAbi, functionName: "addSet", args: [2, members] } as const
      await chain.client.waitForTransactionReceipt({ hash: await chain.client.writeContract(call) })
    })

    it("pay a day that the holder did not sign for, late, and only as a quorum", async () => {
      const { id, startDay, verifierSet } = await made({ term: 2 })
      expect(verifierSet).equal(1)
      const days = { firstDay: startDay, count: 1 }
      const digest = servedDaysDigest(market.market, { reservation: id, ...days })
      // In any order: the action sorts them as the contract wants them.
      const two = sign(digest, [keys[2]!, keys[0]!])
      await pass(2)
      await expectError(attestDays(operator, { id, ...days, signatures: two }), "reverted", "may attest")
      await pass(5)
      await expectError(attestDays(operator, { id, ...days, signatures: two.slice(1) }), "reverted", "must")
      await expectError(attestDays(operator, { id, ...days, signatures: sign(digest, [keccakText("x")]) }), "usage", "is no member")
      await expectError(attestDays(operator, { id, ...days, signatures: [two[0]!, two[0]!] }), "usage", "twice")
      const swapped = [two[0]!, { member: two[1]!.member, signature: two[0]!.signature }]
      await expectError(attestDays(operator, { id, ...days, signatures: swapped }), "bad_signature", "is not of member")
      expect(await attestDays(operator, { id, ...days, signatures: two })).include({ paid: PRICE, owed: 0n })
      expect((await reservation(tenant, { id })).days[0]).include({ state: "paid", witness: "quorum" })
    })

    it("have nothing to say where there was no set", async () => {
      const old = (await reservations(buyer, { node: node.address })).find((r) => r.verifierSet === 0 && !r.cancelled)!
      await expectError(attestDays(operator, { id: old.id, firstDay: old.startDay, count: 1, signatures: [] }), "reverted", "no verifiers")
    })

    it("sign a root a day", async () => {
      const [day, root] = [(await today()) - 1, keccakText("measured")]
      const signatures = sign(attestationDigest(market.market, { day, root }), keys)
      await attest(buyer, { day, root, signatures })
      const other = keccakText("otherwise")
      const late = sign(attestationDigest(market.market, { day, root: other }), keys)
      await expectError(attest(buyer, { day, root: other, signatures: late }), "reverted", "another root")
    })
  })

  it("that was never made is named so", async () => {
    await expectError(reservation(tenant, { id: 7n }), "no_reservation")
    await expectError(askRefund(tenant, { id: 7n }), "no_reservation")
    await expectError(lapseDays(tenant, { id: 7n }), "no_reservation")
  })
})

async function expectError(action: Promise<unknown>, code: BerthErrorCode, text = ""): Promise<void> {
  const error = await action.then(
    () => undefined,
    (e: unknown) => e,
  )
  expect(error, `nothing was thrown, ${code} was expected`).instanceOf(BerthError)
  expect([(error as BerthError).code, (error as BerthError).message].join(": ")).match(new RegExp(`^${code}: .*${text}`))
}
