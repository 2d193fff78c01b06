// Traps of resale that design and reviews name, on the real Seaport: a marketplace that knows nothing of Berth. Who signs after a sale:
// traps-resale-signers.
import { expect } from "chai"
import { ethers, loadFixture, time } from "./support/harbour.ts"
import { ASKED, as, BUDGET, DELAY, fulfil, onSale, refundTo } from "./support/resale.ts"
import { atDay, COLLATERAL, claim, creditsOf, heldIsAccounted, LITTLE, MISSED, PRICE, viewOf } from "./support/reserved.ts"
import { bidOf, orderOf, signOrder } from "./support/seaport.ts"

describe("Traps: resale on Seaport", () => {
  it("a signed order is filled for TestUSD: the buyer holds the token, the seller the price, and no order sells it again", async () => {
    const running = await loadFixture(onSale)
    const { token, tenant, buyer, seaport, buy } = running
    expect((await seaport.getFunction("information")()).version).to.equal("1.6")
    await expect(buy()).to.changeTokenBalances(ethers, token, [buyer, tenant], [-ASKED, ASKED])
    expect(await viewOf(running)).to.deep.include({ holder: buyer.address, owed: MISSED, refundAskedAt: 0n })
    await expect(buy()).to.be.revertedWithCustomError(seaport, "OrderAlreadyFilled")
  })

  it("days served before the sale stay payable to the operator by the old signer, and what was missed of them is the buyer's", async () => {
    const running = await loadFixture(onSale)
    const { operator, buyer, first, buy } = running
    await atDay(first + 4)
    await buy()
    const before = await creditsOf(running, operator)
    await claim(running, first + 1, [1440, 1440, LITTLE])
    expect((await creditsOf(running, operator)) - before).to.equal(3n * (PRICE + COLLATERAL) - MISSED)
    expect(await refundTo(running, buyer)).to.equal(2n * MISSED)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })

  it("a seller can't front-run a buyer by taking the refund: what was seen in the token is sold with it", async () => {
    const running = await loadFixture(onSale)
    const { reservations, tenant, buyer, id, buy } = running
    // What the buyer sees: money in the token, and nobody has asked for it.
    expect(await viewOf(running)).to.deep.include({ owed: MISSED, refundAskedAt: 0n })
    const before = await creditsOf(running, tenant)
    await as(running, tenant, "askRefund", id)
    await expect(as(running, tenant, "takeRefund", id)).to.be.revertedWithCustomError(reservations, "RefundNotYet")
    await time.increase(DELAY - 100)
    await buy()
    await time.increase(DELAY)
    await expect(as(running, tenant, "takeRefund", id)).to.be.revertedWithCustomError(reservations, "NotHolder")
    // The seller's asking is forgotten with the sale: the buyer's own runs its time.
    await expect(as(running, buyer, "takeRefund", id)).to.be.revertedWithCustomError(reservations, "RefundNotAsked")
    expect(await refundTo(running, buyer)).to.equal(MISSED)
    expect(await creditsOf(running, tenant)).to.equal(before)
  })

  it("a claim in front of the sale moves a missed day's money into the token, not to the seller", async () => {
    const running = await loadFixture(onSale)
    const { tenant, buyer, first, buy } = running
    const before = await creditsOf(running, tenant)
    await atDay(first + 2)
    await claim(running, first + 1, [LITTLE], { by: tenant })
    await buy()
    expect(await creditsOf(running, tenant)).to.equal(before)
    expect(await refundTo(running, buyer)).to.equal(2n * MISSED)
  })

  it("an asking that has run its time is seen before the sale: such a refund is the seller's", async () => {
    const running = await loadFixture(onSale)
    const { reservations, tenant, buyer, id, buy } = running
    await as(running, tenant, "askRefund", id)
    const askedAt = BigInt(await time.latest())
    await time.increase(DELAY)
    expect((await viewOf(running)).refundAskedAt).to.equal(askedAt)
    const uri: string = await reservations.getFunction("tokenURI")(id)
    const json = JSON.parse(Buffer.from(uri.split(",")[1]!, "base64").toString())
    expect(json.attributes.at(-1)).to.deep.equal({ trait_type: "Refunds asked for", value: "yes" })
    // The control: who buys in spite of it may get a token that was emptied a moment before.
    await as(running, tenant, "takeRefund", id)
    await buy()
    expect(await viewOf(running)).to.deep.include({ holder: buyer.address, owed: 0n })
  })

  it("a buyer's own bid is no look: money that was in the token is gone from under one that stands for longer than a day", async () => {
    const running = await loadFixture(onSale)
    const { reservations, token, tenant, buyer, seaport, id } = running
    // The limit, shown and not defended: an order of Seaport's asks for the token, and says nothing of what lies in it.
    const bidFor = async (days: number) => {
      const endTime = BigInt((await time.latest()) + days * DELAY)
      return signOrder(seaport, buyer, await bidOf(buyer.address, reservations, id, token, ASKED, endTime))
    }
    await as(running, tenant, "setApprovalForAll", await seaport.getAddress(), true)
    await token.connect(tenant).getFunction("approve")(await seaport.getAddress(), ASKED)
    const [short, long] = [await bidFor(1), await bidFor(3)]
    expect(await viewOf(running)).to.deep.include({ owed: MISSED, refundAskedAt: 0n })
    expect(await refundTo(running, tenant)).to.equal(MISSED)
    // A bid that ends within 24 hours of its buyer's look can't be filled behind a refund.
    await expect(fulfil(seaport, tenant, short)).to.be.revertedWithCustomError(seaport, "InvalidTime")
    await expect(fulfil(seaport, tenant, long)).to.changeTokenBalances(ethers, token, [buyer, tenant], [-ASKED, ASKED])
    expect(await viewOf(running)).to.deep.include({ holder: buyer.address, owed: 0n })
  })

  it("a cancel that front-runs a buyer makes the order fail and leaves the buyer its money", async () => {
    const running = await loadFixture(onSale)
    const { reservations, token, tenant, buyer, id, buy } = running
    await as(running, tenant, "cancel", id)
    await expect(buy()).to.be.revertedWithCustomError(reservations, "ERC721NonexistentToken")
    expect(await token.getFunction("balanceOf")(buyer.address)).to.equal(BUDGET)
  })

  it("a contract that owns the token until it is sold traps no refund", async () => {
    const running = await loadFixture(onSale)
    const { reservations, token, tenant, buyer, seaport, id, first, buy } = running
    const vault = await ethers.deployContract("PlainAccount")
    const address = await vault.getAddress()
    await as(running, tenant, "transferFrom", tenant.address, address, id)
    await atDay(first + 3)
    await claim(running, first + 1, [720])
    // The seller's own order is worth nothing while the token lies elsewhere; the vault, which can't sign, puts its own on chain.
    await expect(buy()).to.be.revertedWithCustomError(reservations, "ERC721InsufficientApproval")
    const order = { parameters: await orderOf(address, reservations, id, token, ASKED), signature: "0x" }
    const call = (target: typeof seaport, name: string, ...args: unknown[]) =>
      vault.getFunction("call")(target, target.interface.encodeFunctionData(name, args))
    await call(reservations, "approve", await seaport.getAddress(), id)
    await call(seaport, "validate", [order])
    await expect(buy(order)).to.changeTokenBalances(ethers, token, [buyer, address], [-ASKED, ASKED])
    expect(await refundTo(running, buyer)).to.equal(MISSED + PRICE / 2n)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })
})
