// Verifier sets and quorums: the branches of trees/addSet.tree and checkQuorum.tree. What an attacker would try is in
// traps-verifiers.test.ts.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { ethers, loadFixture, networkHelpers } from "./support/harbour.ts"
import { addresses, members, signAll, structHash, withVerifiers } from "./support/verifiers.ts"

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
