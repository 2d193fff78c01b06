// Claims under a standing order: the branches of trees/claimStandingOrder.tree. What an attacker would try is in traps-orders.test.ts.
import { expect } from "chai"
import { figures, seededWallet } from "./support/batch.ts"
import { DAY, HOUR, loadFixture, open, USD } from "./support/harbour.ts"
import { at, type Claim, claim, claimOf, OPENING, openWithOrder, recordsHashOf, send, withOrder } from "./support/standing.ts"
import { closing, settleOne } from "./support/tab.ts"

const fresh = seededWallet("fresh signer")

describe("claimStandingOrder", () => {
  it("given a tab that is not open: it should revert", async () => {
    const tab = await loadFixture(withOrder)
    const { berth, tenant } = tab
    const unopened = { ...tab, signer: fresh }
    await expect(claim(unopened, 1n)).to.be.revertedWithCustomError(berth, "TabNotOpen").withArgs(fresh.address, tab.node.address)
    await berth.connect(tenant).getFunction("closeTab")(...(await closing(tab, 0n, 2n ** 40n)))
    await expect(claim(tab, 1n)).to.be.revertedWithCustomError(berth, "TabNotOpen")
  })

  it("given a tab without an order: it should revert", async () => {
    const tab = await loadFixture(withOrder)
    await open(tab, tab.tenant, fresh, tab.node.address, USD)
    await expect(claim({ ...tab, signer: fresh }, 1n))
      .to.be.revertedWithCustomError(tab.berth, "NoStandingOrder")
      .withArgs(fresh.address, tab.node.address)
  })

  it("given a tab with an order, when the node did not sign all of it: it should revert", async () => {
    const tab = await loadFixture(withOrder)
    const [signer, node, day, gpuMs, amount, records, r, vs] = await claimOf(tab, USD)
    const other = `0x${"11".repeat(32)}`
    const wrong: Claim[] = [
      [signer, node, day + 1, gpuMs, amount, records, r, vs],
      [signer, node, day, gpuMs + 1n, amount, records, r, vs],
      [signer, node, day, gpuMs, amount + 1n, records, r, vs],
      [signer, node, day, gpuMs, amount, records, other, vs],
      [signer, node, day, gpuMs, amount, records, r, other],
      ...Object.entries(OPENING).map(([field, value]): Claim => {
        const changed = { ...records, [field]: typeof value === "string" ? other : typeof value === "bigint" ? value + 1n : value + 1 }
        return [signer, node, day, gpuMs, amount, changed, r, vs]
      }),
    ]
    expect(wrong.length).to.equal(5 + 6)
    for (const arguments_ of wrong)
      await expect(send(tab, arguments_)).to.be.revertedWithCustomError(tab.berth, "NotSignedByNode").withArgs(node)
    await send(tab, [signer, node, day, gpuMs, amount, records, r, vs])
  })

  it("given a tab with an order, when the amount is not above what was paid: it should revert", async () => {
    const tab = await loadFixture(withOrder)
    await claim(tab, 3n * USD)
    for (const amount of [3n * USD, 2n * USD, 0n]) {
      await expect(claim(tab, amount))
        .to.be.revertedWithCustomError(tab.berth, "NothingToClaim")
        .withArgs(5n * USD, amount, 3n * USD)
    }
  })

  it("given a tab with an order, when the order allows no more than was paid: it should revert", async () => {
    const tab = await loadFixture(withOrder)
    await settleOne(tab, 7n * USD)
    await at(tab, HOUR)
    await expect(claim(tab, 9n * USD))
      .to.be.revertedWithCustomError(tab.berth, "NothingToClaim")
      .withArgs(7n * USD, 9n * USD, 7n * USD)
  })

  it("given a tab with an order, when the deposit is used up: it should revert, and pay after a top-up", async () => {
    const tab = await loadFixture(withOrder)
    const small = { ...tab, signer: fresh }
    await openWithOrder(tab, tab.tenant, fresh, tab.node.address, 2n * USD, tab.order)
    await claim(small, 4n * USD)
    await expect(claim(small, 4n * USD))
      .to.be.revertedWithCustomError(tab.berth, "NothingToClaim")
      .withArgs(2n * USD, 4n * USD, 2n * USD)
    await tab.berth.connect(tab.tenant).getFunction("topUp")(fresh.address, tab.node.address, 10n * USD)
    await claim(small, 4n * USD)
    expect(await tab.berth.getFunction("credits")(tab.operator.address)).to.equal(4n * USD)
  })

  it("given a tab with an order, when the amount is the least of amount, allowed and deposit: it should pay up to the amount, whoever sends it, to the operator alone", async () => {
    const tab = await loadFixture(withOrder)
    const { berth, node, signer, operator, stranger } = tab
    const recordsHash = await recordsHashOf(tab, signer.address, node.address)
    await expect(claim(tab, USD, { gpuMs: 17n }))
      .to.emit(berth, "Settled")
      .withArgs(node.address, signer.address, figures(DAY, 17n, USD, USD), recordsHash)
    await expect(claim(tab, 3n * USD))
      .to.emit(berth, "Settled")
      .withArgs(node.address, signer.address, figures(DAY, 3n * USD, 3n * USD, 2n * USD), recordsHash)
    expect((await berth.getFunction("tabs")(signer.address, node.address)).spent).to.equal(3n * USD)
    expect(await berth.getFunction("credits")(operator.address)).to.equal(3n * USD)
    expect(await berth.getFunction("credits")(stranger.address)).to.equal(0n)
  })

  it("given a tab with an order, when what is allowed is the least: it should pay up to what is allowed", async () => {
    const tab = await loadFixture(withOrder)
    const { berth, node, signer } = tab
    const recordsHash = await recordsHashOf(tab, signer.address, node.address)
    await at(tab, 2 * HOUR)
    await expect(claim(tab, 50n * USD))
      .to.emit(berth, "Settled")
      .withArgs(node.address, signer.address, figures(DAY, 50n * USD, 50n * USD, 9n * USD), recordsHash)
  })

  it("given a tab with an order, when the deposit is the least: it should pay the rest of the deposit", async () => {
    const tab = await loadFixture(withOrder)
    const small = { ...tab, signer: fresh }
    await openWithOrder(tab, tab.tenant, fresh, tab.node.address, 7n * USD, tab.order)
    await claim(small, 3n * USD)
    await at(tab, 20 * HOUR)
    await claim(small, 20n * USD)
    const { deposit, spent } = await tab.berth.getFunction("tabs")(fresh.address, tab.node.address)
    expect([deposit, spent]).to.deep.equal([7n * USD, 7n * USD])
  })

  it("given a tab with an order, when the tab has a fee: it should keep the fee of the cumulative total, together with receipts", async () => {
    const tab = await loadFixture(withOrder)
    await tab.berth.connect(tab.owner).getFunction("setFee")(500)
    const taxed = { ...tab, signer: fresh }
    await openWithOrder(tab, tab.tenant, fresh, tab.node.address, USD, tab.order)
    // Each step rounded by itself (19, 20, 1) would keep 1 in all.
    await claim(taxed, 19n)
    expect(await tab.berth.getFunction("accruedFees")()).to.equal(0n)
    await settleOne(taxed, 39n)
    expect(await tab.berth.getFunction("accruedFees")()).to.equal(1n)
    await claim(taxed, 40n)
    expect(await tab.berth.getFunction("accruedFees")()).to.equal(2n)
    expect(await tab.berth.getFunction("credits")(tab.operator.address)).to.equal(38n)
  })

  it("given a tab with an order, when all is paused and the node is retired: it should pay", async () => {
    const tab = await loadFixture(withOrder)
    await tab.berth.connect(tab.owner).getFunction("setPaused")(true)
    await tab.berth.connect(tab.operator).getFunction("retireNode")(tab.node.address)
    await claim(tab, USD)
    expect(await tab.berth.getFunction("credits")(tab.operator.address)).to.equal(USD)
  })
})
