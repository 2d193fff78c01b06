// How a quote becomes a reservation: the branches of trees/reserve.tree, and where it lies in storage.
import { expect } from "chai"
import { seeded, seededWallet } from "./support/batch.ts"
import { ethers, fund, loadFixture, time, USD } from "./support/harbour.ts"
import {
  atDay,
  COLLATERAL,
  cancelAgreed,
  claim,
  creditsOf,
  FULL,
  heldIsAccounted,
  idOf,
  PERIOD,
  PRICE,
  type Quote,
  quoteOf,
  reserved,
  reserveWith,
  TERM,
  toDay,
  today,
  viewOf,
  withReservation,
  withStake,
} from "./support/reserved.ts"
import { signStruct } from "./support/signing.ts"

describe("reserve", () => {
  it("when the quote has expired: it should revert", async () => {
    const staked = await loadFixture(withStake)
    const expires = BigInt(await time.latest()) + 100n
    const quote = await quoteOf(staked, { expires })
    await time.setNextBlockTimestamp(expires + 1n)
    await expect(reserveWith(staked, quote)).to.be.revertedWithCustomError(staked.reservations, "QuoteExpired").withArgs(expires)
    const later = await quoteOf(staked, { expires: expires + 100n })
    await time.setNextBlockTimestamp(expires + 100n)
    await reserveWith(staked, later)
  })

  it("when the caller is not the quote's tenant: it should revert", async () => {
    const staked = await loadFixture(withStake)
    const { reservations, otherTenant, tenant } = staked
    await fund(staked, otherTenant, 10_000n * USD)
    await expect(reserveWith(staked, await quoteOf(staked), { by: otherTenant }))
      .to.be.revertedWithCustomError(reservations, "NotQuotedTo")
      .withArgs(tenant.address, otherTenant.address)
  })

  it("given a reservation with this node and nonce: it should revert, after its cancel as well", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, quote, node, first } = running
    const used = async () =>
      expect(reserveWith(running, { ...quote, term: 5, startDay: first + 9 }))
        .to.be.revertedWithCustomError(reservations, "QuoteUsed")
        .withArgs(node.address, quote.nonce)
    await used()
    await cancelAgreed(running, first, 0)
    await used()
  })

  it("when a value of the quote is out of bounds: it should revert, naming it", async () => {
    const staked = await loadFixture(withStake)
    const day = await today()
    const max = 2n ** 64n - 1n
    const bad: [keyof Quote | "total", Partial<Quote>, bigint][] = [
      ["class", { class: "" }, 0n],
      ["class", { class: "x".repeat(65) }, 65n],
      ["gpus", { gpus: 0 }, 0n],
      ["startDay", { startDay: day - 1 }, BigInt(day - 1)],
      ["startDay", { startDay: day + 91 }, BigInt(day + 91)],
      ["term", { term: 0 }, 0n],
      ["term", { term: 367 }, 367n],
      ["pricePerDay", { pricePerDay: 0n }, 0n],
      ["collateralBps", { collateralBps: 10_001 }, 10_001n],
      ["cancelFeeBps", { cancelFeeBps: 10_001 }, 10_001n],
      ["claimPeriod", { claimPeriod: 7 }, 7n],
      ["claimPeriod", { claimPeriod: 39 }, 39n],
      ["total", { pricePerDay: max, collateralBps: 1, term: 1 }, max + max / 10_000n],
      ["total", { pricePerDay: max / 2n + 1n, collateralBps: 0, term: 2 }, max + 1n],
    ]
    for (const [field, changes, value] of bad) {
      await expect(reserveWith(staked, await quoteOf(staked, changes)), field)
        .to.be.revertedWithCustomError(staked.reservations, "BadQuote")
        .withArgs(ethers.encodeBytes32String(field), value)
    }
  })

  it("when the node did not sign all of it: it should revert", async () => {
    const staked = await loadFixture(withStake)
    const { reservations, domain, tenant, signer, node } = staked
    const quote = await quoteOf(staked)
    const refused = (sent: Promise<unknown>) =>
      expect(sent).to.be.revertedWithCustomError(reservations, "NotSignedByNode").withArgs(node.address)
    await refused(reserveWith(staked, quote, { key: signer }))
    const { r, vs } = await signStruct(node, domain, "ReservationQuote", { ...quote })
    const changes: Partial<Quote>[] = [
      { class: "nvidia/h200" },
      { gpus: 3 },
      { startDay: quote.startDay + 1 },
      { term: 31 },
      { pricePerDay: 1n },
      { listPricePerDay: 1n },
      { collateralBps: 4999 },
      { cancelFeeBps: 1999 },
      { claimPeriod: 9 },
      { expires: 2n ** 40n + 1n },
      { nonce: seeded("another") },
    ]
    for (const change of changes) await refused(reservations.connect(tenant).getFunction("reserve")({ ...quote, ...change }, signer, r, vs))
    await refused(reservations.connect(tenant).getFunction("reserve")(quote, signer, r, ethers.toBeHex(BigInt(vs) ^ (1n << 255n), 32)))
    const other = seededWallet("another node")
    await expect(reservations.connect(tenant).getFunction("reserve")({ ...quote, node: other.address }, signer, r, vs))
      .to.be.revertedWithCustomError(reservations, "NotSignedByNode")
      .withArgs(other.address)
    await reservations.connect(tenant).getFunction("reserve")(quote, signer, r, vs)
  })

  it("given deposits are paused, or the node is unknown or retired: it should revert", async () => {
    const staked = await loadFixture(withStake)
    const { berth, owner, operator, node } = staked
    const unknown = seededWallet("unknown node")
    await expect(reserveWith(staked, await quoteOf(staked, { node: unknown.address }), { key: unknown }))
      .to.be.revertedWithCustomError(berth, "NodeNotRegistered")
      .withArgs(unknown.address)
    await berth.connect(owner).getFunction("setPaused")(true)
    await expect(reserveWith(staked, await quoteOf(staked))).to.be.revertedWithCustomError(berth, "IsPaused")
    await berth.connect(owner).getFunction("setPaused")(false)
    await berth.connect(operator).getFunction("retireNode")(node.address)
    await expect(reserveWith(staked, await quoteOf(staked))).to.be.revertedWithCustomError(berth, "NodeIsRetired")
  })

  it("when credits don't cover the price, or lockable stake the collateral: it should revert", async () => {
    const staked = await loadFixture(withStake)
    const { berth, reservations, tenant, operator, node } = staked
    const quote = await quoteOf(staked, { term: 2 })
    await reservations.connect(operator).getFunction("setLockable")(node.address, 2n * COLLATERAL - 1n)
    await expect(reserveWith(staked, quote))
      .to.be.revertedWithCustomError(reservations, "InsufficientStake")
      .withArgs(2n * COLLATERAL - 1n, 2n * COLLATERAL)
    await reservations.connect(operator).getFunction("setLockable")(node.address, 2n * COLLATERAL)
    await berth.connect(tenant).getFunction("withdraw")(100_000n * USD - 2n * PRICE + 1n, tenant.address)
    await expect(reserveWith(staked, quote))
      .to.be.revertedWithCustomError(berth, "InsufficientCredits")
      .withArgs(tenant.address, 2n * PRICE - 1n, 2n * PRICE)
    await fund(staked, tenant, 1n)
    await reserveWith(staked, quote)
    expect(await creditsOf(staked, tenant)).to.equal(0n)
    expect(await reservations.getFunction("lockable")(node.address)).to.equal(0n)
  })

  it("when all is right: it should move price and collateral, mint the token and keep fee and verifier set", async () => {
    const staked = await loadFixture(withStake)
    const { berth, reservations, owner, tenant, node, signer } = staked
    await berth.connect(owner).getFunction("setFee")(250)
    const quote = await quoteOf(staked)
    const id = idOf(quote)
    const sent = reserveWith(staked, quote)
    await expect(sent)
      .to.emit(reservations, "Reserved")
      .withArgs(
        id,
        node.address,
        tenant.address,
        quote.class,
        2,
        quote.startDay,
        TERM,
        PRICE,
        30n * USD,
        COLLATERAL,
        2000,
        PERIOD,
        250,
        1,
        signer.address,
      )
    await expect(sent).to.emit(reservations, "Transfer").withArgs(ethers.ZeroAddress, tenant.address, id)
    await berth.connect(owner).getFunction("setFee")(0)
    const view = await viewOf({ reservations, id })
    expect(view).to.deep.include({ node: node.address, holder: tenant.address, class: quote.class, gpus: 2n, term: 30n })
    expect(view).to.deep.include({
      startDay: BigInt(quote.startDay),
      endDay: BigInt(quote.startDay + TERM),
      openDay: BigInt(quote.startDay),
    })
    expect(view).to.deep.include({ pricePerDay: PRICE, collateralPerDay: COLLATERAL, cancelFeeBps: 2000n, feeBps: 250n, claimPeriod: 8n })
    expect(view).to.deep.include({ verifierSet: 1n, resolved: 0n, earned: 0n, owed: 0n, refundAskedAt: 0n, cancelled: false })
    expect(await reservations.getFunction("ownerOf")(id)).to.equal(tenant.address)
    expect(await creditsOf(staked, tenant)).to.equal(100_000n * USD - 30n * PRICE)
    expect(await reservations.getFunction("lockable")(node.address)).to.equal(10_000n * USD - 30n * COLLATERAL)
    const [held, accounted] = await heldIsAccounted({ ...staked, quote, id, first: quote.startDay })
    expect(held).to.equal(accounted)
    expect(await reservations.getFunction("reservationId")(node.address, quote.nonce)).to.equal(id)
  })

  it("when all is right: it should take every value at its bounds", async () => {
    const staked = await loadFixture(withStake)
    const day = await today()
    const max = {
      class: "x".repeat(64),
      gpus: 65_535,
      startDay: day + 90,
      term: 366,
      collateralBps: 10_000,
      cancelFeeBps: 10_000,
      claimPeriod: 38,
    }
    const widest = await reserved(staked, { ...max, pricePerDay: 20n * USD, listPricePerDay: 2n ** 64n - 1n })
    expect(await viewOf(widest)).to.deep.include({
      class: max.class,
      gpus: 65_535n,
      term: 366n,
      endDay: BigInt(day + 456),
      claimPeriod: 38n,
    })
    const min = { class: "x", gpus: 1, startDay: day, term: 1, pricePerDay: 1n, collateralBps: 9999, cancelFeeBps: 0, claimPeriod: 8 }
    const least = await reserved(staked, { ...min, nonce: seeded("least") }, ethers.ZeroAddress)
    expect(await viewOf(least)).to.deep.include({ class: "x", collateralPerDay: 0n, pricePerDay: 1n, cancelFeeBps: 0n })
  })
})

/** The slot of `of` in the mapping at `slot`. */
const key = (of: bigint | string, slot: bigint) => BigInt(ethers.solidityPackedKeccak256(["uint256", "uint256"], [of, slot]))

describe("reservations' storage", () => {
  it("lies where docs/contracts.md draws it", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, operator, tenant, node, signer, id, first } = running
    await reservations.connect(tenant).getFunction("setSigner")(id, operator.address)
    const at = async (slot: bigint) => BigInt(await ethers.provider.getStorage(reservations, slot))
    const free = 5_000n * USD
    expect(await at(key(operator.address, 0n)), "stakes").to.equal(free)
    expect(await at(key(node.address, 1n)), "lockable").to.equal(10_000n * USD - 30n * COLLATERAL)
    expect(await at(key(id, 4n)), "ERC-721 owner").to.equal(BigInt(tenant.address))
    const words = key(id, 8n)
    expect(await at(words), "terms").to.equal(
      BigInt(node.address) | (BigInt(first) << 160n) | (30n << 192n) | (2n << 208n) | (8n << 224n) | (1n << 232n),
    )
    expect(await at(words + 1n), "money").to.equal(PRICE | (5000n << 192n) | (2000n << 224n) | (30n << 240n))
    expect(await at(words + 2n), "progress").to.equal(BigInt(signer.address) | (1n << 253n))
    expect(await at(words + 3n), "class").to.equal(BigInt(ethers.encodeBytes32String("nvidia/rtx-4090")) | 30n)
    const from = BigInt(await today()) + 2n
    expect(await at(key(id, 10n)), "holding").to.equal((BigInt(operator.address) << 96n) | (from << 64n) | (1n << 40n))
  })
  it("keeps its cursor behind what is resolved, and one word for each day on which the signer changes", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, signer, first, id } = running
    const at = async (slot: bigint) => BigInt(await ethers.provider.getStorage(reservations, slot))
    const words = key(id, 8n)
    const money = (earned: bigint) => (30n << 240n) | (2000n << 224n) | (5000n << 192n) | (earned << 64n) | PRICE
    // Day 2 before day 1: marked beside the cursor, which then passes over both.
    await atDay(first + 2)
    await claim(running, first + 1, [FULL])
    expect(await at(words + 1n)).to.equal(money(PRICE))
    expect(await at(words + 2n)).to.equal((0b10n << 160n) | BigInt(signer.address))
    await claim(running, first, [FULL])
    expect(await at(words + 2n)).to.equal((2n << 240n) | BigInt(signer.address))

    const named = ["next", "later", "last"].map((name) => seededWallet(name).address)
    const name = async (day: number, by: string) => {
      await toDay(day, by === named[1] ? 60 : 0)
      await reservations.connect(tenant).getFunction("setSigner")(id, by)
    }
    const holding = (by: string, day: number, changes: bigint) => (BigInt(by) << 96n) | (BigInt(day) << 64n) | (changes << 40n)
    await name(first + 3, named[0]!)
    await name(first + 3, named[1]!)
    expect(await at(key(id, 10n))).to.equal(holding(named[1]!, first + 5, 1n))
    await name(first + 4, named[2]!)
    expect(await at(key(id, 10n))).to.equal(holding(named[2]!, first + 6, 2n))
    expect(await at(key(1n, key(id, 11n)))).to.equal((BigInt(named[1]!) << 32n) | BigInt(first + 5))
    expect(await at(words + 2n)).to.equal((1n << 253n) | (2n << 240n) | BigInt(signer.address))
  })
})
