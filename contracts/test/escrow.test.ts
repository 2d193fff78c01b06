// Credits in and out: the branches of trees/deposit.tree, depositWithPermit.tree and withdraw.tree.
import { expect } from "chai"
import { artifacts } from "hardhat"
import { deployBerth, deployWith, ethers, fund, loadFixture, networkHelpers, time, USD } from "./support/harbour.ts"
import { permitOf } from "./support/permit.ts"

async function funded() {
  const harbour = await deployBerth()
  const { berth, token, tenant, stranger } = harbour
  await fund(harbour, tenant, 10n * USD)
  await token.getFunction("mint")(tenant.address, 100n)
  await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 100n)
  const as = (name: string) => berth.connect(tenant).getFunction(name)
  const credits = (account = tenant): Promise<bigint> => berth.getFunction("credits")(account.address)
  return { ...harbour, as, credits, nobody: [ethers.ZeroAddress, await berth.getAddress()], stranger }
}

describe("deposit", () => {
  it("given deposits are paused: it should revert", async () => {
    const { berth, owner, tenant, as } = await loadFixture(funded)
    await berth.connect(owner).getFunction("setPaused")(true)
    await expect(as("deposit")(1n, tenant.address)).to.be.revertedWithCustomError(berth, "IsPaused")
  })

  it("when the amount is zero: it should revert", async () => {
    const { berth, tenant, as } = await loadFixture(funded)
    await expect(as("deposit")(0n, tenant.address)).to.be.revertedWithCustomError(berth, "ZeroAmount")
  })

  it("when the recipient is nobody or the core itself: it should revert", async () => {
    const { berth, nobody, as } = await loadFixture(funded)
    for (const to of nobody) await expect(as("deposit")(1n, to)).to.be.revertedWithCustomError(berth, "BadRecipient").withArgs(to)
  })

  it("when allowance or balance is too small: it should revert with the token's error", async () => {
    const { berth, token, tenant, as } = await loadFixture(funded)
    await expect(as("deposit")(101n, tenant.address)).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
    await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 101n)
    await expect(as("deposit")(101n, tenant.address)).to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
  })

  it("when nothing arrives: it should revert", async () => {
    const harbour = await deployWith("IdleToken")
    await expect(fund(harbour, harbour.tenant, 1000n)).to.be.revertedWithCustomError(harbour.berth, "ZeroAmount")
  })

  it("when less arrives than was asked: it should credit what arrived", async () => {
    const harbour = await deployWith("FeeOnTransferToken")
    const { berth, token, tenant, stranger } = harbour
    await token.getFunction("mint")(tenant.address, 1000n)
    await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 1000n)
    await expect(berth.connect(tenant).getFunction("deposit")(1000n, stranger.address))
      .to.emit(berth, "Deposited")
      .withArgs(tenant.address, stranger.address, 990n)
    expect(await berth.getFunction("credits")(stranger.address)).to.equal(990n)
  })

  it("when all arrives: it should credit it to whom the caller names", async () => {
    const { berth, token, tenant, stranger, as, credits } = await loadFixture(funded)
    await expect(as("deposit")(7n, stranger.address)).to.emit(berth, "Deposited").withArgs(tenant.address, stranger.address, 7n)
    expect([await credits(stranger), await credits()]).to.deep.equal([7n, 10n * USD])
    expect(await token.getFunction("balanceOf")(tenant.address)).to.equal(93n)
    expect(await token.getFunction("balanceOf")(await berth.getAddress())).to.equal(10n * USD + 7n)
  })
})

describe("depositWithPermit", () => {
  it("given deposits are paused: it should revert", async () => {
    const harbour = await loadFixture(funded)
    await harbour.berth.connect(harbour.owner).getFunction("setPaused")(true)
    const permit = await permitOf(harbour, harbour.tenant, 5n)
    await expect(harbour.as("depositWithPermit")(5n, harbour.tenant.address, ...permit)).to.be.revertedWithCustomError(
      harbour.berth,
      "IsPaused",
    )
  })

  it("when the amount is zero, or the recipient is nobody or the core itself: it should revert", async () => {
    const harbour = await loadFixture(funded)
    const { berth, tenant, nobody, as } = harbour
    await expect(as("depositWithPermit")(0n, tenant.address, ...(await permitOf(harbour, tenant, 0n)))).to.be.revertedWithCustomError(
      berth,
      "ZeroAmount",
    )
    const permit = await permitOf(harbour, tenant, 5n)
    for (const to of nobody) await expect(as("depositWithPermit")(5n, to, ...permit)).to.be.revertedWithCustomError(berth, "BadRecipient")
  })

  it("when the permit is the caller's: it should deposit, without an earlier approval", async () => {
    const harbour = await loadFixture(funded)
    const { berth, token, tenant, stranger, as, credits } = harbour
    await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 0n)
    const permit = await permitOf(harbour, tenant, 5n)
    await expect(as("depositWithPermit")(5n, stranger.address, ...permit))
      .to.emit(berth, "Deposited")
      .withArgs(tenant.address, stranger.address, 5n)
    expect([await credits(stranger), await credits()]).to.deep.equal([5n, 10n * USD])
  })

  it("when the permit was used already: it should deposit by the allowance that it left", async () => {
    const harbour = await loadFixture(funded)
    const { berth, token, tenant, stranger, as, credits } = harbour
    const permit = await permitOf(harbour, tenant, 5n)
    await token.connect(stranger).getFunction("permit")(tenant.address, await berth.getAddress(), 5n, ...permit)
    await as("depositWithPermit")(5n, tenant.address, ...permit)
    expect(await credits()).to.equal(10n * USD + 5n)
  })

  it("when the permit is expired or somebody else's: it should revert with the token's error for want of an allowance", async () => {
    const harbour = await loadFixture(funded)
    const { berth, token, tenant, stranger, as } = harbour
    await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 0n)
    const expired = await permitOf(harbour, tenant, 5n, BigInt((await time.latest()) - 1))
    const others = await permitOf(harbour, stranger, 5n)
    for (const permit of [expired, others]) {
      await expect(as("depositWithPermit")(5n, tenant.address, ...permit)).to.be.revertedWithCustomError(
        token,
        "ERC20InsufficientAllowance",
      )
    }
  })

  it("when the token knows no permits: it should deposit by an earlier approval", async () => {
    const { berth, token, tenant } = await deployWith("SilentToken")
    await token.getFunction("mint")(tenant.address, 5n)
    await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 5n)
    await berth.connect(tenant).getFunction("depositWithPermit")(5n, tenant.address, 0n, 27, ethers.ZeroHash, ethers.ZeroHash)
    expect(await berth.getFunction("credits")(tenant.address)).to.equal(5n)
  })
})

describe("withdraw", () => {
  it("when the amount is zero: it should revert", async () => {
    const { berth, tenant, as } = await loadFixture(funded)
    await expect(as("withdraw")(0n, tenant.address)).to.be.revertedWithCustomError(berth, "ZeroAmount")
  })

  it("when the recipient is nobody or the core itself: it should revert", async () => {
    const { berth, nobody, as } = await loadFixture(funded)
    for (const to of nobody) await expect(as("withdraw")(1n, to)).to.be.revertedWithCustomError(berth, "BadRecipient").withArgs(to)
  })

  it("when the caller has fewer credits: it should revert", async () => {
    const { berth, tenant, stranger, as } = await loadFixture(funded)
    await expect(as("withdraw")(10n * USD + 1n, tenant.address))
      .to.be.revertedWithCustomError(berth, "InsufficientCredits")
      .withArgs(tenant.address, 10n * USD, 10n * USD + 1n)
    await expect(berth.connect(stranger).getFunction("withdraw")(1n, tenant.address)).to.be.revertedWithCustomError(
      berth,
      "InsufficientCredits",
    )
  })

  it("when the token does not send: it should revert and keep the credits", async () => {
    const { berth, token, tenant, as, credits } = await loadFixture(funded)
    // The same token, from now on returning false.
    const { deployedBytecode } = await artifacts.readArtifact("FalseToken")
    await networkHelpers.setCode(await token.getAddress(), deployedBytecode)
    await expect(as("withdraw")(1n, tenant.address)).to.be.revertedWithCustomError(berth, "SafeERC20FailedOperation")
    expect(await credits()).to.equal(10n * USD)
  })

  it("when the caller has the credits: it should burn them and send the reserve to whom the caller names, also while all is paused", async () => {
    const { berth, token, owner, tenant, stranger, as, credits } = await loadFixture(funded)
    await berth.connect(owner).getFunction("setPaused")(true)
    await expect(as("withdraw")(4n * USD, stranger.address))
      .to.emit(berth, "Withdrawn")
      .withArgs(tenant.address, stranger.address, 4n * USD)
    expect(await token.getFunction("balanceOf")(stranger.address)).to.equal(4n * USD)
    expect(await credits()).to.equal(6n * USD)
    await as("withdraw")(6n * USD, tenant.address)
    expect(await credits()).to.equal(0n)
  })
})
