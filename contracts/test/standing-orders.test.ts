// Giving a standing order, and what it allows: the branches of trees/openTabWithOrder.tree and standingOrderAllows.tree. Claims are in
// standing-claims.test.ts, what an attacker would try in traps-orders.test.ts.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { CHALLENGE, ethers, HOUR, loadFixture, networkHelpers, open, time, USD } from "./support/harbour.ts"
import { signStruct } from "./support/signing.ts"
import { allows, at, type Order, openWithOrder, withOrder } from "./support/standing.ts"
import { closing } from "./support/tab.ts"

const fresh = seededWallet("fresh signer")

describe("openTabWithOrder", () => {
  it("when `until` is not after the opening: it should revert", async () => {
    const tab = await loadFixture(withOrder)
    const now = (await time.latest()) + 100
    await time.setNextBlockTimestamp(now)
    await expect(
      openWithOrder(tab, tab.tenant, fresh, tab.node.address, 1n, { ...tab.order, from: 0, until: now }),
    ).to.be.revertedWithCustomError(tab.berth, "EmptyStandingOrder")
    await time.setNextBlockTimestamp(now + 1)
    await openWithOrder(tab, tab.tenant, fresh, tab.node.address, 1n, { ...tab.order, from: 0, until: now + 2 })
  })

  it("when even at `until` the order would allow nothing: it should revert", async () => {
    const tab = await loadFixture(withOrder)
    const { until } = tab.order
    const empty: Partial<Order>[] = [
      { base: 0n, cap: 0n },
      { base: 0n, rate: 0n },
      { base: 0n, from: until },
      { base: 0n, from: until + 1 },
      // one credit an hour, for one second less
      { base: 0n, rate: 1n, from: until - HOUR + 1 },
    ]
    for (const part of empty) {
      await expect(openWithOrder(tab, tab.tenant, fresh, tab.node.address, 1n, { ...tab.order, ...part })).to.be.revertedWithCustomError(
        tab.berth,
        "EmptyStandingOrder",
      )
    }
    await openWithOrder(tab, tab.tenant, fresh, tab.node.address, 1n, { ...tab.order, base: 0n, rate: 1n, from: until - HOUR })
  })

  it("when the tab can't be opened: it should revert as openTab does, and give no order", async () => {
    const tab = await loadFixture(withOrder)
    const { berth, domain, tenant, owner, operator, signer, node, order, otherTenant } = tab
    const openBy = (key = fresh, at = node.address, amount = 1n) => openWithOrder(tab, tenant, key, at, amount, order)
    await expect(openBy(fresh, otherTenant.address)).to.be.revertedWithCustomError(berth, "NodeNotRegistered")
    await expect(openBy(fresh, node.address, 0n)).to.be.revertedWithCustomError(berth, "ZeroAmount")
    await expect(openBy(signer)).to.be.revertedWithCustomError(berth, "TabExists")
    await expect(openBy(fresh, node.address, 901n * USD)).to.be.revertedWithCustomError(berth, "InsufficientCredits")
    const { r, vs } = await signStruct(fresh, domain, "TabConsent", { tenant: tenant.address, node: node.address })
    const as = (account: typeof tenant, key: string) =>
      berth.connect(account).getFunction("openTabWithOrder")(key, node.address, 1n, order, r, vs)
    await expect(as(tenant, ethers.ZeroAddress)).to.be.revertedWithCustomError(berth, "ZeroSigner")
    await expect(as(otherTenant, fresh.address)).to.be.revertedWithCustomError(berth, "NotSignedBySigner")
    await berth.connect(owner).getFunction("setPaused")(true)
    await expect(openBy()).to.be.revertedWithCustomError(berth, "IsPaused")
    await berth.connect(owner).getFunction("setPaused")(false)
    await berth.connect(operator).getFunction("retireNode")(node.address)
    await expect(openBy()).to.be.revertedWithCustomError(berth, "NodeIsRetired")
    expect([...(await berth.getFunction("standingOrders")(fresh.address, node.address))]).to.deep.equal([0n, 0n, 0n, 0n, 0n])
  })

  it("when `from` is before the opening: it should open the tab and raise `from` to the opening", async () => {
    const tab = await loadFixture(withOrder)
    const { berth, tenant, node, order } = tab
    const now = (await time.latest()) + 10
    await time.setNextBlockTimestamp(now)
    const sent = await openWithOrder(tab, tenant, fresh, node.address, 50n * USD, { ...order, from: now - 1 })
    await expect(sent)
      .to.emit(berth, "TabOpened")
      .withArgs(tenant.address, fresh.address, node.address, 50n * USD, 0)
    const given = [order.base, order.cap, order.rate, BigInt(now), BigInt(order.until)]
    await expect(sent)
      .to.emit(berth, "StandingOrderGiven")
      .withArgs(tenant.address, fresh.address, node.address, ...given)
    expect([...(await berth.getFunction("standingOrders")(fresh.address, node.address))]).to.deep.equal(given)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(850n * USD)
  })

  it("when `from` is after the opening: it should open the tab and keep the order as given", async () => {
    const { berth, tenant, signer, node, order } = await loadFixture(withOrder)
    const kept = await berth.getFunction("standingOrders")(signer.address, node.address)
    expect([...kept]).to.deep.equal([order.base, order.cap, order.rate, BigInt(order.from), BigInt(order.until)])
    expect([...(await berth.getFunction("tabs")(signer.address, node.address))].slice(0, 3)).to.deep.equal([tenant.address, 100n * USD, 0n])
  })
})

describe("standingOrderAllows", () => {
  it("given no tab, or one without an order: it should be zero", async () => {
    const tab = await loadFixture(withOrder)
    expect(await allows({ ...tab, signer: fresh })).to.equal(0n)
    await open(tab, tab.tenant, fresh, tab.node.address, 1n)
    expect(await allows({ ...tab, signer: fresh })).to.equal(0n)
  })

  it("given an order, when `from` is not reached: it should be `base`", async () => {
    const tab = await loadFixture(withOrder)
    expect(await allows(tab)).to.equal(5n * USD)
    await time.increaseTo(tab.order.from)
    expect(await allows(tab)).to.equal(5n * USD)
  })

  it("given an order, when time runs: it should rise by `rate` an hour, rounded down", async () => {
    const tab = await loadFixture(withOrder)
    // $2 an hour is 555.55 credits a second.
    for (const [seconds, credits] of [
      [1, 555n],
      [2, 1_111n],
      [9, 5_000n],
      [HOUR - 1, 1_999_444n],
      [HOUR, 2n * USD],
    ] as const) {
      await time.increaseTo(tab.order.from + seconds)
      expect(await allows(tab)).to.equal(5n * USD + credits)
    }
  })

  it("given an order, when `base` and `cap` are reached: it should rise no more", async () => {
    const tab = await loadFixture(withOrder)
    await time.increaseTo(tab.order.from + 30 * HOUR - 1)
    expect(await allows(tab)).to.equal(65n * USD - 556n)
    for (const hours of [30, 31, 48, 480]) {
      await time.increaseTo(tab.order.from + hours * HOUR)
      expect(await allows(tab)).to.equal(65n * USD)
    }
  })

  it("given an order, when `until` has passed: it should stay what it was then", async () => {
    const tab = await loadFixture(withOrder)
    const order = { ...tab.order, cap: 600n * USD }
    await openWithOrder(tab, tab.tenant, fresh, tab.node.address, USD, order)
    for (const [seconds, credits] of [
      [-1, 101n * USD - 556n],
      [0, 101n * USD],
      [1, 101n * USD],
      [CHALLENGE, 101n * USD],
    ] as const) {
      await time.increaseTo(order.until + seconds)
      expect(await allows({ ...tab, signer: fresh })).to.equal(credits)
    }
  })

  it("given an order, when a close was requested: it should stay what it was then, and `base` if that was before `from`", async () => {
    const tab = await loadFixture(withOrder)
    const request = tab.berth.connect(tab.tenant).getFunction("requestClose")
    const before = await networkHelpers.takeSnapshot()
    await request(tab.signer.address, tab.node.address)
    await time.increaseTo(tab.order.from + 20 * HOUR)
    expect(await allows(tab)).to.equal(5n * USD)
    await before.restore()
    await at(tab, 3 * HOUR)
    await request(tab.signer.address, tab.node.address)
    await time.increase(20 * HOUR)
    expect(await allows(tab)).to.equal(11n * USD)
  })

  it("given a tab that is closed: it should be zero", async () => {
    const tab = await loadFixture(withOrder)
    await tab.berth.connect(tab.tenant).getFunction("closeTab")(...(await closing(tab, 0n, 2n ** 40n)))
    expect(await allows(tab)).to.equal(0n)
  })
})
