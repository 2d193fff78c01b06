// What the owner can do, and that it is all: the branches of trees/setFee.tree, setPaused.tree, withdrawFees.tree, transferOwnership.tree,
// acceptOwnership.tree and renounceOwnership.tree.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { ethers, fund, loadFixture, open, register, USD, withTab } from "./support/harbour.ts"
import { permitOf } from "./support/permit.ts"
import { signStruct } from "./support/signing.ts"
import { closing, settleOne, view } from "./support/tab.ts"

const fresh = seededWallet("fresh signer")

async function owned() {
  const tab = await withTab()
  const { berth, owner, stranger } = tab
  const own = (name: string) => berth.connect(owner).getFunction(name)
  const refusesStrangers = (name: string, ...args: unknown[]) =>
    expect(berth.connect(stranger).getFunction(name)(...args))
      .to.be.revertedWithCustomError(berth, "OwnableUnauthorizedAccount")
      .withArgs(stranger.address)
  return { ...tab, own, refusesStrangers }
}

describe("setFee", () => {
  it("given a caller that is not the owner: it should revert", async () => {
    await (await loadFixture(owned)).refusesStrangers("setFee", 1)
  })

  it("when it is above the cap: it should revert", async () => {
    const { berth, own } = await loadFixture(owned)
    await expect(own("setFee")(501)).to.be.revertedWithCustomError(berth, "FeeAboveCap").withArgs(501, 500)
    expect(await berth.getFunction("MAX_FEE_BPS")()).to.equal(500n)
  })

  it("when it is at most the cap: it should be the fee of tabs opened from now on, and of no earlier one", async () => {
    const tab = await loadFixture(owned)
    const { berth, own, tenant, node } = tab
    await expect(own("setFee")(500)).to.emit(berth, "FeeSet").withArgs(500)
    expect(await berth.getFunction("feeBps")()).to.equal(500n)
    await open(tab, tenant, fresh, node.address, USD)
    await own("setFee")(0)
    expect((await view(tab)).feeBps).to.equal(0n)
    expect((await view({ ...tab, signer: fresh })).feeBps).to.equal(500n)
  })
})

describe("setPaused", () => {
  it("given a caller that is not the owner: it should revert", async () => {
    await (await loadFixture(owned)).refusesStrangers("setPaused", true)
  })

  it("when it is set: it should refuse new deposits and new tabs, and nothing that runs or takes money out", async () => {
    const tab = await loadFixture(owned)
    const { berth, own, tenant, operator, node, signer, domain } = tab
    const as = (name: string) => berth.connect(tenant).getFunction(name)
    await open(tab, tenant, fresh, node.address, USD)
    await expect(own("setPaused")(true)).to.emit(berth, "PausedSet").withArgs(true)
    expect(await berth.getFunction("paused")()).to.equal(true)
    await expect(fund(tab, tenant, 1n)).to.be.revertedWithCustomError(berth, "IsPaused")
    const permit = await permitOf(tab, tenant, 1n)
    await expect(as("depositWithPermit")(1n, tenant.address, ...permit)).to.be.revertedWithCustomError(berth, "IsPaused")
    const another = seededWallet("another")
    await expect(open(tab, tenant, another, node.address, 1n)).to.be.revertedWithCustomError(berth, "IsPaused")
    const order = { base: 1n, cap: 0n, rate: 0n, from: 0, until: 2 ** 32 - 1 }
    const { r, vs } = await signStruct(another, domain, "TabConsent", { tenant: tenant.address, node: node.address })
    await expect(as("openTabWithOrder")(another.address, node.address, 1n, order, r, vs)).to.be.revertedWithCustomError(berth, "IsPaused")
    await register(tab, operator, seededWallet("node 2"))
    await as("topUp")(signer.address, node.address, 1n)
    await settleOne(tab, USD)
    await as("requestClose")(signer.address, node.address)
    await as("closeTab")(...(await closing(tab, USD, 2n ** 40n)))
    await as("withdraw")(1n, tenant.address)
    await berth.connect(operator).getFunction("withdraw")(USD, operator.address)
  })

  it("when it is lifted: it should allow them again", async () => {
    const tab = await loadFixture(owned)
    await tab.own("setPaused")(true)
    await expect(tab.own("setPaused")(false)).to.emit(tab.berth, "PausedSet").withArgs(false)
    await fund(tab, tab.tenant, 1n)
    await open(tab, tab.tenant, fresh, tab.node.address, 1n)
  })
})

describe("withdrawFees", () => {
  async function withFees() {
    const tab = await owned()
    await tab.own("setFee")(500)
    const taxed = { ...tab, signer: fresh }
    await open(tab, tab.tenant, fresh, tab.node.address, 100n * USD)
    await settleOne(taxed, 20n * USD)
    return tab
  }

  it("given a caller that is not the owner: it should revert", async () => {
    const { refusesStrangers, stranger } = await loadFixture(withFees)
    await refusesStrangers("withdrawFees", stranger.address)
  })

  it("given no fees: it should revert", async () => {
    const { berth, own, owner } = await loadFixture(owned)
    await expect(own("withdrawFees")(owner.address)).to.be.revertedWithCustomError(berth, "ZeroAmount")
  })

  it("when the recipient is nobody or the core itself: it should revert", async () => {
    const { berth, own } = await loadFixture(withFees)
    for (const to of [ethers.ZeroAddress, await berth.getAddress()]) {
      await expect(own("withdrawFees")(to)).to.be.revertedWithCustomError(berth, "BadRecipient").withArgs(to)
    }
  })

  it("given fees: it should send all of them, and nothing that belongs to others", async () => {
    const { berth, token, own, stranger } = await loadFixture(withFees)
    expect(await berth.getFunction("accruedFees")()).to.equal(USD)
    await expect(own("withdrawFees")(stranger.address)).to.emit(berth, "FeesWithdrawn").withArgs(stranger.address, USD)
    expect(await token.getFunction("balanceOf")(stranger.address)).to.equal(USD)
    expect(await token.getFunction("balanceOf")(await berth.getAddress())).to.equal(999n * USD)
    await expect(own("withdrawFees")(stranger.address)).to.be.revertedWithCustomError(berth, "ZeroAmount")
  })
})

describe("transferOwnership", () => {
  it("given a caller that is not the owner: it should revert", async () => {
    const { refusesStrangers, stranger } = await loadFixture(owned)
    await refusesStrangers("transferOwnership", stranger.address)
  })

  it("given the owner: it should change nothing before the new one accepts, and the last one named counts", async () => {
    const { berth, own, owner, tenant, stranger } = await loadFixture(owned)
    await own("transferOwnership")(tenant.address)
    await expect(own("transferOwnership")(stranger.address))
      .to.emit(berth, "OwnershipTransferStarted")
      .withArgs(owner.address, stranger.address)
    expect(await berth.getFunction("owner")()).to.equal(owner.address)
    await own("setFee")(1)
    await expect(berth.connect(tenant).getFunction("acceptOwnership")()).to.be.revertedWithCustomError(berth, "OwnableUnauthorizedAccount")
  })
})

describe("acceptOwnership", () => {
  it("given a caller that was not named: it should revert", async () => {
    const { own, operator, refusesStrangers } = await loadFixture(owned)
    await own("transferOwnership")(operator.address)
    await refusesStrangers("acceptOwnership")
  })

  it("given the one that was named: it should hand over all powers, once", async () => {
    const { berth, own, stranger } = await loadFixture(owned)
    await own("transferOwnership")(stranger.address)
    await berth.connect(stranger).getFunction("acceptOwnership")()
    expect(await berth.getFunction("owner")()).to.equal(stranger.address)
    await berth.connect(stranger).getFunction("setFee")(1)
    await expect(own("setFee")(1)).to.be.revertedWithCustomError(berth, "OwnableUnauthorizedAccount")
    await expect(berth.connect(stranger).getFunction("acceptOwnership")()).to.be.revertedWithCustomError(
      berth,
      "OwnableUnauthorizedAccount",
    )
  })
})

describe("renounceOwnership", () => {
  it("given a caller that is not the owner: it should revert", async () => {
    await (await loadFixture(owned)).refusesStrangers("renounceOwnership")
  })

  it("given the owner: it should leave nobody with powers, and settings as they are", async () => {
    const tab = await loadFixture(owned)
    const { berth, own, tenant } = tab
    await own("setFee")(7)
    await own("setPaused")(true)
    await own("renounceOwnership")()
    expect(await berth.getFunction("owner")()).to.equal(ethers.ZeroAddress)
    expect([await berth.getFunction("feeBps")(), await berth.getFunction("paused")()]).to.deep.equal([7n, true])
    await expect(own("setPaused")(false)).to.be.revertedWithCustomError(berth, "OwnableUnauthorizedAccount")
    await settleOne(tab, USD)
    await berth.connect(tenant).getFunction("withdraw")(900n * USD, tenant.address)
  })
})

describe("owner", () => {
  it("has no other power: these are all functions that write", async () => {
    const { berth } = await loadFixture(owned)
    const owners = ["setFee", "setPaused", "withdrawFees", "transferOwnership", "renounceOwnership"]
    const anyones = [
      ...["deposit", "depositWithPermit", "withdraw", "registerNode", "updateNode", "setOffers", "retireNode", "openTab", "topUp"],
      ...["requestClose", "finishClose", "closeTab", "settle", "openTabWithOrder", "claimStandingOrder", "multicall", "acceptOwnership"],
    ]
    // Nobody's but the Reservations contract's, which can't be changed (reservation-credits.test.ts).
    const reservations = ["lockCredits", "fundReservation", "payReservation", "releaseCredits"]
    const writing = berth.interface.fragments.filter((f) => f.type === "function" && "constant" in f && !f.constant)
    expect(writing.map((f) => (f as unknown as { name: string }).name).sort()).to.deep.equal(
      [...owners, ...anyones, ...reservations].sort(),
    )
  })
})
