// Settling, and many calls in one: the branches of trees/settle.tree and multicall.tree.
import { expect } from "chai"
import { encodeBatch, figures, seededWallet, signLine } from "./support/batch.ts"
import { DAY, ethers, fund, loadFixture, open, register, USD, withTab } from "./support/harbour.ts"
import { closing, settleOne, type Tab, view } from "./support/tab.ts"

const [node2, signer2] = [seededWallet("node 2"), seededWallet("signer 2")]

/** One line of the tab over `amount`. */
const line = (tab: Tab, amount: bigint, by = tab.signer) => signLine(by, tab.domain, tab.node.address, DAY, amount)
const batchOf = async (tab: Tab, ...amounts: bigint[]) =>
  encodeBatch({ node: tab.node.address, day: DAY, lines: await Promise.all(amounts.map((amount) => line(tab, amount))) })
const creditsOf = ({ berth }: Tab, account: { address: string }) => berth.getFunction("credits")(account.address)

/** Name and what is not indexed, of every event of a settlement. */
async function eventsOf(tab: Tab, batch: string): Promise<unknown[]> {
  const sent = await tab.berth.connect(tab.stranger).getFunction("settle")(batch)
  const logs = (await sent.wait()).logs.map((log: { topics: string[]; data: string }) => tab.berth.interface.parseLog(log)!)
  return logs.map((log: { name: string; args: unknown[] }) => [log.name, ...log.args])
}

describe("settle", () => {
  it("when the batch is empty, cut off, or goes on after its groups: it should revert with the offset of the group", async () => {
    const tab = await loadFixture(withTab)
    const batch = await batchOf(tab, USD)
    const malformed = (data: string, at: number) =>
      expect(tab.berth.getFunction("settle")(data)).to.be.revertedWithCustomError(tab.berth, "MalformedBatch").withArgs(at)
    await malformed("0x", 0)
    await malformed(batch.slice(0, -2), 0)
    await malformed(batch.slice(0, 2 + 2 * 25), 0)
    await malformed(`${batch}00`, 138)
    await malformed(batch + batch.slice(2, -2), 138)
    expect((await view(tab)).spent).to.equal(0n)
  })

  it("when a group has no lines: it should pass over it", async () => {
    const tab = await loadFixture(withTab)
    const empty = { node: tab.node.address, day: DAY, lines: [] }
    expect(await eventsOf(tab, encodeBatch(empty, empty))).to.deep.equal([])
    const good = { ...empty, lines: [await line(tab, USD)] }
    expect((await eventsOf(tab, encodeBatch(empty, good, empty))).length).to.equal(1)
  })

  it("when a line pays nothing: it should report its index in the batch and why, and pay the others", async () => {
    const tab = await loadFixture(withTab)
    const { berth, tenant, node, signer } = tab
    const [closed, small] = [seededWallet("closed"), seededWallet("small")]
    await open(tab, tenant, closed, node.address, USD)
    await berth.connect(tenant).getFunction("closeTab")(...(await closing({ ...tab, signer: closed }, 0n, 2n ** 40n)))
    await open(tab, tenant, small, node.address, USD)
    const broken = await line(tab, 2n * USD)
    const lines = [
      { ...broken, signature: { ...broken.signature, r: ethers.ZeroHash } },
      await line(tab, 3n * USD),
      await line(tab, 2n * USD, seededWallet("forger")),
      await line(tab, USD, closed),
      await line(tab, 3n * USD),
      await line(tab, 2n * USD, small),
      await line(tab, 3n * USD, small),
      await line(tab, 4n * USD),
    ]
    // A group of three, then each line in its own: `index` counts lines over all groups.
    const groups = [lines.slice(0, 3), ...lines.slice(3).map((one) => [one])].map((part) => ({ node: node.address, day: DAY, lines: part }))
    const skipped = (index: bigint, by: string, reason: bigint) => ["LineSkipped", node.address, by, index, reason]
    const events = await eventsOf(tab, encodeBatch(...groups))
    expect(events.filter((event) => (event as string[])[0] === "LineSkipped")).to.deep.equal([
      skipped(0n, ethers.ZeroAddress, 1n),
      skipped(2n, seededWallet("forger").address, 2n),
      skipped(3n, closed.address, 3n),
      skipped(4n, signer.address, 4n),
      skipped(6n, small.address, 5n),
    ])
    expect(events.length).to.equal(8)
    expect(await creditsOf(tab, tab.operator)).to.equal(5n * USD)
    // A stranger's bad line is no burden to whoever posts the batch.
    const gasOf = async (one: string) => (await (await berth.getFunction("settle")(one)).wait()).gasUsed
    expect(await gasOf(encodeBatch({ ...groups[0]!, lines: lines.slice(0, 1) }))).to.be.lessThan(await gasOf(await batchOf(tab, 5n * USD)))
  })

  it("when a line asks for more than the deposit: it should pay the rest of the deposit", async () => {
    const tab = await loadFixture(withTab)
    await settleOne(tab, 99n * USD)
    await expect(settleOne(tab, 107n * USD)).to.emit(tab.berth, "Settled")
    const { deposit, spent, state } = await view(tab)
    expect([deposit, spent, state]).to.deep.equal([100n * USD, 100n * USD, 1n])
    expect(await creditsOf(tab, tab.operator)).to.equal(100n * USD)
  })

  it("when lines of many nodes are good: it should pay each operator once a group and report every line", async () => {
    const tab = await loadFixture(withTab)
    const { domain, tenant, otherTenant, operator, signer, node } = tab
    await register(tab, otherTenant, node2)
    await open(tab, tenant, signer2, node2.address, 10n * USD)
    const hash = ethers.id("statement")
    const groups = [
      { node: node.address, day: DAY, lines: [await signLine(signer, domain, node.address, DAY, 3n * USD, 123n, hash)] },
      { node: node2.address, day: DAY + 1, lines: [await signLine(signer2, domain, node2.address, DAY + 1, 11n * USD, 7n, hash)] },
      { node: node.address, day: DAY + 2, lines: [await signLine(signer, domain, node.address, DAY + 2, 4n * USD, 124n, hash)] },
    ]
    expect(await eventsOf(tab, encodeBatch(...groups))).to.deep.equal([
      ["Settled", node.address, signer.address, figures(DAY, 123n, 3n * USD, 3n * USD), hash],
      ["Settled", node2.address, signer2.address, figures(DAY + 1, 7n, 11n * USD, 10n * USD), hash],
      ["Settled", node.address, signer.address, figures(DAY + 2, 124n, 4n * USD, USD), hash],
    ])
    expect([await creditsOf(tab, operator), await creditsOf(tab, otherTenant)]).to.deep.equal([4n * USD, 10n * USD])
  })

  it("when tabs have a fee: it should keep the fee of each cumulative total", async () => {
    const tab = await loadFixture(withTab)
    const { berth, owner, otherTenant, operator, node } = tab
    await berth.connect(owner).getFunction("setFee")(500)
    await fund(tab, otherTenant, 10n * USD)
    const taxed = { ...tab, signer: seededWallet("taxed") }
    await open(tab, otherTenant, taxed.signer, node.address, 10n * USD)
    await berth.getFunction("settle")(await batchOf(taxed, 19n, 40n))
    await settleOne(tab, 100n)
    expect(await berth.getFunction("accruedFees")()).to.equal(2n)
    expect(await creditsOf(tab, operator)).to.equal(138n)
  })

  it("when all is paused and the node is retired: it should pay", async () => {
    const tab = await loadFixture(withTab)
    await tab.berth.connect(tab.operator).getFunction("retireNode")(tab.node.address)
    await tab.berth.connect(tab.owner).getFunction("setPaused")(true)
    await settleOne(tab, USD)
    expect(await creditsOf(tab, tab.operator)).to.equal(USD)
  })
})

describe("multicall", () => {
  it("when a call fails: it should revert all of them with that call's error", async () => {
    const tab = await loadFixture(withTab)
    const { berth, operator } = tab
    const encode = (name: string, args: unknown[]) => berth.interface.encodeFunctionData(name, args)
    const calls = [encode("settle", [await batchOf(tab, USD)]), encode("withdraw", [USD + 1n, operator.address])]
    await expect(berth.connect(operator).getFunction("multicall")(calls))
      .to.be.revertedWithCustomError(berth, "InsufficientCredits")
      .withArgs(operator.address, USD, USD + 1n)
    expect((await view(tab)).spent).to.equal(0n)
  })

  it("when all succeed: it should do all of them in order, as the caller", async () => {
    const tab = await loadFixture(withTab)
    const { berth, operator } = tab
    const encode = (name: string, args: unknown[]) => berth.interface.encodeFunctionData(name, args)
    await berth.connect(operator).getFunction("multicall")([
      encode("settle", [await batchOf(tab, USD)]),
      encode("settle", [await batchOf(tab, 3n * USD)]),
      encode("withdraw", [2n * USD, operator.address]),
    ])
    expect(await creditsOf(tab, operator)).to.equal(USD)
  })
})
