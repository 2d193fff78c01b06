// Nodes: the branches of trees/registerNode.tree, updateNode.tree, setOffers.tree and retireNode.tree.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { type Account, deployBerth, EMPTY_PROFILE, ethers, fund, loadFixture, OFFER, open, register, USD } from "./support/harbour.ts"
import { signStruct } from "./support/signing.ts"
import { settleOne } from "./support/tab.ts"

const node = seededWallet("node")
const fresh = seededWallet("another node")
const long = (length: number) => "x".repeat(length)

const LARGEST = {
  ...{ tier: 2, region: long(64), addresses: Array(16).fill(long(256)), metadataHash: ethers.id("metadata") },
  recorders: Array(8).fill(node.address),
}
const BAD_PROFILES: [Partial<Record<keyof typeof EMPTY_PROFILE, unknown>>, string, unknown[]][] = [
  [{ tier: 3 }, "UnknownTier", [3]],
  [{ region: long(65) }, "RegionTooLong", [65, 64]],
  [{ addresses: Array(17).fill("/ip4/1.2.3.4") }, "TooManyAddresses", [17, 16]],
  [{ addresses: ["/ip4/1.2.3.4", long(257)] }, "AddressTooLong", [1, 257, 256]],
  [{ recorders: Array(9).fill(node.address) }, "TooManyRecorders", [9, 8]],
]
const offering = (...discounts: [term: number, bps: number][]) => [
  OFFER,
  { ...OFFER, discounts: discounts.map(([term, bps]) => ({ term, bps })) },
]

async function registered() {
  const harbour = await deployBerth()
  const { berth, owner, operator } = harbour
  await register(harbour, operator, node)
  await owner.sendTransaction({ to: node.address, value: 10n ** 18n })
  const key = node.connect(ethers.provider) as unknown as Account
  const as = (account: Account, name: string) => berth.connect(account).getFunction(name)
  const registering = async (by: Account, of = fresh, profile: object = EMPTY_PROFILE, offers: object[] = [], signedFor = by) => {
    const { r, vs } = await signStruct(of, harbour.domain, "NodeRegistration", { operator: signedFor.address })
    return as(by, "registerNode")(of.address, r, vs, profile, offers)
  }
  return { ...harbour, key, as, registering }
}

describe("registerNode", () => {
  it("given a key that is registered, retired or not: it should revert", async () => {
    const { berth, operator, stranger, as, registering } = await loadFixture(registered)
    await expect(registering(stranger, node)).to.be.revertedWithCustomError(berth, "NodeAlreadyRegistered").withArgs(node.address)
    await as(operator, "retireNode")(node.address)
    await expect(registering(operator, node)).to.be.revertedWithCustomError(berth, "NodeAlreadyRegistered")
  })

  it("when the key did not sign for the caller as operator, or there is no key: it should revert", async () => {
    const { berth, operator, stranger, as, registering } = await loadFixture(registered)
    const error = [berth, "NotSignedByNode"] as const
    await expect(registering(stranger, fresh, EMPTY_PROFILE, [], operator))
      .to.be.revertedWithCustomError(...error)
      .withArgs(fresh.address)
    const none = [ethers.ZeroHash, ethers.ZeroHash, EMPTY_PROFILE, []]
    await expect(as(stranger, "registerNode")(fresh.address, ...none)).to.be.revertedWithCustomError(...error)
    await expect(as(stranger, "registerNode")(ethers.ZeroAddress, ...none)).to.be.revertedWithCustomError(...error)
  })

  it("when profile or offers are out of bounds: it should revert", async () => {
    const { berth, operator, registering } = await loadFixture(registered)
    for (const [part, error, args] of BAD_PROFILES) {
      await expect(registering(operator, fresh, { ...EMPTY_PROFILE, ...part }))
        .to.be.revertedWithCustomError(berth, error)
        .withArgs(...args)
    }
    await expect(registering(operator, fresh, EMPTY_PROFILE, Array(33).fill(OFFER))).to.be.revertedWithCustomError(berth, "TooManyOffers")
    await expect(registering(operator, fresh, EMPTY_PROFILE, offering([0, 0]))).to.be.revertedWithCustomError(berth, "BadDiscount")
  })

  it("when the key signed for the caller: it should be the caller's node for ever, with its profile and offers as version 1", async () => {
    const { berth, operator, registering } = await loadFixture(registered)
    const profile = {
      ...{ tier: 1, region: "DE/Köln", addresses: ["/ip4/1.2.3.4/tcp/4001", "/dns4/x.example/tcp/443/wss"] },
      ...{ recorders: [operator.address], metadataHash: ethers.id("metadata") },
    }
    const sent = await registering(operator, fresh, profile, offering([30, 1000]))
    await expect(sent).to.emit(berth, "NodeRegistered").withArgs(fresh.address, operator.address)
    await expect(sent).to.emit(berth, "NodeUpdated").withArgs(fresh.address, 1, Object.values(profile))
    const offers = [Object.values(OFFER), [...Object.values(OFFER).slice(0, 4), [[30, 1000]]]]
    await expect(sent).to.emit(berth, "OffersUpdated").withArgs(fresh.address, 1, offers)
    expect([...(await berth.getFunction("nodes")(fresh.address))]).to.deep.equal([operator.address, false, 1n])
  })
})

describe("updateNode", () => {
  it("given an unknown or retired node: it should revert", async () => {
    const { berth, operator, as } = await loadFixture(registered)
    const update = as(operator, "updateNode")
    await expect(update(fresh.address, EMPTY_PROFILE)).to.be.revertedWithCustomError(berth, "NodeNotRegistered").withArgs(fresh.address)
    await as(operator, "retireNode")(node.address)
    await expect(update(node.address, EMPTY_PROFILE)).to.be.revertedWithCustomError(berth, "NodeIsRetired").withArgs(node.address)
  })

  it("given a caller that is neither the operator nor the node key: it should revert", async () => {
    const { berth, stranger, as } = await loadFixture(registered)
    await expect(as(stranger, "updateNode")(node.address, EMPTY_PROFILE))
      .to.be.revertedWithCustomError(berth, "NotOperator")
      .withArgs(node.address, stranger.address)
  })

  it("when the profile is out of bounds: it should revert", async () => {
    const { berth, operator, as } = await loadFixture(registered)
    for (const [part, error, args] of BAD_PROFILES) {
      await expect(as(operator, "updateNode")(node.address, { ...EMPTY_PROFILE, ...part }))
        .to.be.revertedWithCustomError(berth, error)
        .withArgs(...args)
    }
  })

  it("when the profile is at its bounds or within: it should be an event with the next version, by operator or node key", async () => {
    const { berth, operator, key, as } = await loadFixture(registered)
    await expect(as(operator, "updateNode")(node.address, LARGEST))
      .to.emit(berth, "NodeUpdated")
      .withArgs(node.address, 2, [2, LARGEST.region, LARGEST.addresses, LARGEST.recorders, LARGEST.metadataHash])
    await expect(as(key, "updateNode")(node.address, EMPTY_PROFILE))
      .to.emit(berth, "NodeUpdated")
      .withArgs(node.address, 3, Object.values(EMPTY_PROFILE))
    expect([...(await berth.getFunction("nodes")(node.address))]).to.deep.equal([operator.address, false, 3n])
  })
})

describe("setOffers", () => {
  it("given an unknown or retired node: it should revert", async () => {
    const { berth, operator, as } = await loadFixture(registered)
    await expect(as(operator, "setOffers")(fresh.address, [])).to.be.revertedWithCustomError(berth, "NodeNotRegistered")
    await as(operator, "retireNode")(node.address)
    await expect(as(operator, "setOffers")(node.address, [])).to.be.revertedWithCustomError(berth, "NodeIsRetired")
  })

  it("given a caller that is neither the operator nor the node key: it should revert", async () => {
    const { berth, stranger, as } = await loadFixture(registered)
    await expect(as(stranger, "setOffers")(node.address, []))
      .to.be.revertedWithCustomError(berth, "NotOperator")
      .withArgs(node.address, stranger.address)
  })

  it("when there are too many offers, or a class has no name or a long one: it should revert", async () => {
    const { berth, operator, as } = await loadFixture(registered)
    const setOffers = as(operator, "setOffers")
    await expect(setOffers(node.address, Array(33).fill(OFFER)))
      .to.be.revertedWithCustomError(berth, "TooManyOffers")
      .withArgs(33, 32)
    for (const name of ["", long(65)]) {
      await expect(setOffers(node.address, [OFFER, { ...OFFER, class: name }]))
        .to.be.revertedWithCustomError(berth, "BadClassLength")
        .withArgs(1, name.length, 64)
    }
  })

  it("when there are too many discounts, or one is out of order or bounds: it should revert", async () => {
    const { berth, operator, as } = await loadFixture(registered)
    const setOffers = as(operator, "setOffers")
    const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((term): [number, number] => [term, 1])
    await expect(setOffers(node.address, offering(...nine)))
      .to.be.revertedWithCustomError(berth, "TooManyDiscounts")
      .withArgs(1, 9, 8)
    const wrong: [number, ...[number, number][]][] = [
      [0, [0, 1]],
      [0, [367, 1]],
      [0, [30, 10_001]],
      [1, [30, 1], [30, 2]],
      [2, [7, 1], [30, 2], [29, 3]],
    ]
    for (const [at, ...discounts] of wrong) {
      await expect(setOffers(node.address, offering(...discounts)))
        .to.be.revertedWithCustomError(berth, "BadDiscount")
        .withArgs(1, at, ...discounts[at]!)
    }
  })

  it("when the offers are at their bounds or within, or none at all: it should be an event with the next version, by operator or node key", async () => {
    const { berth, operator, key, as } = await loadFixture(registered)
    const eight = [1, 2, 3, 4, 5, 6, 7, 366].map((term): [number, number] => [term, term === 366 ? 10_000 : 0])
    const [, largest] = offering(...eight)
    await expect(as(operator, "setOffers")(node.address, Array(32).fill({ ...largest, class: long(64) })))
      .to.emit(berth, "OffersUpdated")
      .withArgs(node.address, 2, Array(32).fill([long(64), ...Object.values(OFFER).slice(1, 4), eight]))
    await expect(as(key, "setOffers")(node.address, [])).to.emit(berth, "OffersUpdated").withArgs(node.address, 3, [])
    expect((await berth.getFunction("nodes")(node.address)).version).to.equal(3n)
  })
})

describe("retireNode", () => {
  it("given an unknown or retired node: it should revert", async () => {
    const { berth, operator, as } = await loadFixture(registered)
    await expect(as(operator, "retireNode")(fresh.address)).to.be.revertedWithCustomError(berth, "NodeNotRegistered")
    await as(operator, "retireNode")(node.address)
    await expect(as(operator, "retireNode")(node.address)).to.be.revertedWithCustomError(berth, "NodeIsRetired")
  })

  it("given a caller that is not the operator, though it be the node key: it should revert", async () => {
    const { berth, key, stranger, as } = await loadFixture(registered)
    for (const account of [key, stranger]) {
      await expect(as(account, "retireNode")(node.address))
        .to.be.revertedWithCustomError(berth, "NotOperator")
        .withArgs(node.address, account.address)
    }
  })

  it("given the operator: it should end new tabs and changes for ever, and leave running tabs alone", async () => {
    const harbour = await loadFixture(registered)
    const { berth, operator, tenant, as } = harbour
    const signer = seededWallet("signer")
    await fund(harbour, tenant, 3n * USD)
    await open(harbour, tenant, signer, node.address, USD)
    await expect(as(operator, "retireNode")(node.address)).to.emit(berth, "NodeRetired").withArgs(node.address)
    expect([...(await berth.getFunction("nodes")(node.address))]).to.deep.equal([operator.address, true, 1n])
    await expect(open(harbour, tenant, fresh, node.address, USD)).to.be.revertedWithCustomError(berth, "NodeIsRetired")
    await settleOne({ ...harbour, node, signer }, USD)
    expect(await berth.getFunction("credits")(operator.address)).to.equal(USD)
  })
})
