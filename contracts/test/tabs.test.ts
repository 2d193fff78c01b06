// Opening, topping up and asking for a close: the branches of trees/openTab.tree, topUp.tree and requestClose.tree.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { CHALLENGE, ethers, fund, loadFixture, open, register, time, USD, withTab } from "./support/harbour.ts"
import { signStruct } from "./support/signing.ts"
import { closing, type Tab, view } from "./support/tab.ts"

const fresh = seededWallet("fresh signer")

const topUp = ({ berth, tenant, signer, node }: Tab, amount: bigint, by = tenant) =>
  berth.connect(by).getFunction("topUp")(signer.address, node.address, amount)
const request = ({ berth, tenant, signer, node }: Tab, by = tenant) =>
  berth.connect(by).getFunction("requestClose")(signer.address, node.address)
const closeAtOnce = async (tab: Tab) => tab.berth.connect(tab.tenant).getFunction("closeTab")(...(await closing(tab, 0n, 2n ** 40n)))

describe("openTab", () => {
  it("given new tabs are paused: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await tab.berth.connect(tab.owner).getFunction("setPaused")(true)
    await expect(open(tab, tab.tenant, fresh, tab.node.address, 1n)).to.be.revertedWithCustomError(tab.berth, "IsPaused")
  })

  it("given an unknown or retired node: it should revert", async () => {
    const tab = await loadFixture(withTab)
    const { berth, tenant, operator, node } = tab
    await expect(open(tab, tenant, fresh, tenant.address, 1n))
      .to.be.revertedWithCustomError(berth, "NodeNotRegistered")
      .withArgs(tenant.address)
    await berth.connect(operator).getFunction("retireNode")(node.address)
    await expect(open(tab, tenant, fresh, node.address, 1n))
      .to.be.revertedWithCustomError(berth, "NodeIsRetired")
      .withArgs(node.address)
  })

  it("given a tab of signer and node, open or closed: it should revert", async () => {
    const tab = await loadFixture(withTab)
    const again = () => open(tab, tab.tenant, tab.signer, tab.node.address, 1n)
    await expect(again()).to.be.revertedWithCustomError(tab.berth, "TabExists").withArgs(tab.signer.address, tab.node.address)
    await closeAtOnce(tab)
    await expect(again()).to.be.revertedWithCustomError(tab.berth, "TabExists")
  })

  it("when the signer is zero: it should revert", async () => {
    const { berth, tenant, node } = await loadFixture(withTab)
    const none = [ethers.ZeroHash, ethers.ZeroHash]
    await expect(berth.connect(tenant).getFunction("openTab")(ethers.ZeroAddress, node.address, 1n, ...none)).to.be.revertedWithCustomError(
      berth,
      "ZeroSigner",
    )
  })

  it("when the amount is zero: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(open(tab, tab.tenant, fresh, tab.node.address, 0n)).to.be.revertedWithCustomError(tab.berth, "ZeroAmount")
  })

  it("when the signer did not consent to caller and node: it should revert", async () => {
    const tab = await loadFixture(withTab)
    const { berth, domain, tenant, otherTenant, node, operator } = tab
    const node2 = seededWallet("node 2")
    await register(tab, operator, node2)
    const consents = [
      await signStruct(fresh, domain, "TabConsent", { tenant: otherTenant.address, node: node.address }),
      await signStruct(fresh, domain, "TabConsent", { tenant: tenant.address, node: node2.address }),
      await signStruct(node, domain, "TabConsent", { tenant: tenant.address, node: node.address }),
    ]
    for (const { r, vs } of consents) {
      await expect(berth.connect(tenant).getFunction("openTab")(fresh.address, node.address, 1n, r, vs))
        .to.be.revertedWithCustomError(berth, "NotSignedBySigner")
        .withArgs(fresh.address)
    }
  })

  it("when the caller has fewer credits: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(open(tab, tab.tenant, fresh, tab.node.address, 900n * USD + 1n))
      .to.be.revertedWithCustomError(tab.berth, "InsufficientCredits")
      .withArgs(tab.tenant.address, 900n * USD, 900n * USD + 1n)
  })

  it("when all is there: it should move the credits into the tab and keep the fee of that moment", async () => {
    const tab = await loadFixture(withTab)
    const { berth, owner, domain, tenant, node } = tab
    await berth.connect(owner).getFunction("setFee")(123)
    const { r, vs } = await signStruct(fresh, domain, "TabConsent", { tenant: tenant.address, node: node.address })
    await expect(berth.connect(tenant).getFunction("openTab")(fresh.address, node.address, 50n * USD, r, vs))
      .to.emit(berth, "TabOpened")
      .withArgs(tenant.address, fresh.address, node.address, 50n * USD, 123)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(850n * USD)
    expect([...(await view({ ...tab, signer: fresh }))]).to.deep.equal([tenant.address, 50n * USD, 0n, 0n, 123n, 1n])
    // All that is left can go into a tab.
    await open(tab, tenant, seededWallet("the rest"), node.address, 850n * USD)
  })
})

describe("topUp", () => {
  it("given a tab that was never opened, or is closed: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(topUp({ ...tab, signer: fresh }, 1n))
      .to.be.revertedWithCustomError(tab.berth, "TabNotOpen")
      .withArgs(fresh.address, tab.node.address)
    await closeAtOnce(tab)
    await expect(topUp(tab, 1n)).to.be.revertedWithCustomError(tab.berth, "TabNotOpen")
  })

  it("given a close was requested: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await request(tab)
    await expect(topUp(tab, 1n)).to.be.revertedWithCustomError(tab.berth, "TabIsClosing").withArgs(tab.signer.address, tab.node.address)
  })

  it("given a caller that is not the tenant: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await fund(tab, tab.stranger, 1n)
    await expect(topUp(tab, 1n, tab.stranger))
      .to.be.revertedWithCustomError(tab.berth, "NotTenant")
      .withArgs(tab.signer.address, tab.node.address, tab.stranger.address)
  })

  it("when the amount is zero: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(topUp(tab, 0n)).to.be.revertedWithCustomError(tab.berth, "ZeroAmount")
  })

  it("when the deposit would be above 64 bits: it should revert", async () => {
    const tab = await loadFixture(withTab)
    const room = 2n ** 64n - 1n - 100n * USD
    await fund(tab, tab.tenant, 2n ** 64n)
    await expect(topUp(tab, room + 1n))
      .to.be.revertedWithCustomError(tab.berth, "DepositTooLarge")
      .withArgs(2n ** 64n)
    await topUp(tab, room)
    expect((await view(tab)).deposit).to.equal(2n ** 64n - 1n)
  })

  it("when the tenant has fewer credits: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(topUp(tab, 900n * USD + 1n)).to.be.revertedWithCustomError(tab.berth, "InsufficientCredits")
  })

  it("when the tenant has the credits: it should add them to the deposit, also while paused and at a retired node", async () => {
    const tab = await loadFixture(withTab)
    const { berth, owner, tenant, operator, signer, node } = tab
    await berth.connect(operator).getFunction("retireNode")(node.address)
    await berth.connect(owner).getFunction("setPaused")(true)
    await expect(topUp(tab, 5n))
      .to.emit(berth, "TabToppedUp")
      .withArgs(tenant.address, signer.address, node.address, 5n, 100n * USD + 5n)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(900n * USD - 5n)
    expect([...(await view(tab))]).to.deep.equal([tenant.address, 100n * USD + 5n, 0n, 0n, 0n, 1n])
  })
})

describe("requestClose", () => {
  it("given a tab that was never opened, or is closed: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(request({ ...tab, signer: fresh })).to.be.revertedWithCustomError(tab.berth, "TabNotOpen")
    await closeAtOnce(tab)
    await expect(request(tab)).to.be.revertedWithCustomError(tab.berth, "TabNotOpen")
  })

  it("given a close was requested: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await request(tab)
    await expect(request(tab)).to.be.revertedWithCustomError(tab.berth, "TabIsClosing")
  })

  it("given a caller that is not the tenant: it should revert", async () => {
    const tab = await loadFixture(withTab)
    for (const account of [tab.stranger, tab.operator]) {
      await expect(request(tab, account)).to.be.revertedWithCustomError(tab.berth, "NotTenant")
    }
  })

  it("given the tenant: it should start the 72 hours and move nothing, also while paused", async () => {
    const tab = await loadFixture(withTab)
    const { berth, owner, tenant, signer, node } = tab
    await berth.connect(owner).getFunction("setPaused")(true)
    const now = (await time.latest()) + 10
    await time.setNextBlockTimestamp(now)
    await expect(request(tab))
      .to.emit(berth, "CloseRequested")
      .withArgs(tenant.address, signer.address, node.address, now + CHALLENGE)
    expect([...(await view(tab))]).to.deep.equal([tenant.address, 100n * USD, 0n, BigInt(now), 0n, 1n])
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(900n * USD)
  })
})
