// Traps of reservations that design and reviews name: contracts as owners, callbacks, what is locked, and how everyone gets out.
import { expect } from "chai"
import { seeded, seededWallet } from "./support/batch.ts"
import { ethers, fund, loadFixture, register, time, USD } from "./support/harbour.ts"
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
  quoteOf,
  type Reserved,
  reserved,
  reserveWith,
  TERM,
  viewOf,
  withReservation,
  withStake,
} from "./support/reserved.ts"
import { signStruct } from "./support/signing.ts"

const DELAY = 24 * 3600

/** Asks, waits and takes; what came of it. */
async function refundTo(running: Reserved, by: Reserved["tenant"]): Promise<bigint> {
  const { reservations, id } = running
  const before = await creditsOf(running, by)
  await reservations.connect(by).getFunction("askRefund")(id)
  await time.increase(DELAY)
  await reservations.connect(by).getFunction("takeRefund")(id)
  return (await creditsOf(running, by)) - before
}

describe("Traps: contracts as owners", () => {
  it("a reservation minted to a contract without a receiver is that contract's, to use and to pass on", async () => {
    const staked = await loadFixture(withStake)
    const { reservations, domain, signer, node, tenant } = staked
    const account = await ethers.deployContract("PlainAccount")
    const address = await account.getAddress()
    await fund(staked, tenant, 1_000n * USD)
    await staked.token.getFunction("mint")(tenant.address, 1_000n * USD)
    await staked.token.connect(tenant).getFunction("approve")(await staked.berth.getAddress(), 1_000n * USD)
    await staked.berth.connect(tenant).getFunction("deposit")(1_000n * USD, address)
    const quote = await quoteOf(staked, { tenant: address })
    const { r, vs } = await signStruct(node, domain, "ReservationQuote", { ...quote })
    const call = (name: string, args: unknown[]) =>
      account.getFunction("call")(reservations, reservations.interface.encodeFunctionData(name, args))
    await call("reserve", [quote, signer.address, r, vs])
    const id = await reservations.getFunction("reservationId")(node.address, quote.nonce)
    expect(await reservations.getFunction("ownerOf")(id)).to.equal(address)
    await call("transferFrom", [address, tenant.address, id])
    expect(await reservations.getFunction("ownerOf")(id)).to.equal(tenant.address)
  })

  it("re-entry: a receiver that calls back into everything gets what is its own and nothing twice", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, berth, tenant, operator, signer, domain, id, first } = running
    const receiver = await ethers.deployContract("HostileReceiver")
    const address = await receiver.getAddress()
    await atDay(first + 2)
    await claim(running, first, [LITTLE])
    await reservations.connect(tenant).getFunction("askRefund")(id)
    await time.increase(DELAY)
    const served = "0x05a0"
    const day = await signStruct(signer, domain, "DayClaim", { reservation: id, firstDay: first + 1, served })
    const transfer = "safeTransferFrom(address,address,uint256)"
    const calls: [string, unknown[], boolean][] = [
      ["takeRefund", [id], false],
      ["askRefund", [id], true],
      ["takeRefund", [id], false],
      ["claimDays", [id, first + 1, served, day.r, day.vs], true],
      ["claimDays", [id, first + 1, served, day.r, day.vs], false],
      ["lapseDays", [id], true],
      ["setSigner", [id, address], true],
      ["stake", [1], false],
      ["finishUnstake", [], false],
      ["approve", [operator.address, id], true],
      ["cancel", [id], true],
      ["cancel", [id], false],
      ["takeRefund", [id], false],
      [transfer, [address, tenant.address, id], false],
    ]
    for (const [name, args] of calls) await receiver.getFunction("arm")(reservations, reservations.interface.encodeFunctionData(name, args))
    await receiver.getFunction("arm")(berth, berth.interface.encodeFunctionData("withdraw", [1n, tenant.address]))
    await receiver.getFunction("arm")(berth, berth.interface.encodeFunctionData("releaseCredits", [address, 1n]))
    const before = await creditsOf(running, operator)
    await reservations.connect(tenant).getFunction(transfer)(tenant.address, address, id)
    const outcomes = await Promise.all(calls.map((_, i) => receiver.getFunction("outcomes")(i)))
    expect(outcomes.map((went, i) => [calls[i]![0], went])).to.deep.equal(calls.map(([name, , goes]) => [name, goes]))
    expect([await receiver.getFunction("outcomes")(calls.length), await receiver.getFunction("outcomes")(calls.length + 1)]).to.deep.equal([
      true,
      false,
    ])
    // Day 0 mostly missed, day 1 served, day 2 is today and stays open, day 3 has begun by now; the rest was cancelled.
    const view = await viewOf(running)
    const left = BigInt(TERM - Number(view.endDay - view.startDay))
    expect(await creditsOf(running, address)).to.equal(MISSED + (left * PRICE * 8000n) / 10_000n - 1n)
    expect((await creditsOf(running, operator)) - before).to.equal(
      PRICE + COLLATERAL + left * COLLATERAL + (left * PRICE * 2000n) / 10_000n,
    )
    const [held, accounted] = await heldIsAccounted(running)
    expect(held).to.equal(accounted)
  })
})

describe("Traps: what is locked", () => {
  it("neither another reservation, nor unstaking, nor another's penalty touches price or collateral of a running one", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, tenant, node, first } = running
    const as = reservations.connect(operator)
    const other = await reserved(running, { nonce: seeded("other"), term: 3, startDay: first })
    await as.getFunction("setLockable")(node.address, 0)
    await as.getFunction("requestUnstake")((await reservations.getFunction("stakes")(operator.address)).free)
    await expect(reserveWith(running, await quoteOf(running, { nonce: seeded("third") }))).to.be.revertedWithCustomError(
      reservations,
      "InsufficientStake",
    )
    // The other one is never served, and its penalty is taken out of the market altogether.
    await atDay(first + 8)
    for (let day = 0; day < 8; day += 4) await claim(running, first + day, Array(4).fill(1440))
    await atDay(first + 3 + PERIOD)
    await reservations.getFunction("lapseDays")(other.id)
    expect(await refundTo(other, tenant)).to.equal(3n * (PRICE + COLLATERAL))
    await as.getFunction("finishUnstake")()
    const credits = await creditsOf(running, operator)
    await running.berth.connect(operator).getFunction("withdraw")(credits, operator.address)
    // Nothing is left but this one's own price and collateral, and it pays to the end.
    expect(await creditsOf(running, await reservations.getAddress())).to.equal(22n * (PRICE + COLLATERAL))
    for (let day = 8; day < TERM; day += 7) {
      const left = Math.min(7, TERM - day)
      await atDay(first + day + left)
      await claim(running, first + day, Array(left).fill(1440))
    }
    expect(await creditsOf(running, operator)).to.equal(22n * (PRICE + COLLATERAL))
    expect(await creditsOf(running, await reservations.getAddress())).to.equal(0n)
  })

  it("the stake of one node's operator never backs another's quotes", async () => {
    const staked = await loadFixture(withStake)
    const { reservations, otherTenant } = staked
    const foreign = seededWallet("foreign node")
    await register(staked, otherTenant, foreign)
    await expect(reserveWith(staked, await quoteOf(staked, { node: foreign.address }), { key: foreign }))
      .to.be.revertedWithCustomError(reservations, "InsufficientStake")
      .withArgs(0, BigInt(TERM) * COLLATERAL)
  })
})

describe("Traps: no owner, all paused", () => {
  it("everyone still gets out all that is theirs", async () => {
    const running = await loadFixture(withReservation)
    const { berth, token, reservations, owner, operator, tenant, otherTenant, node, first, id } = running
    const sold = await reserved(running, { nonce: seeded("sold") })
    await berth.connect(owner).getFunction("setPaused")(true)
    await berth.connect(owner).getFunction("renounceOwnership")()
    await expect(reserveWith(running, await quoteOf(running, { nonce: seeded("late") }))).to.be.revertedWithCustomError(berth, "IsPaused")
    const as = (by: typeof tenant) => reservations.connect(by)
    await as(tenant).getFunction("transferFrom")(tenant.address, otherTenant.address, sold.id)
    await atDay(first + 2)
    await claim(running, first, [1440, LITTLE])
    await as(tenant).getFunction("cancel")(id)
    await as(operator).getFunction("setLockable")(node.address, 0)
    await as(operator).getFunction("requestUnstake")((await reservations.getFunction("stakes")(operator.address)).free)
    // Day 2 of the cancelled one and all of the sold one are claimed by nobody.
    await atDay(first + 3 + PERIOD)
    await as(tenant).getFunction("takeRefund")(id)
    expect(await refundTo(sold, otherTenant)).to.equal(BigInt(TERM) * PRICE + 3n * COLLATERAL)
    await as(operator).getFunction("finishUnstake")()
    expect(await creditsOf(running, await reservations.getAddress())).to.equal(0n)
    for (const account of [operator, tenant, otherTenant]) {
      await berth.connect(account).getFunction("withdraw")(await creditsOf(running, account), account.address)
    }
    expect(await token.getFunction("balanceOf")(await berth.getAddress())).to.equal(0n)
  })
})
