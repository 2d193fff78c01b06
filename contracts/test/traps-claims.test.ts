// Traps that design and audits of similar systems name, each as a test of that name: claims and replay.
import { expect } from "chai"
import { concat, dataSlice, TypedDataEncoder, toBeHex } from "ethers"
import { encodeBatch, seededWallet, signLine } from "./support/batch.ts"
import { DAY, deployBerth, ethers, fund, loadFixture, open, register, USD, withTab } from "./support/harbour.ts"
import { berthDomain, type CompactSignature, HALF_ORDER, signStruct, structTypes } from "./support/signing.ts"
import { closing, fails, settleOne, view } from "./support/tab.ts"

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

describe("Traps: claims", () => {
  it("partial payment does not burn a claim (dust front-run)", async () => {
    const tab = await loadFixture(withTab)
    const { berth, operator, tenant, signer, node } = tab
    await expect(settleOne(tab, 100n * USD + 7n)).to.emit(berth, "Settled")
    expect((await view(tab)).spent).to.equal(100n * USD)
    // Somebody puts dust in front of the next claim: it pays the dust and no more, and the receipt is as good as before.
    await berth.connect(tenant).getFunction("topUp")(signer.address, node.address, 1n)
    await settleOne(tab, 100n * USD + 7n)
    expect((await view(tab)).spent).to.equal(100n * USD + 1n)
    await berth.connect(tenant).getFunction("topUp")(signer.address, node.address, 50n)
    await settleOne(tab, 100n * USD + 7n)
    expect(await berth.getFunction("credits")(operator.address)).to.equal(100n * USD + 7n)
  })

  it("withdraw racing a claim takes nothing out of a tab", async () => {
    const tab = await loadFixture(withTab)
    const { berth, tenant, operator } = tab
    await berth.connect(tenant).getFunction("withdraw")(900n * USD, tenant.address)
    await expect(berth.connect(tenant).getFunction("withdraw")(1n, tenant.address)).to.be.revertedWithCustomError(
      berth,
      "InsufficientCredits",
    )
    await settleOne(tab, 100n * USD)
    expect(await berth.getFunction("credits")(operator.address)).to.equal(100n * USD)
  })

  it("a repeated receipt pays once, whoever sends it and however often", async () => {
    const tab = await loadFixture(withTab)
    const line = await signLine(tab.signer, tab.domain, tab.node.address, DAY, 5n * USD)
    const group = { node: tab.node.address, day: DAY, lines: [line, line] }
    const settle = tab.berth.connect(tab.stranger).getFunction("settle")
    await expect(settle(encodeBatch(group, group)))
      .to.emit(tab.berth, "LineSkipped")
      .withArgs(tab.node.address, tab.signer.address, 3n, 4)
    await settle(encodeBatch(group))
    expect(await tab.berth.getFunction("credits")(tab.operator.address)).to.equal(5n * USD)
  })

  it("fee raised over work already done leaves running tabs alone", async () => {
    const tab = await loadFixture(withTab)
    await settleOne(tab, 10n * USD)
    await tab.berth.connect(tab.owner).getFunction("setFee")(500)
    await settleOne(tab, 20n * USD)
    expect(await tab.berth.getFunction("accruedFees")()).to.equal(0n)
    expect(await tab.berth.getFunction("credits")(tab.operator.address)).to.equal(20n * USD)
  })

  it("rounding: the fee of many dust payments is the fee of their sum", async () => {
    const harbour = await deployBerth()
    const node = seededWallet("node")
    await harbour.berth.connect(harbour.owner).getFunction("setFee")(333)
    await fund(harbour, harbour.tenant, 1000n)
    await register(harbour, harbour.operator, node)
    const signer = seededWallet("signer")
    await open(harbour, harbour.tenant, signer, node.address, 1000n)
    const tab = { ...harbour, node, signer }
    for (let amount = 1n; amount <= 61n; amount++) await settleOne(tab, amount)
    expect(await tab.berth.getFunction("accruedFees")()).to.equal((61n * 333n) / 10_000n)
    await settleOne(tab, 1000n)
    expect(await tab.berth.getFunction("accruedFees")()).to.equal(33n)
    expect(await tab.berth.getFunction("credits")(tab.operator.address)).to.equal(967n)
  })

  it("an unsigned line does not revert the others", async () => {
    const tab = await loadFixture(withTab)
    const good = await signLine(tab.signer, tab.domain, tab.node.address, DAY, USD)
    const zero: CompactSignature = { r: ethers.ZeroHash, vs: ethers.ZeroHash }
    const lines = [{ ...good, signature: zero }, good]
    await expect(tab.berth.getFunction("settle")(encodeBatch({ node: tab.node.address, day: DAY, lines })))
      .to.emit(tab.berth, "LineSkipped")
      .withArgs(tab.node.address, ethers.ZeroAddress, 0n, 1)
    expect((await view(tab)).spent).to.equal(USD)
  })

  it("an invalid signature after a valid one is not taken for the valid one's signer", async () => {
    const tab = await loadFixture(withTab)
    const good = await signLine(tab.signer, tab.domain, tab.node.address, DAY, USD)
    const lines = [good, { ...good, amount: 50n * USD, signature: { r: ethers.ZeroHash, vs: ethers.ZeroHash } }]
    await tab.berth.getFunction("settle")(encodeBatch({ node: tab.node.address, day: DAY, lines }))
    expect((await view(tab)).spent).to.equal(USD)
  })

  it("a batch too large for a transaction takes no line with it: half of it still settles", async () => {
    const tab = await loadFixture(withTab)
    const line = await signLine(tab.signer, tab.domain, tab.node.address, DAY, USD)
    const batch = (count: number) => encodeBatch({ node: tab.node.address, day: DAY, lines: Array(count).fill(line) })
    const gasLimit = 16_777_216n
    expect(await fails(tab.berth.getFunction("settle")(batch(4000), { gasLimit }))).to.equal(true)
    expect((await view(tab)).spent).to.equal(0n)
    await tab.berth.getFunction("settle")(batch(1000), { gasLimit })
    expect((await view(tab)).spent).to.equal(USD)
  })
})

describe("Traps: replay", () => {
  it("replay across chains: a receipt for another chain id pays nothing", async () => {
    const tab = await loadFixture(withTab)
    await expect(settleOne(tab, USD, berthDomain(1, await tab.berth.getAddress()))).to.emit(tab.berth, "LineSkipped")
    expect((await view(tab)).spent).to.equal(0n)
  })

  it("replay across contracts: a receipt for another deployment pays nothing", async () => {
    const tab = await loadFixture(withTab)
    const other = await deployBerth()
    await expect(settleOne(tab, USD, other.domain)).to.emit(tab.berth, "LineSkipped")
    expect((await view(tab)).spent).to.equal(0n)
  })

  it("replay across accounts: nobody else can use a signer's consent", async () => {
    const tab = await loadFixture(withTab)
    const { berth, domain, node, tenant, otherTenant } = tab
    await fund(tab, otherTenant, USD)
    const signer = seededWallet("second signer")
    const { r, vs } = await signStruct(signer, domain, "TabConsent", { tenant: tenant.address, node: node.address })
    await expect(berth.connect(otherTenant).getFunction("openTab")(signer.address, node.address, USD, r, vs))
      .to.be.revertedWithCustomError(berth, "NotSignedBySigner")
      .withArgs(signer.address)
  })

  it("replay across nodes: a receipt for one node pays nothing at another", async () => {
    const tab = await loadFixture(withTab)
    const other = seededWallet("other node")
    await register(tab, tab.otherTenant, other)
    await open(tab, tab.tenant, tab.signer, other.address, USD)
    const line = await signLine(tab.signer, tab.domain, tab.node.address, DAY, USD)
    await tab.berth.getFunction("settle")(encodeBatch({ node: other.address, day: DAY, lines: [line] }))
    expect((await tab.berth.getFunction("tabs")(tab.signer.address, other.address)).spent).to.equal(0n)
  })

  it("replay across lives of a tab: a closed slot never opens again and pays no old receipt", async () => {
    const tab = await loadFixture(withTab)
    const { berth, tenant, signer, node } = tab
    await berth.connect(tenant).getFunction("closeTab")(...(await closing(tab, 10n * USD, 2n ** 40n)))
    await expect(open(tab, tenant, signer, node.address, USD)).to.be.revertedWithCustomError(berth, "TabExists")
    await expect(settleOne(tab, 90n * USD))
      .to.emit(berth, "LineSkipped")
      .withArgs(node.address, signer.address, 0n, 3)
    await expect(berth.connect(tenant).getFunction("topUp")(signer.address, node.address, USD)).to.be.revertedWithCustomError(
      berth,
      "TabNotOpen",
    )
  })

  it("a signature for one struct is worth nothing as another", async () => {
    const { berth, domain, node, tenant, signer } = await loadFixture(withTab)
    // The node signs its registration; the tenant tries it as an agreed close, the same bytes.
    const { r, vs } = await signStruct(node, domain, "NodeRegistration", { operator: tenant.address })
    await expect(
      berth.connect(tenant).getFunction("closeTab")(signer.address, node.address, 0n, 2n ** 40n, r, vs),
    ).to.be.revertedWithCustomError(berth, "NotSignedByNode")
  })

  it("a malleable signature (high s) is refused everywhere", async () => {
    const tab = await loadFixture(withTab)
    const { berth, domain, tenant, node } = tab
    // 2^255 - 1 is the highest s that EIP-2098 can carry; half the curve's order is a little below.
    const highS = toBeHex(2n ** 255n - 1n, 32)
    const good = await signLine(tab.signer, domain, node.address, DAY, USD)
    const lines = [{ ...good, signature: { r: good.signature.r, vs: highS } }]
    await expect(berth.getFunction("settle")(encodeBatch({ node: node.address, day: DAY, lines })))
      .to.emit(berth, "LineSkipped")
      .withArgs(node.address, ethers.ZeroAddress, 0n, 1)
    // Whom ecrecover itself, which takes it, would name as the signer of a consent.
    const consent = TypedDataEncoder.hash(domain, { TabConsent: structTypes.TabConsent }, { tenant: tenant.address, node: node.address })
    const recovered = await ethers.provider.call({ to: toBeHex(1, 20), data: concat([consent, toBeHex(27, 32), good.signature.r, highS]) })
    expect(BigInt(recovered)).not.to.equal(0n)
    await expect(
      berth.connect(tenant).getFunction("openTab")(dataSlice(recovered, 12), node.address, 1n, good.signature.r, highS),
    ).to.be.revertedWithCustomError(berth, "NotSignedBySigner")
    // The first s above, and the last one that is taken: it recovers somebody, who has no tab.
    const at = async (s: bigint, by: string, reason: number) =>
      expect(
        berth.getFunction("settle")(
          encodeBatch({
            node: node.address,
            day: DAY,
            lines: [{ ...good, signature: { r: good.signature.r, vs: toBeHex(s, 32) } }],
          }),
        ),
      )
        .to.emit(berth, "LineSkipped")
        .withArgs(node.address, by, 0n, reason)
    const receipt = { node: node.address, day: DAY, gpuMs: good.gpuMs, amount: USD, recordsHash: good.recordsHash }
    const digest = TypedDataEncoder.hash(domain, { Receipt: structTypes.Receipt }, receipt)
    await at(HALF_ORDER + 1n, ethers.ZeroAddress, 1)
    await at(HALF_ORDER, ethers.recoverAddress(digest, { r: good.signature.r, s: toBeHex(HALF_ORDER, 32), v: 27 }), 2)
    // A good signature in its other form: EIP-2098 has no room for the top bit of such an s, and what is left recovers somebody else.
    const vs = BigInt(good.signature.vs)
    const low = 2n ** 255n - 1n
    const mirrored = toBeHex((((vs >> 255n) ^ 1n) << 255n) | ((CURVE_ORDER - (vs & low)) & low), 32)
    const twisted = [{ ...good, signature: { r: good.signature.r, vs: mirrored } }]
    await expect(berth.getFunction("settle")(encodeBatch({ node: node.address, day: DAY, lines: twisted }))).to.emit(berth, "LineSkipped")
    expect((await view(tab)).spent).to.equal(0n)
  })
})
