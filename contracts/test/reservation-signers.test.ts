// Who signs, and what a transfer does: the branches of trees/setSigner.tree, transferFrom.tree and safeTransferFrom.tree.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { ethers, loadFixture, time } from "./support/harbour.ts"
import {
  atDay,
  COLLATERAL,
  claim,
  creditsOf,
  heldIsAccounted,
  LITTLE,
  MISSED,
  PERIOD,
  PRICE,
  type Reserved,
  TERM,
  toDay,
  viewOf,
  withReservation,
} from "./support/reserved.ts"

const as = ({ reservations, tenant }: Reserved, by = tenant) => reservations.connect(by)
const signerOf = ({ reservations, id }: Reserved, day: number) => reservations.getFunction("signerOf")(id, day)
const next = seededWallet("next signer")
const third = seededWallet("third signer")

/** Given to somebody else, who has seen nothing of it before, on the first day. */
async function transferred() {
  const running = await withReservation()
  await toDay(running.first, 7)
  const { tenant, otherTenant, id } = running
  const sent = await as(running).getFunction("transferFrom")(tenant.address, otherTenant.address, id)
  return { ...running, sent }
}

describe("setSigner", () => {
  it("given no such reservation: it should revert", async () => {
    const running = await loadFixture(withReservation)
    await expect(as(running).getFunction("setSigner")(7, next.address))
      .to.be.revertedWithCustomError(running.reservations, "UnknownReservation")
      .withArgs(7)
  })

  it("when the caller is not the token's owner: it should revert, approved as well", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, stranger, operator, id } = running
    await as(running).getFunction("setApprovalForAll")(stranger.address, true)
    for (const by of [stranger, operator]) {
      await expect(as(running, by).getFunction("setSigner")(id, next.address))
        .to.be.revertedWithCustomError(reservations, "NotHolder")
        .withArgs(id, by.address)
    }
  })

  it("when the owner names one: it should act from the day after next on", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, id, signer, first } = running
    await toDay(first + 2, 86_399)
    await expect(as(running).getFunction("setSigner")(id, next.address))
      .to.emit(reservations, "SignerSet")
      .withArgs(id, first + 4, next.address)
    for (const day of [0, first, first + 3]) expect(await signerOf(running, day)).to.equal(signer.address)
    for (const day of [first + 4, first + TERM, 2 ** 32 - 1]) expect(await signerOf(running, day)).to.equal(next.address)
  })

  it("when the owner names another on the same day: it should replace the first", async () => {
    const running = await loadFixture(withReservation)
    const { id, signer, first } = running
    await toDay(first)
    await as(running).getFunction("setSigner")(id, next.address)
    await as(running).getFunction("setSigner")(id, third.address)
    expect(await signerOf(running, first + 1)).to.equal(signer.address)
    expect(await signerOf(running, first + 2)).to.equal(third.address)
  })

  it("when nobody would sign from tomorrow on, after a change: it should act from tomorrow on, once", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, id, signer, first } = running
    const names = async (key: string, fromDay: number) =>
      expect(as(running).getFunction("setSigner")(id, key)).to.emit(reservations, "SignerSet").withArgs(id, fromDay, key)
    await toDay(first)
    await names(ethers.ZeroAddress, first + 2)
    await toDay(first + 1, 86_390)
    // Nobody once more leaves the gap as it is.
    await names(ethers.ZeroAddress, first + 2)
    await names(next.address, first + 2)
    await names(third.address, first + 3)
    const found = await Promise.all([1, 2, 3, TERM].map((ahead) => signerOf(running, first + ahead)))
    expect(found).to.deep.equal([signer.address, next.address, third.address, third.address])
    // A day that nobody signs for and that has begun is nobody's for ever.
    await toDay(first + 3)
    await names(ethers.ZeroAddress, first + 5)
    await toDay(first + 5)
    await names(next.address, first + 7)
    expect(await Promise.all([4, 5, 6, 7].map((ahead) => signerOf(running, first + ahead)))).to.deep.equal([
      third.address,
      ethers.ZeroAddress,
      ethers.ZeroAddress,
      next.address,
    ])
  })

  it("when the owner names others on later days: it should keep who signs for which days", async () => {
    const running = await loadFixture(withReservation)
    const { id, signer, first } = running
    const names = [next.address, ethers.ZeroAddress, third.address, next.address]
    for (const [i, name] of names.entries()) {
      await toDay(first + 3 * i)
      await as(running).getFunction("setSigner")(id, name)
    }
    const found: string[] = []
    for (let day = first; day < first + 14; day += 3) found.push(await signerOf(running, day + 1))
    expect(found).to.deep.equal([signer.address, ...names])
  })

  it("when days have lapsed: it should post them first", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, id, first } = running
    await toDay(first + 1 + PERIOD)
    await expect(as(running).getFunction("setSigner")(id, next.address))
      .to.emit(reservations, "DayLapsed")
      .withArgs(id, first, PRICE + COLLATERAL)
  })
})

describe("transferFrom", () => {
  it("when the caller is neither owner nor approved: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, stranger, operator, id } = running
    for (const by of [stranger, operator]) {
      await expect(as(running, by).getFunction("transferFrom")(tenant.address, by.address, id))
        .to.be.revertedWithCustomError(reservations, "ERC721InsufficientApproval")
        .withArgs(by.address, id)
    }
  })

  it("given a cancelled one: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, otherTenant, id } = running
    await as(running).getFunction("cancel")(id)
    await expect(as(running).getFunction("transferFrom")(tenant.address, otherTenant.address, id)).to.be.revertedWithCustomError(
      reservations,
      "ERC721NonexistentToken",
    )
  })

  it("when it goes to somebody else: it should name nobody from the day after next on, and carry what lies in it", async () => {
    const running = await loadFixture(transferred)
    const { reservations, sent, otherTenant, signer, id, first } = running
    await expect(sent)
      .to.emit(reservations, "SignerSet")
      .withArgs(id, first + 2, ethers.ZeroAddress)
    expect(await signerOf(running, first + 1)).to.equal(signer.address)
    expect(await signerOf(running, first + 2)).to.equal(ethers.ZeroAddress)
    await atDay(first + 1)
    await claim(running, first, [LITTLE])
    expect(await viewOf(running)).to.deep.include({ holder: otherTenant.address, owed: MISSED })
    await as(running, otherTenant).getFunction("askRefund")(id)
    await time.increase(86_400)
    await as(running, otherTenant).getFunction("takeRefund")(id)
    expect(await creditsOf(running, otherTenant)).to.equal(MISSED)
  })

  it("when a refund was asked for: it should forget that", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, otherTenant, id, first } = running
    await atDay(first + 1)
    await claim(running, first, [LITTLE])
    await as(running).getFunction("askRefund")(id)
    await as(running).getFunction("transferFrom")(tenant.address, otherTenant.address, id)
    expect(await viewOf(running)).to.deep.include({ refundAskedAt: 0n, owed: MISSED })
    await time.increase(2 * 86_400)
    const take = (by: typeof tenant) => as(running, by).getFunction("takeRefund")(id)
    await expect(take(tenant)).to.be.revertedWithCustomError(reservations, "NotHolder")
    await expect(take(otherTenant)).to.be.revertedWithCustomError(reservations, "RefundNotAsked")
    // Not even when it comes back.
    await as(running, otherTenant).getFunction("transferFrom")(otherTenant.address, tenant.address, id)
    await expect(take(tenant)).to.be.revertedWithCustomError(reservations, "RefundNotAsked")
  })

  it("when it goes to its owner: it should change nothing", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, signer, id, first } = running
    await atDay(first + 1)
    await claim(running, first, [LITTLE])
    await as(running).getFunction("askRefund")(id)
    const before = await viewOf(running)
    await expect(as(running).getFunction("transferFrom")(tenant.address, tenant.address, id)).not.to.emit(reservations, "SignerSet")
    expect(await viewOf(running)).to.deep.equal(before)
    expect(await signerOf(running, first + 20)).to.equal(signer.address)
  })

  it("when the term has ended by then: it should post that, and give the operator its collateral", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, otherTenant, operator, id, first } = running
    const before = await creditsOf(running, operator)
    await toDay(first + 3 + PERIOD)
    await expect(as(running).getFunction("transferFrom")(tenant.address, otherTenant.address, id)).to.emit(reservations, "TermEnded")
    expect((await creditsOf(running, operator)) - before).to.equal(BigInt(TERM - 3) * COLLATERAL)
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })
})

describe("safeTransferFrom", () => {
  it("when the receiver is a contract that does not take tokens: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, berth, id } = running
    const send = as(running).getFunction("safeTransferFrom(address,address,uint256)")
    await expect(send(tenant.address, await berth.getAddress(), id)).to.be.revertedWithCustomError(reservations, "ERC721InvalidReceiver")
  })

  it("when the receiver takes it: it should do what transferFrom does", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, otherTenant, id } = running
    const send = as(running).getFunction("safeTransferFrom(address,address,uint256)")
    await expect(send(tenant.address, otherTenant.address, id)).to.emit(reservations, "SignerSet")
    expect(await reservations.getFunction("ownerOf")(id)).to.equal(otherTenant.address)
  })
})
