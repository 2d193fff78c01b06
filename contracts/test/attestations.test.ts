// Attestations: the branches of trees/attest.tree and isAttested.tree. What an attacker would try is in traps-verifiers.test.ts.
import { expect } from "chai"
import { keccak256, toUtf8Bytes } from "ethers"
import { ethers, loadFixture, networkHelpers, time } from "./support/harbour.ts"
import { ATTESTATION_LIFE, members, SECONDS_PER_DAY, signAll, withVerifiers } from "./support/verifiers.ts"

const ROOT = keccak256(toUtf8Bytes("a day's root"))
const [first, second, third] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]]

describe("attest", () => {
  it("given a day that is not over: it should revert, and pass in its first second after", async () => {
    const harbour = await loadFixture(withVerifiers)
    const today = harbour.day + 1
    const signatures = await signAll(harbour, "Attestation", { day: today, root: ROOT }, [first, second])
    const attest = () => harbour.verifiers.getFunction("attest")(today, ROOT, 0b011, signatures)
    await time.setNextBlockTimestamp((today + 1) * SECONDS_PER_DAY - 1)
    await expect(attest()).to.be.revertedWithCustomError(harbour.verifiers, "DayNotAttestable").withArgs(today)
    await time.setNextBlockTimestamp((today + 1) * SECONDS_PER_DAY)
    await attest()
  })

  it("given a day whose attestation would have expired: it should revert, and pass in its last second", async () => {
    const harbour = await loadFixture(withVerifiers)
    const { day } = harbour
    const signatures = await signAll(harbour, "Attestation", { day, root: ROOT }, [first, second])
    const attest = () => harbour.verifiers.getFunction("attest")(day, ROOT, 0b011, signatures)
    const last = (day + 1) * SECONDS_PER_DAY + ATTESTATION_LIFE - 1
    const before = await networkHelpers.takeSnapshot()
    await time.setNextBlockTimestamp(last + 1)
    await expect(attest()).to.be.revertedWithCustomError(harbour.verifiers, "DayNotAttestable").withArgs(day)
    await before.restore()
    await time.setNextBlockTimestamp(last)
    await attest()
  })

  it("given a day that is over, when there is no set, or no quorum of the latest one: it should revert", async () => {
    const harbour = await loadFixture(withVerifiers)
    const { verifiers, day } = harbour
    const signatures = await signAll(harbour, "Attestation", { day, root: ROOT }, [first, second])
    await verifiers.getFunction("addSet")(1, [third.address])
    const attest = verifiers.getFunction("attest")
    await expect(attest(day, ROOT, 0b011, signatures)).to.be.revertedWithCustomError(verifiers, "NotSignedByMember")
    const fresh = await ethers.deployContract("Verifiers", [await harbour.berth.getAddress()])
    await expect(fresh.getFunction("attest")(day, ROOT, 0b011, signatures))
      .to.be.revertedWithCustomError(fresh, "UnknownSet")
      .withArgs(0)
  })

  it("given a day that is over and a quorum: it should keep root, set and expiry, whoever sends it, and nothing a second time", async () => {
    const harbour = await loadFixture(withVerifiers)
    const { verifiers, day, stranger } = harbour
    expect([...(await verifiers.getFunction("attestations")(day))]).to.deep.equal([ethers.ZeroHash, 0n, 0n])
    const signatures = await signAll(harbour, "Attestation", { day, root: ROOT }, [first, second])
    const expiresAt = (day + 1) * SECONDS_PER_DAY + ATTESTATION_LIFE
    const attest = verifiers.connect(stranger).getFunction("attest")
    await expect(attest(day, ROOT, 0b011, signatures))
      .to.emit(verifiers, "Attested")
      .withArgs(day, 1, ROOT, expiresAt)
    expect([...(await verifiers.getFunction("attestations")(day))]).to.deep.equal([ROOT, 1n, BigInt(expiresAt)])
    await expect(attest(day, ROOT, 0b011, signatures))
      .to.be.revertedWithCustomError(verifiers, "AlreadyAttested")
      .withArgs(day, ROOT)
  })
})

describe("isAttested", () => {
  const leaves = ["one", "two", "three"].map((leaf) => keccak256(toUtf8Bytes(leaf)))
  const pair = (left: string, right: string) => keccak256(ethers.concat([left, right]))
  const [left, right] = [pair(leaves[0]!, leaves[1]!), pair(leaves[2]!, ethers.ZeroHash)]
  const root = pair(left, right)

  async function attested() {
    const harbour = await withVerifiers()
    const { verifiers, day } = harbour
    const is = verifiers.getFunction("isAttested")
    const signatures = await signAll(harbour, "Attestation", { day, root }, [second, third])
    await verifiers.getFunction("attest")(day, root, 0b110, signatures)
    return { ...harbour, is }
  }

  it("given a day without attestation: it should say no", async () => {
    const { is, day } = await loadFixture(attested)
    expect(await is(day - 1, leaves[0], 0, [leaves[1], right])).to.equal(false)
    expect(await is(day - 1, ethers.ZeroHash, 0, [])).to.equal(false)
  })

  it("given an attestation that has expired: it should say no, and yes the second before", async () => {
    const { is, day } = await loadFixture(attested)
    await time.increaseTo((day + 1) * SECONDS_PER_DAY + ATTESTATION_LIFE - 1)
    expect(await is(day, leaves[0], 0, [leaves[1], right])).to.equal(true)
    await time.increase(1)
    expect(await is(day, leaves[0], 0, [leaves[1], right])).to.equal(false)
  })

  it("given an attestation, when the leaf is under its root at that index: it should say yes", async () => {
    const { is, day } = await loadFixture(attested)
    expect(await is(day, leaves[1], 1, [leaves[0], right])).to.equal(true)
    expect(await is(day, leaves[2], 2, [ethers.ZeroHash, left])).to.equal(true)
  })

  it("given an attestation, when the leaf is not under its root or elsewhere, or zero as padding is: it should say no", async () => {
    const { is, day } = await loadFixture(attested)
    expect(await is(day, keccak256("0x"), 1, [leaves[0], right])).to.equal(false)
    expect(await is(day, leaves[1], 0, [leaves[0], right])).to.equal(false)
    expect(await is(day, ethers.ZeroHash, 3, [leaves[2], left])).to.equal(false)
  })

  it("given an attestation, when the index is outside of the proof's tree: it should revert", async () => {
    const { is, day, records } = await loadFixture(attested)
    await expect(is(day, leaves[1], 5, [leaves[0], right]))
      .to.be.revertedWithCustomError(records, "IndexOutsideTree")
      .withArgs(5, 2)
  })
})
