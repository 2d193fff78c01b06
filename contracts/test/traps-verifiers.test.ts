// Traps of quorums and attestations, each as a test of its name.
import { expect } from "chai"
import { keccak256, toBeHex, toUtf8Bytes } from "ethers"
import { seededWallet } from "./support/batch.ts"
import { deployBerth, loadFixture, time } from "./support/harbour.ts"
import { berthDomain, type CompactSignature } from "./support/signing.ts"
import { ATTESTATION_LIFE, addresses, members, SECONDS_PER_DAY, signAll, structHash, withVerifiers } from "./support/verifiers.ts"

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const ROOT = keccak256(toUtf8Bytes("a day's root"))
const [first, second, third] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]]

/** The same signature in its other form, as far as EIP-2098 can carry it: all but the top bit of s. */
function twisted({ r, vs }: CompactSignature): CompactSignature {
  const s = BigInt(vs) & (2n ** 255n - 1n)
  return { r, vs: toBeHex((((BigInt(vs) >> 255n) ^ 1n) << 255n) | ((CURVE_ORDER - s) & (2n ** 255n - 1n)), 32) }
}

async function attesting() {
  const harbour = await withVerifiers()
  const { verifiers, day } = harbour
  const sign = (by = [first, second], value: { day: number; root: string } = { day, root: ROOT }, domain = harbour.domain) =>
    signAll(harbour, "Attestation", value, by, domain)
  const attest = (bitmap: number, signatures: CompactSignature[]) => verifiers.getFunction("attest")(day, ROOT, bitmap, signatures)
  return { ...harbour, sign, attest }
}

describe("Traps: verifiers", () => {
  it("a duplicated member's signature counts once", async () => {
    const { verifiers, sign, attest } = await loadFixture(attesting)
    const [signature] = await sign([first])
    await expect(attest(0b001, [signature!, signature!])).to.be.revertedWithCustomError(verifiers, "BadMemberBitmap")
    await expect(attest(0b011, [signature!, signature!]))
      .to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
      .withArgs(1, second.address)
    await expect(verifiers.getFunction("addSet")(2, [first.address, first.address])).to.be.revertedWithCustomError(
      verifiers,
      "MembersNotAscending",
    )
  })

  it("k - 1 signatures are no quorum, nor with an empty one beside them", async () => {
    const { verifiers, sign, attest } = await loadFixture(attesting)
    const [signature] = await sign([first])
    const none = { r: toBeHex(0, 32), vs: toBeHex(0, 32) }
    await expect(attest(0b001, [signature!]))
      .to.be.revertedWithCustomError(verifiers, "NoQuorum")
      .withArgs(1, 1, 2)
    await expect(attest(0b011, [signature!]))
      .to.be.revertedWithCustomError(verifiers, "NoQuorum")
      .withArgs(1, 1, 2)
    await expect(attest(0b011, [signature!, none])).to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
    await expect(attest(0b001, [signature!, none])).to.be.revertedWithCustomError(verifiers, "BadMemberBitmap")
    await expect(attest(0, [])).to.be.revertedWithCustomError(verifiers, "NoQuorum").withArgs(1, 0, 2)
  })

  it("a signature of another set's member counts in that set only", async () => {
    const { verifiers, sign, attest } = await loadFixture(attesting)
    const outsiders = ["x", "y"].map((name) => seededWallet(name)).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))
    await verifiers.getFunction("addSet")(
      2,
      outsiders.map(({ address }) => address),
    )
    // Set 1 is not the latest any more; its members can't attest, and can still be asked by who named set 1.
    await expect(attest(0b011, await sign())).to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
    const hash = structHash("Attestation", { day: 1, root: ROOT })
    const check = verifiers.getFunction("checkQuorum")
    await check(1, hash, 0b011, await sign([first, second], { day: 1, root: ROOT }))
    await expect(check(1, hash, 0b011, await sign(outsiders, { day: 1, root: ROOT }))).to.be.revertedWithCustomError(
      verifiers,
      "NotSignedByMember",
    )
    await attest(0b011, await sign(outsiders))
  })

  it("a signature of another day, root, chain, contract or struct counts for nothing", async () => {
    const harbour = await loadFixture(attesting)
    const { verifiers, berth, day, sign, attest } = harbour
    const twin = await deployBerth()
    const wrong = [
      await sign([first, second], { day: day - 1, root: ROOT }),
      await sign([first, second], { day, root: keccak256(ROOT) }),
      await sign([first, second], undefined, berthDomain(1, await berth.getAddress())),
      await sign([first, second], undefined, twin.domain),
      // their own address is in no signature: members sign for the core
      await sign([first, second], undefined, berthDomain(31337, await verifiers.getAddress())),
      await signAll(harbour, "ServedDays", { reservation: day, firstDay: 1, count: 1 }, [first, second]),
    ]
    for (const signatures of wrong) await expect(attest(0b011, signatures)).to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
    await attest(0b011, await sign())
  })

  it("a malleable signature (high s) is refused", async () => {
    const { verifiers, sign, attest } = await loadFixture(attesting)
    const [one, two] = (await sign()) as [CompactSignature, CompactSignature]
    await expect(attest(0b011, [one, twisted(two)]))
      .to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
      .withArgs(1, second.address)
    await attest(0b011, [one, two])
  })

  it("a reorganised bitmap: signatures stand in the members' order, and the bits say whose they are", async () => {
    const { verifiers, sign, attest } = await loadFixture(attesting)
    const [one, , three] = (await sign([first, second, third])) as [CompactSignature, CompactSignature, CompactSignature]
    await expect(attest(0b101, [three, one]))
      .to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
      .withArgs(0, first.address)
    await expect(attest(0b011, [one, three]))
      .to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
      .withArgs(1, second.address)
    await expect(attest(0b1001, [one, three]))
      .to.be.revertedWithCustomError(verifiers, "BadMemberBitmap")
      .withArgs(0b1001, 2)
    await attest(0b101, [one, three])
  })

  it("an expired attestation says nothing, and can't be renewed", async () => {
    const { verifiers, day, sign, attest } = await loadFixture(attesting)
    await attest(0b011, await sign())
    const is = () => verifiers.getFunction("isAttested")(day, ROOT, 0, [])
    expect(await is()).to.equal(true)
    await time.increaseTo((day + 1) * SECONDS_PER_DAY + ATTESTATION_LIFE)
    expect(await is()).to.equal(false)
    await expect(attest(0b011, await sign())).to.be.revertedWithCustomError(verifiers, "DayNotAttestable")
  })

  it("a second root for a day is refused, by the same set and by a later one", async () => {
    const { verifiers, day, sign, attest } = await loadFixture(attesting)
    await attest(0b011, await sign())
    const other = keccak256(ROOT)
    const again = async () => verifiers.getFunction("attest")(day, other, 0b110, await sign([second, third], { day, root: other }))
    await expect(again()).to.be.revertedWithCustomError(verifiers, "AlreadyAttested").withArgs(day, ROOT)
    await verifiers.getFunction("addSet")(2, addresses)
    await expect(again()).to.be.revertedWithCustomError(verifiers, "AlreadyAttested").withArgs(day, ROOT)
    expect((await verifiers.getFunction("attestations")(day)).root).to.equal(ROOT)
  })

  it("a day far away overflows nothing", async () => {
    const { verifiers } = await loadFixture(attesting)
    await expect(verifiers.getFunction("attest")(2 ** 32 - 1, ROOT, 0, [])).to.be.revertedWithCustomError(verifiers, "DayNotAttestable")
  })

  it("an owner that has renounced adds no set", async () => {
    const { berth, verifiers, owner } = await loadFixture(attesting)
    await berth.connect(owner).getFunction("renounceOwnership")()
    await expect(verifiers.connect(owner).getFunction("addSet")(2, addresses)).to.be.revertedWithCustomError(verifiers, "NotOwner")
  })
})
