// What verifiers say of days, on a real chain.
import { addressOfKey, attestationDigest, keccakText, nobleEcdsa, servedDaysDigest } from "@berth/protocol"
import { expect } from "chai"
import { expectError, PRICE, ReservationWorld } from "../../../test/support/reservation-world.ts"
import { verifiersAbi } from "../chain/abi.ts"
import { attest } from "./attest.ts"
import { attestDays } from "./attestDays.ts"
import { type Reservation, reservation } from "./reservation.ts"

describe("verifiers", function () {
  this.timeout(120_000)
  let w: ReservationWorld
  /** Made before there was any set. */
  let old: Reservation
  const keys = ["verifier 1", "verifier 2", "verifier 3"].map(keccakText)
  const sign = (digest: Uint8Array, by: readonly Uint8Array[]) =>
    by.map((key) => ({ member: addressOfKey(key), signature: nobleEcdsa.sign(digest, key) }))

  before(async () => {
    w = await ReservationWorld.start()
    old = await w.made()
    const members = keys.map(addressOfKey).sort()
    const call = { address: w.chain.deployment.verifiers, abi: verifiersAbi, functionName: "addSet", args: [2, members] } as const
    await w.chain.client.waitForTransactionReceipt({ hash: await w.chain.client.writeContract(call) })
  })
  after(() => w?.stop())

  it("pay a day that the holder did not sign for, late, and only as a quorum", async () => {
    const { id, startDay, verifierSet } = await w.made({ term: 2 })
    expect(verifierSet).equal(1)
    const days = { firstDay: startDay, count: 1 }
    const digest = servedDaysDigest(w.market.market, { reservation: id, ...days })
    // In any order: the action sorts them as the contract wants them.
    const two = sign(digest, [keys[2]!, keys[0]!])
    await w.pass(2)
    await expectError(attestDays(w.operator, { id, ...days, signatures: two }), "reverted", "may attest")
    await w.pass(5)
    await expectError(attestDays(w.operator, { id, ...days, signatures: two.slice(1) }), "reverted", "must")
    await expectError(attestDays(w.operator, { id, ...days, signatures: sign(digest, [keccakText("x")]) }), "usage", "is no member")
    await expectError(attestDays(w.operator, { id, ...days, signatures: [two[0]!, two[0]!] }), "usage", "twice")
    const swapped = [two[0]!, { member: two[1]!.member, signature: two[0]!.signature }]
    await expectError(attestDays(w.operator, { id, ...days, signatures: swapped }), "bad_signature", "is not of member")
    expect(await attestDays(w.operator, { id, ...days, signatures: two })).include({ paid: PRICE, owed: 0n })
    expect((await reservation(w.tenant, { id })).days[0]).include({ state: "paid", witness: "quorum" })
  })

  it("have a statement over three days paid in parts, each when its time has come, and say which days are left", async () => {
    const { id, startDay, claimPeriod } = await w.made({ term: 3 })
    const days = { firstDay: startDay, count: 3 }
    const signatures = sign(servedDaysDigest(w.market.market, { reservation: id, ...days }), keys.slice(0, 2))
    await w.pass(startDay + claimPeriod - 1 - (await w.today()))
    const later = [1, 2].map((k) => ({ day: startDay + k, from: startDay + k + claimPeriod - 1, until: startDay + k + claimPeriod }))
    expect(await attestDays(w.operator, { id, ...days, signatures })).deep.include({ paid: PRICE, later })
    await expectError(attestDays(w.operator, { id, ...days, signatures }), "reverted", "may attest")
    await w.pass(2)
    // On the first day's last, the second's last, the third's first.
    expect(await attestDays(w.operator, { id, ...days, signatures })).deep.include({ paid: 2n * PRICE, later: [] })
  })

  it("have nothing to say where there was no set", async () => {
    expect(old.verifierSet).equal(0)
    await expectError(attestDays(w.operator, { id: old.id, firstDay: old.startDay, count: 1, signatures: [] }), "usage", "no verifiers")
  })

  it("sign a root a day", async () => {
    const [day, root] = [(await w.today()) - 1, keccakText("measured")]
    const signatures = sign(attestationDigest(w.market.market, { day, root }), keys)
    await attest(w.buyer, { day, root, signatures })
    const other = keccakText("otherwise")
    const late = sign(attestationDigest(w.market.market, { day, root: other }), keys)
    await expectError(attest(w.buyer, { day, root: other, signatures: late }), "reverted", "a root, 0x\\w+, is attested")
  })
})
