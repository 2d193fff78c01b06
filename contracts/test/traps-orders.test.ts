// Traps of standing orders, each as a test of its name: who claims, when, beside what, how often, with which signature, at which limits.
import { expect } from "chai"
import { toBeHex } from "ethers"
import { encodeBatch, seededWallet, signLine } from "./support/batch.ts"
import { CHALLENGE, DAY, deployBerth, fund, HOUR, loadFixture, open, register, time, USD } from "./support/harbour.ts"
import { berthDomain, signStruct } from "./support/signing.ts"
import { allows, at, claim, claimOf, type OrderTab, openWithOrder, send, withOrder } from "./support/standing.ts"
import { settleOne, view } from "./support/tab.ts"

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const MAX = 2n ** 64n - 1n

const spent = async (tab: OrderTab) => (await view(tab)).spent
const creditsOf = ({ berth }: OrderTab, { address }: { address: string }) => berth.getFunction("credits")(address)

describe("Traps: standing orders", () => {
  it("claimed by an outsider: without the node's signature it is nobody's", async () => {
    const tab = await loadFixture(withOrder)
    for (const by of [seededWallet("outsider"), tab.signer]) {
      await expect(claim(tab, USD, { by })).to.be.revertedWithCustomError(tab.berth, "NotSignedByNode")
    }
    // An invalid signature recovers zero, which is no node's.
    const unsigned = await claimOf(tab, USD)
    unsigned.splice(6, 2, toBeHex(0, 32), toBeHex(0, 32))
    await expect(send(tab, unsigned)).to.be.revertedWithCustomError(tab.berth, "NotSignedByNode")
    expect(await spent(tab)).to.equal(0n)
  })

  it("claimed before its lease: before `from` there is nothing but `base`, and no time before the opening counts", async () => {
    const tab = await loadFixture(withOrder)
    await at(tab, -1)
    await claim(tab, 50n * USD)
    expect(await spent(tab)).to.equal(5n * USD)
    const early = { ...tab, signer: seededWallet("early") }
    const opened = tab.order.from + 10 * HOUR
    await time.setNextBlockTimestamp(opened)
    await openWithOrder(tab, tab.tenant, early.signer, tab.node.address, 100n * USD, { ...tab.order, from: 0 })
    await time.setNextBlockTimestamp(opened + HOUR)
    await claim(early, 50n * USD)
    expect(await spent(early)).to.equal(7n * USD)
  })

  it("claimed through the closing delay: time stops at the request, what was allowed until then is paid", async () => {
    const tab = await loadFixture(withOrder)
    const { berth, tenant, signer, node } = tab
    await at(tab, 4 * HOUR)
    await berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
    await at(tab, 10 * HOUR)
    await claim(tab, 6n * USD)
    await at(tab, 4 * HOUR + CHALLENGE + HOUR)
    await claim(tab, 60n * USD)
    expect(await spent(tab)).to.equal(13n * USD)
    await expect(claim(tab, 61n * USD)).to.be.revertedWithCustomError(berth, "NothingToClaim")
    await berth.getFunction("finishClose")(signer.address, node.address)
    expect(await creditsOf(tab, tenant)).to.equal(987n * USD)
    await expect(claim(tab, 62n * USD)).to.be.revertedWithCustomError(berth, "TabNotOpen")
  })

  it("claimed beside receipts: in any order the tab pays the highest cumulative amount, once", async () => {
    const orders: ("claim" | "settle")[][] = [
      ["claim", "settle"],
      ["settle", "claim"],
      ["settle", "claim", "settle", "claim"],
    ]
    // $25 are allowed: 5 at once and ten hours at 2.
    for (const [settled, claimed, total] of [
      [9n, 12n, 12n],
      [12n, 9n, 12n],
      [40n, 50n, 40n],
      [3n, 90n, 25n],
    ] as const) {
      for (const order of orders) {
        const tab = { ...(await loadFixture(withOrder)), signer: seededWallet("both ways") }
        const until = tab.order.from + 10 * HOUR
        await openWithOrder(tab, tab.tenant, tab.signer, tab.node.address, 100n * USD, { ...tab.order, until })
        await time.increaseTo(until)
        for (const step of order) {
          if (step === "settle") await settleOne(tab, settled * USD)
          // A claim that comes after a higher receipt has nothing left to ask for.
          else
            await claim(tab, claimed * USD).catch(({ data }) =>
              expect(tab.berth.interface.parseError(data)?.name).to.equal("NothingToClaim"),
            )
        }
        expect(await spent(tab)).to.equal(total * USD)
        expect(await creditsOf(tab, tab.operator)).to.equal(total * USD)
      }
    }
  })

  it("claimed after `until`: it pays what was allowed then, and no second more", async () => {
    const tab = await loadFixture(withOrder)
    const short = { ...tab, signer: seededWallet("short") }
    const order = { ...tab.order, until: tab.order.from + 2 * HOUR }
    await openWithOrder(tab, tab.tenant, short.signer, tab.node.address, 100n * USD, order)
    await time.increaseTo(order.until + 1000 * HOUR)
    await claim(short, 100n * USD)
    expect(await spent(short)).to.equal(9n * USD)
  })

  it("claimed above the cap: never more than `base` and `cap` together, a countersigned receipt above that still counts", async () => {
    const tab = await loadFixture(withOrder)
    await at(tab, 47 * HOUR)
    await claim(tab, 100n * USD)
    expect(await spent(tab)).to.equal(65n * USD)
    await settleOne(tab, 80n * USD)
    expect(await spent(tab)).to.equal(80n * USD)
    await expect(claim(tab, 100n * USD)).to.be.revertedWithCustomError(tab.berth, "NothingToClaim")
  })

  it("claimed twice: the same claim pays once, and many claims no more than one", async () => {
    const tab = await loadFixture(withOrder)
    const once = await claimOf(tab, 4n * USD)
    await send(tab, once)
    await expect(send(tab, once))
      .to.be.revertedWithCustomError(tab.berth, "NothingToClaim")
      .withArgs(5n * USD, 4n * USD, 4n * USD)
    for (let hour = 1; hour <= 40; hour++) {
      await at(tab, hour * HOUR)
      if (hour <= 30) await claim(tab, 100n * USD)
      else await expect(claim(tab, 100n * USD)).to.be.revertedWithCustomError(tab.berth, "NothingToClaim")
    }
    expect(await spent(tab)).to.equal(65n * USD)
    expect(await creditsOf(tab, tab.operator)).to.equal(65n * USD)
  })

  it("claimed by what the node signed for another tab: the receipt's records say whose it is", async () => {
    const tab = await loadFixture(withOrder)
    const other = { ...tab, signer: seededWallet("other tab") }
    await fund(tab, tab.otherTenant, 200n * USD)
    await openWithOrder(tab, tab.otherTenant, other.signer, tab.node.address, 100n * USD, tab.order)
    const claimed = await claimOf(other, 4n * USD)
    claimed[0] = tab.signer.address
    await expect(send(tab, claimed)).to.be.revertedWithCustomError(tab.berth, "NotSignedByNode")
    expect(await spent(tab)).to.equal(0n)
  })

  it("claimed by what a node signed for another node's tab, chain or contract: worth nothing", async () => {
    const tab = await loadFixture(withOrder)
    const elsewhere = seededWallet("node 2")
    await register(tab, tab.operator, elsewhere)
    const claimed = await claimOf({ ...tab, node: elsewhere }, USD)
    claimed[1] = tab.node.address
    await expect(send(tab, claimed)).to.be.revertedWithCustomError(tab.berth, "NotSignedByNode")
    const twin = await deployBerth()
    for (const domain of [berthDomain(1, await tab.berth.getAddress()), twin.domain]) {
      await expect(claim(tab, USD, { domain })).to.be.revertedWithCustomError(tab.berth, "NotSignedByNode")
    }
    // The other contract's tab of the same two keys: its id differs in the records, were the domain the same.
    const there = await claimOf({ ...tab, berth: twin.berth }, USD, { domain: tab.domain })
    await expect(send(tab, there)).to.be.revertedWithCustomError(tab.berth, "NotSignedByNode")
  })

  it("claimed with a malleable signature (high s): refused", async () => {
    const tab = await loadFixture(withOrder)
    const claimed = await claimOf(tab, USD)
    const vs = BigInt(claimed[7])
    const s = vs & (2n ** 255n - 1n)
    claimed[7] = toBeHex((((vs >> 255n) ^ 1n) << 255n) | ((CURVE_ORDER - s) & (2n ** 255n - 1n)), 32)
    await expect(send(tab, claimed)).to.be.revertedWithCustomError(tab.berth, "NotSignedByNode")
  })

  it("claimed from a tab without an order, or given one later: an order is there from the opening or never", async () => {
    const tab = await loadFixture(withOrder)
    const plain = { ...tab, signer: seededWallet("plain") }
    await open(tab, tab.tenant, plain.signer, tab.node.address, USD)
    await expect(claim(plain, 1n)).to.be.revertedWithCustomError(tab.berth, "NoStandingOrder")
    const again = openWithOrder(tab, tab.tenant, plain.signer, tab.node.address, USD, tab.order)
    await expect(again).to.be.revertedWithCustomError(tab.berth, "TabExists")
    await expect(claim(plain, 1n)).to.be.revertedWithCustomError(tab.berth, "NoStandingOrder")
  })

  it("opened by somebody else with the signer's consent: the order is the caller's word, and the caller is whom the signer named", async () => {
    const tab = await loadFixture(withOrder)
    const signer = seededWallet("consenting")
    await fund(tab, tab.stranger, 1n)
    const { r, vs } = await signStruct(signer, tab.domain, "TabConsent", { tenant: tab.tenant.address, node: tab.node.address })
    const mine = tab.berth.connect(tab.stranger).getFunction("openTabWithOrder")
    await expect(mine(signer.address, tab.node.address, 1n, tab.order, r, vs)).to.be.revertedWithCustomError(tab.berth, "NotSignedBySigner")
  })

  it("limits: the highest rate over the longest time overflows nothing", async () => {
    const tab = await loadFixture(withOrder)
    const until = 2 ** 32 - 1
    const cases = [
      { order: { base: MAX, cap: MAX, rate: MAX, from: 0, until }, allowed: MAX },
      { order: { base: 0n, cap: MAX, rate: MAX, from: 0, until }, allowed: MAX },
      { order: { base: 1n, cap: MAX - 1n, rate: MAX, from: 0, until }, allowed: MAX },
      { order: { base: 7n, cap: 3n, rate: MAX, from: 0, until }, allowed: 10n },
      { order: { base: 7n, cap: MAX, rate: MAX, from: until, until }, allowed: 7n },
    ]
    const tabs: OrderTab[] = []
    for (const [i, { order }] of cases.entries()) {
      const signer = seededWallet(`limit ${i}`)
      await openWithOrder(tab, tab.tenant, signer, tab.node.address, USD, order)
      tabs.push({ ...tab, signer, order })
    }
    await time.increaseTo(until - 1)
    for (const [i, { allowed }] of cases.entries()) {
      expect(await allows(tabs[i]!), `case ${i}`).to.equal(allowed)
      await claim(tabs[i]!, MAX)
      expect(await spent(tabs[i]!)).to.equal(allowed < USD ? allowed : USD)
    }
  })

  it("limits: a whole deposit of 2^64 - 1 is claimed, with the fee on it; after the last u32 second no order is given", async () => {
    const tab = await loadFixture(withOrder)
    const large = { ...tab, signer: seededWallet("large") }
    await tab.berth.connect(tab.owner).getFunction("setFee")(500)
    await fund(tab, tab.tenant, MAX)
    const order = { base: 0n, cap: MAX, rate: MAX, from: 0, until: 2 ** 32 - 1 }
    await openWithOrder(tab, tab.tenant, large.signer, tab.node.address, MAX, order)
    await time.increase(2 * HOUR)
    await claim(large, MAX)
    const fee = (MAX * 500n) / 10_000n
    expect(await creditsOf(tab, tab.operator)).to.equal(MAX - fee)
    expect(await tab.berth.getFunction("accruedFees")()).to.equal(fee)
    await time.increaseTo(2 ** 32 + 10)
    await expect(openWithOrder(tab, tab.tenant, seededWallet("late"), tab.node.address, 1n, order)).to.be.revertedWithCustomError(
      tab.berth,
      "EmptyStandingOrder",
    )
    // Tabs without an order go on, and a claim under an old one is still what it was.
    await open(tab, tab.tenant, seededWallet("later"), tab.node.address, 1n)
    await claim(tab, 70n * USD)
    expect(await spent(tab)).to.equal(65n * USD)
  })

  it("a claim between the lines of a settlement changes no total", async () => {
    const tab = await loadFixture(withOrder)
    const line = await signLine(tab.signer, tab.domain, tab.node.address, DAY, 3n * USD)
    const batch = encodeBatch({ node: tab.node.address, day: DAY, lines: [line] })
    const encode = (name: string, args: unknown[]) => tab.berth.interface.encodeFunctionData(name, args)
    const calls = [encode("settle", [batch]), encode("claimStandingOrder", await claimOf(tab, 4n * USD)), encode("settle", [batch])]
    await tab.berth.getFunction("multicall")(calls)
    expect(await spent(tab)).to.equal(4n * USD)
    expect(await creditsOf(tab, tab.operator)).to.equal(4n * USD)
  })
})
