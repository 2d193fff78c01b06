// Traps that design and audits of similar systems name, each as a test of that name: closing, tokens, limits.
import { expect } from "chai"
import { encodeBatch, figures, seededWallet, signLine } from "./support/batch.ts"
import {
  CHALLENGE,
  deployBerth,
  deployWith,
  ethers,
  fund,
  HOUR,
  loadFixture,
  networkHelpers,
  open,
  register,
  time,
  USD,
  withTab,
} from "./support/harbour.ts"
import { permitOf } from "./support/permit.ts"
import { closing, fails, settleOne, view } from "./support/tab.ts"

describe("Traps: closing", () => {
  it("an old close signature used after more work was paid is refused", async () => {
    const tab = await loadFixture(withTab)
    const old = await closing(tab, 10n * USD, 2n ** 40n)
    await settleOne(tab, 11n * USD)
    await expect(tab.berth.connect(tab.tenant).getFunction("closeTab")(...old))
      .to.be.revertedWithCustomError(tab.berth, "CloseBelowSpent")
      .withArgs(10n * USD, 11n * USD)
  })

  it("an old close signature ends with its deadline", async () => {
    const tab = await loadFixture(withTab)
    const deadline = (await time.latest()) + HOUR
    const old = await closing(tab, 10n * USD, deadline)
    await time.setNextBlockTimestamp(deadline + 1)
    await expect(tab.berth.connect(tab.tenant).getFunction("closeTab")(...old)).to.be.revertedWithCustomError(tab.berth, "SignatureExpired")
  })

  it("a close requested in advance is impossible: before opening, twice, or for somebody else", async () => {
    const tab = await loadFixture(withTab)
    const { berth, tenant, stranger, operator, node, signer } = tab
    const request = (account: typeof tenant, of: string) => berth.connect(account).getFunction("requestClose")(of, node.address)
    await expect(request(tenant, seededWallet("unopened").address)).to.be.revertedWithCustomError(berth, "TabNotOpen")
    await expect(request(stranger, signer.address)).to.be.revertedWithCustomError(berth, "NotTenant")
    await expect(request(operator, signer.address)).to.be.revertedWithCustomError(berth, "NotTenant")
    await request(tenant, signer.address)
    await expect(request(tenant, signer.address)).to.be.revertedWithCustomError(berth, "TabIsClosing")
    // A closing tab takes no more work's money, so no later work runs under an old request.
    await expect(berth.connect(tenant).getFunction("topUp")(signer.address, node.address, 1n)).to.be.revertedWithCustomError(
      berth,
      "TabIsClosing",
    )
  })

  it("receipts settle through the whole challenge period, and until somebody finishes the close", async () => {
    const tab = await loadFixture(withTab)
    const { berth, tenant, stranger, signer, node } = tab
    await berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
    const finish = () => berth.connect(stranger).getFunction("finishClose")(signer.address, node.address)
    await time.increase(CHALLENGE - 60)
    await settleOne(tab, 30n * USD)
    await expect(finish()).to.be.revertedWithCustomError(berth, "ChallengePeriodRunning")
    await time.increase(120)
    await settleOne(tab, 40n * USD)
    await expect(finish())
      .to.emit(berth, "TabClosed")
      .withArgs(tenant.address, signer.address, node.address, 0n, 60n * USD)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(960n * USD)
    await expect(finish()).to.be.revertedWithCustomError(berth, "TabNotOpen")
  })
})

describe("Traps: tokens", () => {
  it("a permit that was front-run is no error", async () => {
    const tab = await loadFixture(withTab)
    const { berth, token, tenant, stranger } = tab
    const [deadline, v, r, s] = await permitOf(tab, tab.tenant, 5n)
    await token.connect(stranger).getFunction("permit")(tenant.address, await berth.getAddress(), 5n, deadline, v, r, s)
    await berth.connect(tenant).getFunction("depositWithPermit")(5n, tenant.address, deadline, v, r, s)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(900n * USD + 5n)
  })

  it("a permit redirected by somebody else moves nothing", async () => {
    const tab = await loadFixture(withTab)
    const { berth, token, stranger } = tab
    const [deadline, v, r, s] = await permitOf(tab, tab.tenant, 5n)
    await expect(
      berth.connect(stranger).getFunction("depositWithPermit")(5n, stranger.address, deadline, v, r, s),
    ).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
  })

  it("re-entry through a token's callback is refused, and nothing is counted twice", async () => {
    const harbour = await deployWith("ReenteringToken")
    const { berth, token, tenant } = harbour
    await token.getFunction("mint")(tenant.address, 10n)
    await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 10n)
    const encode = (name: string, args: unknown[]) => berth.interface.encodeFunctionData(name, args)
    const again = [
      encode("deposit", [1n, tenant.address]),
      encode("withdraw", [1n, tenant.address]),
      encode("depositWithPermit", [1n, tenant.address, 0n, 27, ethers.ZeroHash, ethers.ZeroHash]),
      encode("multicall", [[encode("deposit", [1n, tenant.address])]]),
    ]
    for (const call of again) {
      await token.getFunction("arm")(await berth.getAddress(), call)
      await expect(berth.connect(tenant).getFunction("deposit")(5n, tenant.address)).to.be.revertedWithCustomError(
        berth,
        "ReentrancyGuardReentrantCall",
      )
    }
    await token.getFunction("arm")(await berth.getAddress(), "0x")
    await berth.connect(tenant).getFunction("deposit")(5n, tenant.address)
    for (const call of again) {
      await token.getFunction("arm")(await berth.getAddress(), call)
      await expect(berth.connect(tenant).getFunction("withdraw")(5n, tenant.address)).to.be.revertedWithCustomError(
        berth,
        "ReentrancyGuardReentrantCall",
      )
    }
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(5n)
    expect(await token.getFunction("balanceOf")(await berth.getAddress())).to.equal(5n)
  })

  it("re-entry while fees are withdrawn is refused as well", async () => {
    const harbour = await deployWith("ReenteringToken")
    const { berth, token, owner, tenant, operator } = harbour
    const tab = { ...harbour, node: seededWallet("node"), signer: seededWallet("signer") }
    await berth.connect(owner).getFunction("setFee")(500)
    await register(harbour, operator, tab.node)
    await fund(harbour, tenant, 100n * USD)
    await open(harbour, tenant, tab.signer, tab.node.address, 100n * USD)
    await settleOne(tab, 100n * USD)
    await token.getFunction("arm")(await berth.getAddress(), berth.interface.encodeFunctionData("withdraw", [1n, tenant.address]))
    const take = () => berth.connect(owner).getFunction("withdrawFees")(owner.address)
    await expect(take()).to.be.revertedWithCustomError(berth, "ReentrancyGuardReentrantCall")
    await token.getFunction("arm")(await berth.getAddress(), "0x")
    await take()
    expect(await token.getFunction("balanceOf")(owner.address)).to.equal(5n * USD)
  })

  it("an owner who is the token itself cannot take the fees from within a withdrawal", async () => {
    const harbour = await deployWith("ReenteringToken")
    const { berth, token, owner, tenant, operator } = harbour
    const tab = { ...harbour, node: seededWallet("node"), signer: seededWallet("signer") }
    await berth.connect(owner).getFunction("setFee")(500)
    await register(harbour, operator, tab.node)
    await fund(harbour, tenant, 200n * USD)
    await open(harbour, tenant, tab.signer, tab.node.address, 100n * USD)
    await settleOne(tab, 100n * USD)
    const arm = async (name: string, ...args: unknown[]) =>
      token.getFunction("arm")(await berth.getAddress(), berth.interface.encodeFunctionData(name, args))
    const withdraw = () => berth.connect(tenant).getFunction("withdraw")(1n, tenant.address)
    await berth.connect(owner).getFunction("transferOwnership")(await token.getAddress())
    await arm("acceptOwnership")
    await withdraw()
    expect(await berth.getFunction("owner")()).to.equal(await token.getAddress())
    await arm("withdrawFees", tenant.address)
    await expect(withdraw()).to.be.revertedWithCustomError(berth, "ReentrancyGuardReentrantCall")
    expect(await berth.getFunction("accruedFees")()).to.equal(5n * USD)
  })

  it("a token that takes a fee is credited with what arrived", async () => {
    const harbour = await deployWith("FeeOnTransferToken")
    await fund(harbour, harbour.tenant, 1000n)
    expect(await harbour.berth.getFunction("credits")(harbour.tenant.address)).to.equal(990n)
  })

  it("a token that returns false credits nothing", async () => {
    const harbour = await deployWith("FalseToken")
    await expect(fund(harbour, harbour.tenant, 1000n)).to.be.revertedWithCustomError(harbour.berth, "SafeERC20FailedOperation")
  })

  it("a token that returns nothing works both ways", async () => {
    const harbour = await deployWith("SilentToken")
    await fund(harbour, harbour.tenant, 1000n)
    await harbour.berth.connect(harbour.tenant).getFunction("withdraw")(400n, harbour.stranger.address)
    expect(await harbour.token.getFunction("balanceOf")(harbour.stranger.address)).to.equal(400n)
  })

  it("msg.value in multicall: no function takes any", async () => {
    const { berth, tenant } = await loadFixture(withTab)
    const payable = berth.interface.fragments.filter((fragment) => "payable" in fragment && fragment.payable)
    expect(payable).to.deep.equal([])
    expect(await fails(tenant.sendTransaction({ to: await berth.getAddress(), value: 1n }))).to.equal(true)
  })
})

describe("Traps: limits", () => {
  it("casts at the limits: a deposit of 2^64 - 1 settles, one more does not fit", async () => {
    const harbour = await deployBerth()
    const max = 2n ** 64n - 1n
    const [node, signer] = [seededWallet("node"), seededWallet("signer")]
    await harbour.berth.connect(harbour.owner).getFunction("setFee")(500)
    await fund(harbour, harbour.tenant, max + 1n)
    await register(harbour, harbour.operator, node)
    await open(harbour, harbour.tenant, signer, node.address, max)
    const tab = { ...harbour, node, signer }
    await expect(harbour.berth.connect(harbour.tenant).getFunction("topUp")(signer.address, node.address, 1n))
      .to.be.revertedWithCustomError(harbour.berth, "DepositTooLarge")
      .withArgs(max + 1n)
    await harbour.berth.connect(harbour.tenant).getFunction("requestClose")(signer.address, node.address)
    await settleOne(tab, max - 1n)
    await settleOne(tab, max)
    const { deposit, spent, feeBps, state, closeRequestedAt } = await view(tab)
    expect([deposit, spent, feeBps, state]).to.deep.equal([max, max, 500n, 1n])
    expect(closeRequestedAt).to.not.equal(0n)
    const fee = (max * 500n) / 10_000n
    expect(await harbour.berth.getFunction("accruedFees")()).to.equal(fee)
    expect(await harbour.berth.getFunction("credits")(harbour.operator.address)).to.equal(max - fee)
  })

  it("a fee of one basis point and an amount above the deposit: the loop's one test for rare cases sees both", async () => {
    const harbour = await deployBerth()
    const [node, signer] = [seededWallet("node"), seededWallet("signer")]
    await harbour.berth.connect(harbour.owner).getFunction("setFee")(1)
    await fund(harbour, harbour.tenant, 100n * USD)
    await register(harbour, harbour.operator, node)
    await open(harbour, harbour.tenant, signer, node.address, 100n * USD)
    const tab = { ...harbour, node, signer }
    await settleOne(tab, 60n * USD)
    await settleOne(tab, 200n * USD)
    expect((await view(tab)).spent).to.equal(100n * USD)
    expect(await harbour.berth.getFunction("accruedFees")()).to.equal(10_000n)
    expect(await harbour.berth.getFunction("credits")(harbour.operator.address)).to.equal(100n * USD - 10_000n)
  })

  it("the fields of a receipt at their limits are hashed as signed", async () => {
    const tab = await loadFixture(withTab)
    const max = 2n ** 64n - 1n
    const day = 2 ** 32 - 1
    const hash = `0x${"ff".repeat(32)}`
    const line = await signLine(tab.signer, tab.domain, tab.node.address, day, max, max, hash)
    await expect(tab.berth.getFunction("settle")(encodeBatch({ node: tab.node.address, day, lines: [line, line] })))
      .to.emit(tab.berth, "Settled")
      .withArgs(tab.node.address, tab.signer.address, figures(day, max, max, 100n * USD), hash)
      .to.emit(tab.berth, "LineSkipped")
      .withArgs(tab.node.address, tab.signer.address, 1n, 5)
  })

  it("signer 0 is refused", async () => {
    const { berth, tenant, node } = await loadFixture(withTab)
    await expect(
      berth.connect(tenant).getFunction("openTab")(ethers.ZeroAddress, node.address, 1n, ethers.ZeroHash, ethers.ZeroHash),
    ).to.be.revertedWithCustomError(berth, "ZeroSigner")
  })

  it("a contract wallet can't void what a signer key signed: code at the signer changes nothing", async () => {
    const tab = await loadFixture(withTab)
    await networkHelpers.setCode(tab.signer.address, "0x60006000fd")
    await settleOne(tab, USD)
    expect((await view(tab)).spent).to.equal(USD)
  })
})
