// Credits, the owner's settings and nodes: one `describe` per entry point, one `it` per branch.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { deployBerth, EMPTY_PROFILE, ethers, fund, loadFixture, OFFER, register, USD, withTab } from "./support/harbour.ts"
import { signStruct } from "./support/signing.ts"

async function funded() {
  const harbour = await deployBerth()
  await fund(harbour, harbour.tenant, 10n * USD)
  return harbour
}

describe("deposit", () => {
  it("credits whom the caller names", async () => {
    const { berth, token, tenant, stranger } = await loadFixture(funded)
    await token.getFunction("mint")(tenant.address, 7n)
    await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 7n)
    await expect(berth.connect(tenant).getFunction("deposit")(7n, stranger.address))
      .to.emit(berth, "Deposited")
      .withArgs(tenant.address, stranger.address, 7n)
    expect(await berth.getFunction("credits")(stranger.address)).to.equal(7n)
  })

  it("refuses nothing, nobody, itself, and while paused", async () => {
    const { berth, owner, tenant } = await loadFixture(funded)
    const deposit = berth.connect(tenant).getFunction("deposit")
    await expect(deposit(0n, tenant.address)).to.be.revertedWithCustomError(berth, "ZeroAmount")
    await expect(deposit(1n, ethers.ZeroAddress)).to.be.revertedWithCustomError(berth, "BadRecipient")
    await expect(deposit(1n, await berth.getAddress())).to.be.revertedWithCustomError(berth, "BadRecipient")
    await berth.connect(owner).getFunction("setPaused")(true)
    await expect(deposit(1n, tenant.address)).to.be.revertedWithCustomError(berth, "IsPaused")
  })
})

describe("withdraw", () => {
  it("sends the reserve to whom the caller names, even while paused", async () => {
    const { berth, token, owner, tenant, stranger } = await loadFixture(funded)
    await berth.connect(owner).getFunction("setPaused")(true)
    await expect(berth.connect(tenant).getFunction("withdraw")(4n * USD, stranger.address))
      .to.emit(berth, "Withdrawn")
      .withArgs(tenant.address, stranger.address, 4n * USD)
    expect(await token.getFunction("balanceOf")(stranger.address)).to.equal(4n * USD)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(6n * USD)
  })

  it("refuses more than there is, nothing, nobody and itself", async () => {
    const { berth, tenant } = await loadFixture(funded)
    const withdraw = berth.connect(tenant).getFunction("withdraw")
    await expect(withdraw(10n * USD + 1n, tenant.address))
      .to.be.revertedWithCustomError(berth, "InsufficientCredits")
      .withArgs(tenant.address, 10n * USD, 10n * USD + 1n)
    await expect(withdraw(0n, tenant.address)).to.be.revertedWithCustomError(berth, "ZeroAmount")
    await expect(withdraw(1n, ethers.ZeroAddress)).to.be.revertedWithCustomError(berth, "BadRecipient")
    await expect(withdraw(1n, await berth.getAddress())).to.be.revertedWithCustomError(berth, "BadRecipient")
  })
})

describe("owner", () => {
  it("sets fees under the cap, for new tabs", async () => {
    const { berth, owner } = await loadFixture(funded)
    const setFee = berth.connect(owner).getFunction("setFee")
    await expect(setFee(500)).to.emit(berth, "FeeSet").withArgs(500)
    await expect(setFee(501)).to.be.revertedWithCustomError(berth, "FeeAboveCap").withArgs(501, 500)
    expect(await berth.getFunction("feeBps")()).to.equal(500n)
  })

  it("hands over in two steps", async () => {
    const { berth, owner, stranger } = await loadFixture(funded)
    await berth.connect(owner).getFunction("transferOwnership")(stranger.address)
    expect(await berth.getFunction("owner")()).to.equal(owner.address)
    await berth.connect(stranger).getFunction("acceptOwnership")()
    await expect(berth.connect(owner).getFunction("setFee")(1)).to.be.revertedWithCustomError(berth, "OwnableUnauthorizedAccount")
  })

  it("is the only one, and can do nothing else", async () => {
    const { berth, stranger } = await loadFixture(funded)
    for (const [name, argument] of [
      ["setFee", 1],
      ["setPaused", true],
      ["withdrawFees", stranger.address],
    ] as const) {
      await expect(berth.connect(stranger).getFunction(name)(argument)).to.be.revertedWithCustomError(berth, "OwnableUnauthorizedAccount")
    }
    const owned = ["setFee", "setPaused", "withdrawFees", "transferOwnership", "renounceOwnership"]
    const anyones = [
      ...["deposit", "depositWithPermit", "withdraw", "registerNode", "updateNode", "setOffers", "retireNode", "openTab", "topUp"],
      ...["requestClose", "finishClose", "closeTab", "settle", "openTabWithOrder", "claimStandingOrder", "multicall", "acceptOwnership"],
    ]
    const writing = berth.interface.fragments.filter((f) => f.type === "function" && "constant" in f && !f.constant)
    expect(writing.map((f) => (f as unknown as { name: string }).name).sort()).to.deep.equal([...owned, ...anyones].sort())
  })

  it("pauses new deposits and tabs; topping up, settling, closing and withdrawing go on", async () => {
    const { berth, domain, owner, tenant, node, signer } = await loadFixture(withTab)
    await berth.connect(owner).getFunction("setPaused")(true)
    const consent = await signStruct(signer, domain, "TabConsent", { tenant: tenant.address, node: node.address })
    await expect(
      berth.connect(tenant).getFunction("openTab")(signer.address, node.address, 1n, consent.r, consent.vs),
    ).to.be.revertedWithCustomError(berth, "IsPaused")
    await berth.connect(tenant).getFunction("topUp")(signer.address, node.address, 1n)
    await berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
    await berth.connect(tenant).getFunction("withdraw")(1n, tenant.address)
  })

  it("has no fees to withdraw where there are none", async () => {
    const { berth, owner } = await loadFixture(funded)
    await expect(berth.connect(owner).getFunction("withdrawFees")(owner.address)).to.be.revertedWithCustomError(berth, "ZeroAmount")
  })
})

describe("nodes", () => {
  const node = seededWallet("node")

  async function registered() {
    const harbour = await deployBerth()
    await register(harbour, harbour.operator, node)
    return harbour
  }

  it("registers with the key's signature for the caller, with events that hold profile and offers", async () => {
    const { berth, domain, operator } = await loadFixture(deployBerth)
    const profile = {
      tier: 1,
      region: "DE/Köln",
      addresses: ["/ip4/1.2.3.4/tcp/4001", "/dns4/x.example/tcp/443/wss"],
      recorders: [operator.address],
      metadataHash: ethers.id("metadata"),
    }
    const { r, vs } = await signStruct(node, domain, "NodeRegistration", { operator: operator.address })
    const sent = await berth.connect(operator).getFunction("registerNode")(node.address, r, vs, profile, [OFFER, OFFER])
    await expect(sent).to.emit(berth, "NodeRegistered").withArgs(node.address, operator.address)
    await expect(sent).to.emit(berth, "NodeUpdated").withArgs(node.address, 1, Object.values(profile))
    await expect(sent)
      .to.emit(berth, "OffersUpdated")
      .withArgs(node.address, 1, [Object.values(OFFER), Object.values(OFFER)])
    expect([...(await berth.getFunction("nodes")(node.address))]).to.deep.equal([operator.address, false, 1n])
  })

  it("refuses a second registration and somebody else's key", async () => {
    const harbour = await loadFixture(registered)
    const { berth, domain, operator, stranger } = harbour
    await expect(register(harbour, operator, node)).to.be.revertedWithCustomError(berth, "NodeAlreadyRegistered")
    const other = seededWallet("other")
    const { r, vs } = await signStruct(other, domain, "NodeRegistration", { operator: operator.address })
    await expect(
      berth.connect(stranger).getFunction("registerNode")(other.address, r, vs, EMPTY_PROFILE, []),
    ).to.be.revertedWithCustomError(berth, "NotSignedByNode")
    await expect(
      berth.connect(stranger).getFunction("registerNode")(ethers.ZeroAddress, ethers.ZeroHash, ethers.ZeroHash, EMPTY_PROFILE, []),
    ).to.be.revertedWithCustomError(berth, "NotSignedByNode")
  })

  it("changes by operator or node key only, with rising versions; not when unknown or retired", async () => {
    const { berth, owner, operator, stranger } = await loadFixture(registered)
    await (owner as unknown as typeof owner).sendTransaction({ to: node.address, value: 10n ** 18n })
    const key = node.connect(ethers.provider)
    const update = (by: typeof operator, of = node.address) => berth.connect(by).getFunction("updateNode")(of, EMPTY_PROFILE)
    await expect(update(operator)).to.emit(berth, "NodeUpdated").withArgs(node.address, 2, Object.values(EMPTY_PROFILE))
    await expect(berth.connect(key).getFunction("setOffers")(node.address, []))
      .to.emit(berth, "OffersUpdated")
      .withArgs(node.address, 3, [])
    await expect(update(stranger)).to.be.revertedWithCustomError(berth, "NotOperator").withArgs(node.address, stranger.address)
    await expect(update(operator, stranger.address)).to.be.revertedWithCustomError(berth, "NodeNotRegistered")
    await expect(berth.connect(key).getFunction("retireNode")(node.address)).to.be.revertedWithCustomError(berth, "NotOperator")
    await expect(berth.connect(operator).getFunction("retireNode")(node.address)).to.emit(berth, "NodeRetired").withArgs(node.address)
    await expect(update(operator)).to.be.revertedWithCustomError(berth, "NodeIsRetired")
    await expect(berth.connect(operator).getFunction("retireNode")(node.address)).to.be.revertedWithCustomError(berth, "NodeIsRetired")
  })

  it("keeps every list and string within its bounds", async () => {
    const { berth, operator } = await loadFixture(registered)
    const tooLong: [Partial<Record<keyof typeof EMPTY_PROFILE, unknown>>, string][] = [
      [{ tier: 3 }, "UnknownTier"],
      [{ region: "x".repeat(65) }, "RegionTooLong"],
      [{ addresses: Array(17).fill("/ip4/1.2.3.4") }, "TooManyAddresses"],
      [{ addresses: ["/ip4/1.2.3.4", "x".repeat(257)] }, "AddressTooLong"],
      [{ recorders: Array(9).fill(operator.address) }, "TooManyRecorders"],
    ]
    const largest = {
      tier: 2,
      region: "x".repeat(64),
      addresses: Array(16).fill("x".repeat(256)),
      recorders: Array(8).fill(operator.address),
    }
    await berth.connect(operator).getFunction("updateNode")(node.address, { ...EMPTY_PROFILE, ...largest })
    for (const [part, error] of tooLong) {
      await expect(
        berth.connect(operator).getFunction("updateNode")(node.address, { ...EMPTY_PROFILE, ...part }),
      ).to.be.revertedWithCustomError(berth, error)
    }
    const setOffers = berth.connect(operator).getFunction("setOffers")
    await setOffers(node.address, Array(32).fill({ ...OFFER, class: "x".repeat(64) }))
    await expect(setOffers(node.address, Array(33).fill(OFFER))).to.be.revertedWithCustomError(berth, "TooManyOffers")
    for (const name of ["", "x".repeat(65)]) {
      await expect(setOffers(node.address, [OFFER, { ...OFFER, class: name }]))
        .to.be.revertedWithCustomError(berth, "BadClassLength")
        .withArgs(1, name.length, 64)
    }
  })

  it("keeps an offer's discounts in events: at most 8, terms ascending within a reservation's, never more than the price", async () => {
    const { berth, operator } = await loadFixture(registered)
    const setOffers = berth.connect(operator).getFunction("setOffers")
    const offering = (...discounts: [term: number, bps: number][]) => [
      OFFER,
      { ...OFFER, discounts: discounts.map(([term, bps]) => ({ term, bps })) },
    ]
    const eight = [1, 2, 3, 4, 5, 6, 7, 366].map((term): [number, number] => [term, term === 366 ? 10_000 : 0])
    await expect(setOffers(node.address, offering(...eight)))
      .to.emit(berth, "OffersUpdated")
      .withArgs(node.address, 2, [Object.values(OFFER), [...Object.values(OFFER).slice(0, 4), eight]])
    await expect(setOffers(node.address, offering(...eight.slice(0, 7), [365, 0], [366, 0])))
      .to.be.revertedWithCustomError(berth, "TooManyDiscounts")
      .withArgs(1, 9, 8)
    const wrong: [[number, number][], number][] = [
      [[[0, 1]], 0],
      [[[367, 1]], 0],
      [[[30, 10_001]], 0],
      [
        [
          [30, 1],
          [30, 2],
        ],
        1,
      ],
      [
        [
          [7, 1],
          [30, 2],
          [29, 3],
        ],
        2,
      ],
    ]
    for (const [discounts, at] of wrong) {
      await expect(setOffers(node.address, offering(...discounts)))
        .to.be.revertedWithCustomError(berth, "BadDiscount")
        .withArgs(1, at, ...discounts[at]!)
    }
  })
})
