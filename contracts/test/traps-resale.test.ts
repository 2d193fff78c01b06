// Traps of resale that design and reviews name, on the real Seaport: a marketplace that knows nothing of Berth.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { type Account, ethers, loadFixture, time, USD } from "./support/harbour.ts"
import {
  atDay,
  COLLATERAL,
  claim,
  creditsOf,
  heldIsAccounted,
  LITTLE,
  MISSED,
  PRICE,
  type Reserved,
  viewOf,
  withReservation,
} from "./support/reserved.ts"
import { deploySeaport, orderOf, signOrder } from "./support/seaport.ts"

const DELAY = 24 * 3600
const BUDGET = 1_000n * USD
const ASKED = 600n * USD

/** The tenant's signed offer of a token with a missed day's money in it (day 1 of the term), and a buyer who has $1,000 of TestUSD ready. */
async function onSale() {
  const running = await withReservation()
  const { token, tenant, otherTenant: buyer, reservations, id, first } = running
  const seaport = await deploySeaport()
  const address = await seaport.getAddress()
  await atDay(first + 1)
  await claim(running, first, [LITTLE])
  await reservations.connect(tenant).getFunction("setApprovalForAll")(address, true)
  await token.getFunction("mint")(buyer.address, BUDGET)
  await token.connect(buyer).getFunction("approve")(address, BUDGET)
  const order = await signOrder(seaport, tenant, await orderOf(tenant.address, reservations, id, token, ASKED))
  return { ...running, buyer, seaport, order, buy: (bought = order) => fulfil(seaport, buyer, bought) }
}

type Order = Awaited<ReturnType<typeof signOrder>>

function fulfil(seaport: Awaited<ReturnType<typeof deploySeaport>>, buyer: Account, order: Order) {
  return seaport.connect(buyer).getFunction("fulfillOrder")(order, ethers.ZeroHash)
}

function as({ reservations }: Reserved, by: Account, name: string, ...args: unknown[]) {
  return reservations.connect(by).getFunction(name)(...args)
}

function signerOf({ reservations, id }: Reserved, day: number): Promise<string> {
  return reservations.getFunction("signerOf")(id, day)
}

/** Asks, waits and takes; what came of it. */
async function refundTo(running: Reserved, by: Account): Promise<bigint> {
  const before = await creditsOf(running, by)
  await as(running, by, "askRefund", running.id)
  await time.increase(DELAY)
  await as(running, by, "takeRefund", running.id)
  return (await creditsOf(running, by)) - before
}

describe("Traps: resale on Seaport", () => {
  it("a signed order is filled for TestUSD: the buyer holds the token, the seller the price, and no order sells it again", async () => {
    const running = await loadFixture(onSale)
    const { token, tenant, buyer, seaport, buy } = running
    expect((await seaport.getFunction("information")()).version).to.equal("1.6")
    await expect(buy()).to.changeTokenBalances(ethers, token, [buyer, tenant], [-ASKED, ASKED])
    expect(await viewOf(running)).to.deep.include({ holder: buyer.address, owed: MISSED, refundAskedAt: 0n })
    await expect(buy()).to.be.revertedWithCustomError(seaport, "OrderAlreadyFilled")
  })

  it("the days from the day after next on are signed for by nobody, until the buyer names somebody", async () => {
    const running = await loadFixture(onSale)
    const { reservations, buyer, signer, id, first, buy } = running
    const agent = seededWallet("buyer's agent")
    const today = first + 1
    await buy()
    expect(await Promise.all([0, 1, 2, 20].map((ahead) => signerOf(running, today + ahead)))).to.deep.equal([
      signer.address,
      signer.address,
      ethers.ZeroAddress,
      ethers.ZeroAddress,
    ])
    await atDay(today + 1)
    await as(running, buyer, "setSigner", id, agent.address)
    expect(await signerOf(running, today + 2)).to.equal(ethers.ZeroAddress)
    expect(await signerOf(running, today + 3)).to.equal(agent.address)
    await atDay(today + 4)
    await expect(claim(running, today + 3, [1440], { key: signer })).to.be.revertedWithCustomError(reservations, "NotSignedByDaySigner")
    await claim(running, today + 3, [1440], { key: agent })
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

  it("a signer named in front of the sale signs for no day of the buyer's", async () => {
    const running = await loadFixture(onSale)
    const { reservations, tenant, id, first, buy } = running
    const accomplice = seededWallet("accomplice")
    await as(running, tenant, "setSigner", id, accomplice.address)
    expect(await signerOf(running, first + 3)).to.equal(accomplice.address)
    await buy()
    expect(await signerOf(running, first + 3)).to.equal(ethers.ZeroAddress)
    await atDay(first + 4)
    await expect(claim(running, first + 3, [1440], { key: accomplice })).to.be.revertedWithCustomError(reservations, "NotSignedByDaySigner")
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
