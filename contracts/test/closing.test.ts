// Both ends of a tab: the branches of trees/finishClose.tree and closeTab.tree.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { CHALLENGE, loadFixture, open, time, USD, withTab } from "./support/harbour.ts"
import { closing, settleOne, type Tab, view } from "./support/tab.ts"

const fresh = seededWallet("fresh signer")
const FOR_EVER = 2n ** 40n

const finish = ({ berth, stranger, signer, node }: Tab) => berth.connect(stranger).getFunction("finishClose")(signer.address, node.address)
const request = ({ berth, tenant, signer, node }: Tab) => berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
const close = async (tab: Tab, amount: bigint, deadline: bigint | number = FOR_EVER, by = tab.tenant) =>
  tab.berth.connect(by).getFunction("closeTab")(...(await closing(tab, amount, deadline)))
const creditsOf = ({ berth }: Tab, account: { address: string }) => berth.getFunction("credits")(account.address)

describe("finishClose", () => {
  it("given a tab that was never opened, or is closed: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(finish({ ...tab, signer: fresh }))
      .to.be.revertedWithCustomError(tab.berth, "TabNotOpen")
      .withArgs(fresh.address, tab.node.address)
    await request(tab)
    await time.increase(CHALLENGE)
    await finish(tab)
    await expect(finish(tab)).to.be.revertedWithCustomError(tab.berth, "TabNotOpen")
  })

  it("given no close was requested: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(finish(tab)).to.be.revertedWithCustomError(tab.berth, "CloseNotRequested").withArgs(tab.signer.address, tab.node.address)
  })

  it("given less than 72 hours have passed: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await request(tab)
    const closesAt = (await time.latest()) + CHALLENGE
    await time.setNextBlockTimestamp(closesAt - 1)
    await expect(finish(tab)).to.be.revertedWithCustomError(tab.berth, "ChallengePeriodRunning").withArgs(closesAt)
    await time.setNextBlockTimestamp(closesAt)
    await finish(tab)
  })

  it("given the deposit is used up: it should close and return nothing", async () => {
    const tab = await loadFixture(withTab)
    await settleOne(tab, 100n * USD)
    await request(tab)
    await time.increase(CHALLENGE)
    await expect(finish(tab)).to.emit(tab.berth, "TabClosed").withArgs(tab.tenant.address, tab.signer.address, tab.node.address, 0n, 0n)
    expect(await creditsOf(tab, tab.tenant)).to.equal(900n * USD)
  })

  it("given 72 hours have passed: it should give the tenant the rest, whoever calls", async () => {
    const tab = await loadFixture(withTab)
    const { berth, tenant, signer, node } = tab
    await settleOne(tab, 30n * USD)
    await request(tab)
    const requestedAt = BigInt(await time.latest())
    await time.increase(CHALLENGE)
    await expect(finish(tab))
      .to.emit(berth, "TabClosed")
      .withArgs(tenant.address, signer.address, node.address, 0n, 70n * USD)
    expect(await creditsOf(tab, tenant)).to.equal(970n * USD)
    expect([...(await view(tab))]).to.deep.equal([tenant.address, 30n * USD, 30n * USD, requestedAt, 0n, 2n])
  })
})

describe("closeTab", () => {
  it("given a tab that was never opened, or is closed: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await expect(close({ ...tab, signer: fresh }, 0n)).to.be.revertedWithCustomError(tab.berth, "TabNotOpen")
    await close(tab, 0n)
    await expect(close(tab, 0n)).to.be.revertedWithCustomError(tab.berth, "TabNotOpen")
  })

  it("given a caller that is not the tenant: it should revert", async () => {
    const tab = await loadFixture(withTab)
    for (const account of [tab.stranger, tab.operator]) {
      await expect(close(tab, USD, FOR_EVER, account))
        .to.be.revertedWithCustomError(tab.berth, "NotTenant")
        .withArgs(tab.signer.address, tab.node.address, account.address)
    }
  })

  it("when the deadline has passed: it should revert", async () => {
    const tab = await loadFixture(withTab)
    const deadline = (await time.latest()) + 100
    await time.setNextBlockTimestamp(deadline + 1)
    await expect(close(tab, USD, deadline))
      .to.be.revertedWithCustomError(tab.berth, "SignatureExpired")
      .withArgs(deadline)
    const later = deadline + 100
    await time.setNextBlockTimestamp(later)
    await close(tab, USD, later)
  })

  it("when the node did not sign exactly this: it should revert", async () => {
    const tab = await loadFixture(withTab)
    const { berth, tenant, node } = tab
    await open(tab, tenant, fresh, node.address, USD)
    const [signer, of, amount, deadline, r, vs] = await closing(tab, 3n * USD, FOR_EVER)
    const [, , , , otherR, otherVs] = await closing({ ...tab, node: tab.signer }, 3n * USD, FOR_EVER)
    for (const wrong of [
      [fresh.address, of, amount, deadline, r, vs],
      [signer, of, amount - 1n, deadline, r, vs],
      [signer, of, amount, FOR_EVER + 1n, r, vs],
      [signer, of, amount, deadline, otherR, otherVs],
    ]) {
      await expect(berth.connect(tenant).getFunction("closeTab")(...wrong))
        .to.be.revertedWithCustomError(berth, "NotSignedByNode")
        .withArgs(node.address)
    }
  })

  it("when the amount is below what is paid: it should revert", async () => {
    const tab = await loadFixture(withTab)
    await settleOne(tab, 3n * USD)
    await expect(close(tab, 3n * USD - 1n))
      .to.be.revertedWithCustomError(tab.berth, "CloseBelowSpent")
      .withArgs(3n * USD - 1n, 3n * USD)
  })

  it("when the amount is what is paid: it should pay nothing and return the rest", async () => {
    const tab = await loadFixture(withTab)
    await settleOne(tab, 3n * USD)
    await expect(close(tab, 3n * USD))
      .to.emit(tab.berth, "TabClosed")
      .withArgs(tab.tenant.address, tab.signer.address, tab.node.address, 0n, 97n * USD)
    expect([await creditsOf(tab, tab.operator), await creditsOf(tab, tab.tenant)]).to.deep.equal([3n * USD, 997n * USD])
  })

  it("when the amount is above the deposit: it should pay the deposit and return nothing", async () => {
    const tab = await loadFixture(withTab)
    await settleOne(tab, 3n * USD)
    await expect(close(tab, 101n * USD))
      .to.emit(tab.berth, "TabClosed")
      .withArgs(tab.tenant.address, tab.signer.address, tab.node.address, 97n * USD, 0n)
    expect([await creditsOf(tab, tab.operator), await creditsOf(tab, tab.tenant)]).to.deep.equal([100n * USD, 900n * USD])
  })

  it("when the amount is above what is paid: it should pay the operator up to it, keep the fee and return the rest, also in a timed close", async () => {
    const tab = { ...(await loadFixture(withTab)), signer: fresh }
    const { berth, owner, tenant, operator, node } = tab
    await berth.connect(owner).getFunction("setFee")(500)
    await open(tab, tenant, fresh, node.address, 100n * USD)
    await settleOne(tab, 10n * USD)
    await request(tab)
    await expect(close(tab, 30n * USD))
      .to.emit(berth, "TabClosed")
      .withArgs(tenant.address, fresh.address, node.address, 20n * USD, 70n * USD)
    expect(await creditsOf(tab, operator)).to.equal((30n * USD * 95n) / 100n)
    expect(await creditsOf(tab, tenant)).to.equal(870n * USD)
    expect(await berth.getFunction("accruedFees")()).to.equal((30n * USD * 5n) / 100n)
    const { deposit, spent, state } = await view(tab)
    expect([deposit, spent, state]).to.deep.equal([30n * USD, 30n * USD, 2n])
  })
})
