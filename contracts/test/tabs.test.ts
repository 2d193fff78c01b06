// Opening, topping up, closing and settling: what each call emits and moves, and what it refuses. The traps are in traps.test.ts.
import { expect } from "chai"
import { encodeBatch, seededWallet, signLine } from "./support/batch.ts"
import { CHALLENGE, DAY, ethers, fund, loadFixture, open, register, time, USD, withTab } from "./support/harbour.ts"
import { signStruct } from "./support/signing.ts"

describe("openTab", () => {
  it("moves the caller's credits into the tab and keeps the fee of that moment", async () => {
    const harbour = await loadFixture(withTab)
    const { berth, owner, domain, tenant, node } = harbour
    const signer = seededWallet("another signer")
    await berth.connect(owner).getFunction("setFee")(123)
    const { r, vs } = await signStruct(signer, domain, "TabConsent", { tenant: tenant.address, node: node.address })
    await expect(berth.connect(tenant).getFunction("openTab")(signer.address, node.address, 50n * USD, r, vs))
      .to.emit(berth, "TabOpened")
      .withArgs(tenant.address, signer.address, node.address, 50n * USD, 123)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(850n * USD)
    const tab = [...(await berth.getFunction("tabs")(signer.address, node.address))]
    expect(tab).to.deep.equal([tenant.address, 50n * USD, 0n, 0n, 123n, 1n])
  })

  it("refuses unknown and retired nodes, empty tabs, taken slots, and credits that are not there", async () => {
    const harbour = await loadFixture(withTab)
    const { berth, tenant, operator, signer, node } = harbour
    const fresh = seededWallet("fresh")
    await expect(open(harbour, tenant, fresh, tenant.address, 1n)).to.be.revertedWithCustomError(berth, "NodeNotRegistered")
    await expect(open(harbour, tenant, fresh, node.address, 0n)).to.be.revertedWithCustomError(berth, "ZeroAmount")
    await expect(open(harbour, tenant, signer, node.address, 1n)).to.be.revertedWithCustomError(berth, "TabExists")
    await expect(open(harbour, tenant, fresh, node.address, 901n * USD)).to.be.revertedWithCustomError(berth, "InsufficientCredits")
    await berth.connect(operator).getFunction("retireNode")(node.address)
    await expect(open(harbour, tenant, fresh, node.address, 1n)).to.be.revertedWithCustomError(berth, "NodeIsRetired")
  })
})

describe("topUp", () => {
  it("adds to the deposit, at a retired node as well", async () => {
    const { berth, tenant, operator, signer, node } = await loadFixture(withTab)
    await berth.connect(operator).getFunction("retireNode")(node.address)
    await expect(berth.connect(tenant).getFunction("topUp")(signer.address, node.address, 5n))
      .to.emit(berth, "TabToppedUp")
      .withArgs(tenant.address, signer.address, node.address, 5n, 100n * USD + 5n)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(900n * USD - 5n)
  })

  it("refuses strangers, nothing, and what is not there", async () => {
    const { berth, tenant, stranger, signer, node } = await loadFixture(withTab)
    const topUp = (by: typeof tenant, amount: bigint) => berth.connect(by).getFunction("topUp")(signer.address, node.address, amount)
    await expect(topUp(stranger, 1n)).to.be.revertedWithCustomError(berth, "NotTenant")
    await expect(topUp(tenant, 0n)).to.be.revertedWithCustomError(berth, "ZeroAmount")
    await expect(topUp(tenant, 901n * USD)).to.be.revertedWithCustomError(berth, "InsufficientCredits")
  })
})

describe("storage", () => {
  it("lies where docs/contracts.md draws it", async () => {
    const { berth, owner, operator, tenant, signer, node } = await loadFixture(withTab)
    await berth.connect(owner).getFunction("setFee")(77)
    await berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
    const { closeRequestedAt } = await berth.getFunction("tabs")(signer.address, node.address)
    const at = async (slot: bigint) => BigInt(await ethers.provider.getStorage(berth, slot))
    const key = (address: string, slot: bigint) => BigInt(ethers.solidityPackedKeccak256(["uint256", "uint256"], [address, slot]))
    expect(await at(0n)).to.equal(BigInt(owner.address))
    expect(await at(1n)).to.equal(77n << 160n)
    expect(await at(key(tenant.address, 3n))).to.equal(900n * USD)
    expect(await at(key(node.address, 4n))).to.equal(BigInt(operator.address) | (1n << 168n))
    const tab = key(signer.address, key(node.address, 5n))
    expect(await at(tab)).to.equal((1n << 120n) | (closeRequestedAt << 80n) | (100n * USD))
    expect(await at(tab + 1n)).to.equal(BigInt(tenant.address))
  })
})

describe("closing", () => {
  it("by time: request, 72 hours, then anyone; the rest goes back", async () => {
    const { berth, tenant, stranger, signer, node } = await loadFixture(withTab)
    const finish = () => berth.connect(stranger).getFunction("finishClose")(signer.address, node.address)
    await expect(finish()).to.be.revertedWithCustomError(berth, "CloseNotRequested")
    const at = (await time.latest()) + 10
    await time.setNextBlockTimestamp(at)
    await expect(berth.connect(tenant).getFunction("requestClose")(signer.address, node.address))
      .to.emit(berth, "CloseRequested")
      .withArgs(tenant.address, signer.address, node.address, at + CHALLENGE)
    await time.setNextBlockTimestamp(at + CHALLENGE - 1)
    await expect(finish())
      .to.be.revertedWithCustomError(berth, "ChallengePeriodRunning")
      .withArgs(at + CHALLENGE)
    await time.setNextBlockTimestamp(at + CHALLENGE)
    await expect(finish())
      .to.emit(berth, "TabClosed")
      .withArgs(tenant.address, signer.address, node.address, 0n, 100n * USD)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(1000n * USD)
  })

  it("by agreement: pays up to the node's amount, returns the rest, works during a timed close, and pays no more than there is", async () => {
    const harbour = await loadFixture(withTab)
    const { berth, domain, tenant, operator, stranger, signer, node } = harbour
    const close = async (by: typeof tenant, amount: bigint, key = node) => {
      const value = { signer: signer.address, node: node.address, amount, deadline: 2n ** 40n }
      const { r, vs } = await signStruct(key, domain, "TabClose", value)
      return berth.connect(by).getFunction("closeTab")(value.signer, value.node, amount, value.deadline, r, vs)
    }
    await expect(close(stranger, 1n)).to.be.revertedWithCustomError(berth, "NotTenant")
    await expect(close(tenant, 1n, signer)).to.be.revertedWithCustomError(berth, "NotSignedByNode")
    await berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
    await expect(close(tenant, 30n * USD))
      .to.emit(berth, "TabClosed")
      .withArgs(tenant.address, signer.address, node.address, 30n * USD, 70n * USD)
    expect(await berth.getFunction("credits")(operator.address)).to.equal(30n * USD)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(970n * USD)
    const tab = await berth.getFunction("tabs")(signer.address, node.address)
    expect([tab.tenant, tab.deposit, tab.spent, tab.state]).to.deep.equal([tenant.address, 30n * USD, 30n * USD, 2n])
  })
})

describe("settle", () => {
  it("pays many groups at once and reports each line, skipped ones by index and reason", async () => {
    const harbour = await loadFixture(withTab)
    const { berth, domain, tenant, otherTenant, operator, signer, node } = harbour
    const [node2, signer2] = [seededWallet("node 2"), seededWallet("signer 2")]
    await register(harbour, otherTenant, node2)
    await open(harbour, tenant, signer2, node2.address, 10n * USD)
    const forger = seededWallet("forger")
    const batch = encodeBatch(
      {
        node: node.address,
        day: DAY,
        lines: [
          await signLine(forger, domain, node.address, DAY, USD),
          await signLine(signer, domain, node.address, DAY, 3n * USD, 123n, ethers.id("statement")),
          await signLine(signer, domain, node.address, DAY, 2n * USD),
        ],
      },
      { node: node2.address, day: DAY + 1, lines: [] },
      {
        node: node2.address,
        day: DAY + 1,
        lines: [
          await signLine(signer2, domain, node2.address, DAY + 1, 11n * USD),
          await signLine(signer2, domain, node2.address, DAY + 1, 12n * USD),
        ],
      },
    )
    const sent = await berth.connect(harbour.stranger).getFunction("settle")(batch)
    const names = ["node", "signer"]
    const logs = (await sent.wait()).logs.map((log: { topics: string[]; data: string }) => berth.interface.parseLog(log)!)
    expect(logs.map((log: { name: string; args: unknown[] }) => [log.name, ...[...log.args].slice(names.length)])).to.deep.equal([
      ["LineSkipped", 0n, 2n],
      ["Settled", BigInt(DAY), 123n, 3n * USD, 3n * USD, ethers.id("statement")],
      ["LineSkipped", 2n, 4n],
      [
        "Settled",
        BigInt(DAY + 1),
        11n * USD,
        11n * USD,
        10n * USD,
        (await signLine(signer2, domain, node2.address, 0, 11n * USD)).recordsHash,
      ],
      ["LineSkipped", 4n, 5n],
    ])
    expect(logs[1].args.slice(0, 2)).to.deep.equal([node.address, signer.address])
    expect(await berth.getFunction("credits")(operator.address)).to.equal(3n * USD)
    expect(await berth.getFunction("credits")(otherTenant.address)).to.equal(10n * USD)
  })

  it("refuses batches that are empty or cut off, with the offset of the group", async () => {
    const { berth, domain, signer, node } = await loadFixture(withTab)
    const line = await signLine(signer, domain, node.address, DAY, USD)
    const batch = encodeBatch({ node: node.address, day: DAY, lines: [line] })
    const settle = berth.getFunction("settle")
    const malformed = (data: string, at: number) => expect(settle(data)).to.be.revertedWithCustomError(berth, "MalformedBatch").withArgs(at)
    await malformed("0x", 0)
    await malformed(batch.slice(0, -2), 0)
    await malformed(batch.slice(0, 2 + 2 * 25), 0)
    await malformed(`${batch}00`, 138)
    await malformed(batch + batch.slice(2, -2), 138)
  })

  it("settles inside a multicall, and pays a retired node's operator", async () => {
    const { berth, domain, operator, signer, node } = await loadFixture(withTab)
    await berth.connect(operator).getFunction("retireNode")(node.address)
    const batch = async (amount: bigint) =>
      encodeBatch({ node: node.address, day: DAY, lines: [await signLine(signer, domain, node.address, DAY, amount)] })
    const encode = (name: string, args: unknown[]) => berth.interface.encodeFunctionData(name, args)
    await berth.connect(operator).getFunction("multicall")([
      encode("settle", [await batch(USD)]),
      encode("settle", [await batch(3n * USD)]),
      encode("withdraw", [2n * USD, operator.address]),
    ])
    expect(await berth.getFunction("credits")(operator.address)).to.equal(USD)
  })

  it("keeps a fee of the cumulative total, which the owner alone can take", async () => {
    const harbour = await loadFixture(withTab)
    const { berth, token, domain, owner, otherTenant, operator, node } = harbour
    await berth.connect(owner).getFunction("setFee")(500)
    await fund(harbour, otherTenant, 10n * USD)
    const signer = seededWallet("taxed")
    await open(harbour, otherTenant, signer, node.address, 10n * USD)
    const lines = [await signLine(signer, domain, node.address, DAY, 19n), await signLine(signer, domain, node.address, DAY, 40n)]
    await berth.getFunction("settle")(encodeBatch({ node: node.address, day: DAY, lines }))
    expect(await berth.getFunction("accruedFees")()).to.equal(2n)
    expect(await berth.getFunction("credits")(operator.address)).to.equal(38n)
    await expect(berth.connect(owner).getFunction("withdrawFees")(operator.address))
      .to.emit(berth, "FeesWithdrawn")
      .withArgs(operator.address, 2n)
    expect(await token.getFunction("balanceOf")(operator.address)).to.equal(2n)
  })
})
