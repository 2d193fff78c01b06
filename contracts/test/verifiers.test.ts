// Verifier sets, quorums and attestations. The branches are those of trees/addSet.tree, checkQuorum.tree, attest.tree, isAttested.tree;
// what an attacker would try is in traps-orders.test.ts.
import { expect } from "chai"
import { keccak256, toUtf8Bytes } from "ethers"
import { seededWallet } from "./support/batch.ts"
import { ethers, loadFixture, networkHelpers, time } from "./support/harbour.ts"
import { ATTESTATION_LIFE, addresses, members, SECONDS_PER_DAY, signAll, structHash, withVerifiers } from "./support/verifiers.ts"

const ROOT = keccak256(toUtf8Bytes("a day's root"))
const SERVED = { reservation: 77n, firstDay: 20_000, count: 3 }
const [first, second, third] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]]

describe("addSet", () => {
  it("given a caller that is not the core's owner: it should revert", async () => {
    const { verifiers, stranger } = await loadFixture(withVerifiers)
    await expect(verifiers.connect(stranger).getFunction("addSet")(1, addresses))
      .to.be.revertedWithCustomError(verifiers, "NotOwner")
      .withArgs(stranger.address)
  })

  it("given an owner that the core had when it was made, and has no more: it should revert; the new one may", async () => {
    const { berth, verifiers, owner, stranger } = await loadFixture(withVerifiers)
    await berth.connect(owner).getFunction("transferOwnership")(stranger.address)
    await expect(verifiers.connect(stranger).getFunction("addSet")(1, addresses)).to.be.revertedWithCustomError(verifiers, "NotOwner")
    await berth.connect(stranger).getFunction("acceptOwnership")()
    await expect(verifiers.connect(owner).getFunction("addSet")(1, addresses)).to.be.revertedWithCustomError(verifiers, "NotOwner")
    await verifiers.connect(stranger).getFunction("addSet")(1, addresses)
    expect(await verifiers.getFunction("latestSet")()).to.equal(2n)
  })

  it("given the owner, when threshold and members don't fit: it should revert", async () => {
    const { verifiers } = await loadFixture(withVerifiers)
    const seventeen = Array.from({ length: 17 }, (_, i) => ethers.getAddress(ethers.toBeHex(i + 1, 20)))
    const wrong: [number, string[]][] = [
      [4, addresses],
      [0, addresses],
      [1, []],
      [9, seventeen],
    ]
    for (const [threshold, list] of wrong) {
      await expect(verifiers.getFunction("addSet")(threshold, list))
        .to.be.revertedWithCustomError(verifiers, "BadThreshold")
        .withArgs(threshold, list.length)
    }
  })

  it("given the owner, when members are zero, twice or out of order: it should revert with the first that is wrong", async () => {
    const { verifiers } = await loadFixture(withVerifiers)
    const [a, b, c] = addresses as [string, string, string]
    const wrong: [string[], number][] = [
      [[ethers.ZeroAddress], 0],
      [[a, a], 1],
      [[a, c, b], 2],
    ]
    for (const [list, index] of wrong) {
      await expect(verifiers.getFunction("addSet")(1, list)).to.be.revertedWithCustomError(verifiers, "MembersNotAscending").withArgs(index)
    }
  })

  it("given the owner, when 65,535 sets were added: it should revert", async () => {
    const { verifiers } = await loadFixture(withVerifiers)
    await networkHelpers.setStorageAt(await verifiers.getAddress(), 0, 65_535)
    await expect(verifiers.getFunction("addSet")(1, addresses)).to.be.revertedWithCustomError(verifiers, "NoMoreSets")
  })

  it("given the owner, when all fits: it should be the latest set, with its members, and leave the earlier one as it was", async () => {
    const { verifiers } = await loadFixture(withVerifiers)
    const sixteen = Array.from({ length: 16 }, (_, i) => ethers.getAddress(ethers.toBeHex(i + 1, 20)))
    await expect(verifiers.getFunction("addSet")(16, sixteen)).to.emit(verifiers, "VerifierSetAdded").withArgs(2, 16, sixteen)
    expect(await verifiers.getFunction("latestSet")()).to.equal(2n)
    expect([...(await verifiers.getFunction("sets")(2))]).to.deep.equal([16n, sixteen])
    expect([...(await verifiers.getFunction("sets")(1))]).to.deep.equal([2n, addresses])
  })

  it("given the owner, when it is empty: it should be a set that no quorum can be had of", async () => {
    const harbour = await loadFixture(withVerifiers)
    const { verifiers } = harbour
    await verifiers.getFunction("addSet")(0, [])
    const check = verifiers.getFunction("checkQuorum")
    const hash = structHash("ServedDays", SERVED)
    await expect(check(2, hash, 0, []))
      .to.be.revertedWithCustomError(verifiers, "NoQuorum")
      .withArgs(2, 0, 0)
    const signatures = await signAll(harbour, "ServedDays", SERVED, [first])
    await expect(check(2, hash, 1, signatures))
      .to.be.revertedWithCustomError(verifiers, "NoQuorum")
      .withArgs(2, 1, 0)
  })
})

describe("sets", () => {
  it("given an id that no set has: it should revert", async () => {
    const { verifiers } = await loadFixture(withVerifiers)
    for (const id of [0, 2]) {
      await expect(verifiers.getFunction("sets")(id)).to.be.revertedWithCustomError(verifiers, "UnknownSet").withArgs(id)
    }
  })
})

describe("checkQuorum", () => {
  const hash = structHash("ServedDays", SERVED)

  it("given an unknown set: it should revert", async () => {
    const { verifiers } = await loadFixture(withVerifiers)
    for (const id of [0, 2]) {
      await expect(verifiers.getFunction("checkQuorum")(id, hash, 0, []))
        .to.be.revertedWithCustomError(verifiers, "UnknownSet")
        .withArgs(id)
    }
  })

  it("given a set, when fewer signatures come than its threshold: it should revert", async () => {
    const harbour = await loadFixture(withVerifiers)
    const signatures = await signAll(harbour, "ServedDays", SERVED, [first])
    await expect(harbour.verifiers.getFunction("checkQuorum")(1, hash, 0b001, signatures))
      .to.be.revertedWithCustomError(harbour.verifiers, "NoQuorum")
      .withArgs(1, 1, 2)
  })

  it("given enough signatures, when the bitmap names more or fewer members, or one that is not there: it should revert", async () => {
    const harbour = await loadFixture(withVerifiers)
    const signatures = await signAll(harbour, "ServedDays", SERVED, [first, second])
    for (const bitmap of [0b111, 0b001, 0, 0b1011, (1n << 255n) | 0b11n]) {
      await expect(harbour.verifiers.getFunction("checkQuorum")(1, hash, bitmap, signatures))
        .to.be.revertedWithCustomError(harbour.verifiers, "BadMemberBitmap")
        .withArgs(bitmap, 2)
    }
  })

  it("given enough signatures and a bitmap that fits, when one is not that member's: it should revert and name the member", async () => {
    const harbour = await loadFixture(withVerifiers)
    const signatures = await signAll(harbour, "ServedDays", SERVED, [first, seededWallet("nobody")])
    await expect(harbour.verifiers.getFunction("checkQuorum")(1, hash, 0b101, signatures))
      .to.be.revertedWithCustomError(harbour.verifiers, "NotSignedByMember")
      .withArgs(2, third.address)
  })

  it("given as many signatures as the threshold, or more, of the members that the bitmap names: it should pass", async () => {
    const harbour = await loadFixture(withVerifiers)
    const check = harbour.verifiers.getFunction("checkQuorum")
    await check(1, hash, 0b101, await signAll(harbour, "ServedDays", SERVED, [first, third]))
    await check(1, hash, 0b111, await signAll(harbour, "ServedDays", SERVED, [first, second, third]))
  })
})

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
