// Stake: the branches of trees/stake.tree, requestUnstake.tree, finishUnstake.tree and setLockable.tree.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { fund, loadFixture, register, time, USD } from "./support/harbour.ts"
import { creditsOf, type Staked, withStake } from "./support/reserved.ts"

const WEEK = 7 * 86_400
const MAX = 2n ** 64n - 1n

const as = ({ reservations, operator }: Staked, by = operator) => reservations.connect(by)
const stakeOf = async ({ reservations }: Staked, address: string) => [...(await reservations.getFunction("stakes")(address))]

describe("stake", () => {
  it("when nothing is staked: it should revert", async () => {
    const staked = await loadFixture(withStake)
    await expect(as(staked).getFunction("stake")(0)).to.be.revertedWithCustomError(staked.berth, "ZeroAmount")
  })

  it("when the caller has fewer credits: it should revert", async () => {
    const staked = await loadFixture(withStake)
    await expect(as(staked).getFunction("stake")(5_000n * USD + 1n))
      .to.be.revertedWithCustomError(staked.berth, "InsufficientCredits")
      .withArgs(staked.operator.address, 5_000n * USD, 5_000n * USD + 1n)
  })

  it("when the stake would not fit 64 bits: it should revert", async () => {
    const staked = await loadFixture(withStake)
    await fund(staked, staked.operator, MAX)
    await expect(as(staked).getFunction("stake")(MAX))
      .to.be.revertedWithCustomError(staked.reservations, "StakeTooLarge")
      .withArgs(MAX + 5_000n * USD)
    await as(staked).getFunction("stake")(MAX - 5_000n * USD)
  })

  it("when the credits are there: it should move them, of anybody and while paused", async () => {
    const staked = await loadFixture(withStake)
    const { berth, reservations, owner, tenant } = staked
    const before = await creditsOf(staked, await reservations.getAddress())
    await berth.connect(owner).getFunction("setPaused")(true)
    await as(staked, tenant).getFunction("stake")(7n)
    await expect(as(staked, tenant).getFunction("stake")(5n)).to.emit(reservations, "Staked").withArgs(tenant.address, 5n, 12n)
    expect(await stakeOf(staked, tenant.address)).to.deep.equal([12n, 0n, 0n])
    expect(await creditsOf(staked, await reservations.getAddress())).to.equal(before + 12n)
    expect(await creditsOf(staked, tenant)).to.equal(100_000n * USD - 12n)
  })
})

describe("requestUnstake", () => {
  it("when nothing is asked for: it should revert", async () => {
    const staked = await loadFixture(withStake)
    await expect(as(staked).getFunction("requestUnstake")(0)).to.be.revertedWithCustomError(staked.berth, "ZeroAmount")
  })

  it("when less is free: it should revert, whatever is lockable", async () => {
    const staked = await loadFixture(withStake)
    await expect(as(staked).getFunction("requestUnstake")(5_000n * USD + 1n))
      .to.be.revertedWithCustomError(staked.reservations, "InsufficientStake")
      .withArgs(5_000n * USD, 5_000n * USD + 1n)
  })

  it("when what is unbonding would not fit 64 bits: it should revert", async () => {
    const staked = await loadFixture(withStake)
    await fund(staked, staked.operator, MAX)
    await as(staked).getFunction("requestUnstake")(5_000n * USD)
    await as(staked).getFunction("stake")(MAX)
    await expect(as(staked).getFunction("requestUnstake")(MAX))
      .to.be.revertedWithCustomError(staked.reservations, "StakeTooLarge")
      .withArgs(MAX + 5_000n * USD)
    await as(staked).getFunction("requestUnstake")(MAX - 5_000n * USD)
  })

  it("when it is free: it should start the period anew for all that is unbonding", async () => {
    const staked = await loadFixture(withStake)
    const { reservations, operator } = staked
    await as(staked).getFunction("requestUnstake")(1_000n * USD)
    const at = (await time.latest()) + 3600
    await time.setNextBlockTimestamp(at)
    await expect(as(staked).getFunction("requestUnstake")(USD))
      .to.emit(reservations, "UnstakeRequested")
      .withArgs(operator.address, USD, 1_001n * USD, at + WEEK)
    expect(await stakeOf(staked, operator.address)).to.deep.equal([3_999n * USD, 1_001n * USD, BigInt(at + WEEK)])
  })
})

describe("finishUnstake", () => {
  it("given nothing is unbonding: it should revert", async () => {
    const staked = await loadFixture(withStake)
    await expect(as(staked).getFunction("finishUnstake")())
      .to.be.revertedWithCustomError(staked.reservations, "NothingUnbonding")
      .withArgs(staked.operator.address)
  })

  it("given the period runs: it should revert", async () => {
    const staked = await loadFixture(withStake)
    const at = (await time.latest()) + 10
    await time.setNextBlockTimestamp(at)
    await as(staked).getFunction("requestUnstake")(USD)
    await time.setNextBlockTimestamp(at + WEEK - 1)
    await expect(as(staked).getFunction("finishUnstake")())
      .to.be.revertedWithCustomError(staked.reservations, "StillUnbonding")
      .withArgs(at + WEEK)
    await time.setNextBlockTimestamp(at + WEEK)
    await as(staked).getFunction("finishUnstake")()
  })

  it("given the period is over: it should give it back once, while paused as well", async () => {
    const staked = await loadFixture(withStake)
    const { berth, reservations, owner, operator } = staked
    await berth.connect(owner).getFunction("setPaused")(true)
    await as(staked).getFunction("requestUnstake")(2n * USD)
    await time.increase(WEEK)
    await expect(as(staked).getFunction("finishUnstake")())
      .to.emit(reservations, "Unstaked")
      .withArgs(operator.address, 2n * USD)
    expect(await creditsOf(staked, operator)).to.equal(5_002n * USD)
    expect(await stakeOf(staked, operator.address)).to.deep.equal([4_998n * USD, 0n, 0n])
    await expect(as(staked).getFunction("finishUnstake")()).to.be.revertedWithCustomError(reservations, "NothingUnbonding")
  })
})

describe("setLockable", () => {
  it("when the caller is not the operator of the node: it should revert", async () => {
    const staked = await loadFixture(withStake)
    const { berth, tenant, node } = staked
    const unknown = seededWallet("unknown").address
    for (const [by, at] of [
      [tenant, node.address],
      [staked.operator, unknown],
    ] as const) {
      await expect(as(staked, by).getFunction("setLockable")(at, 0))
        .to.be.revertedWithCustomError(berth, "NotOperator")
        .withArgs(at, by.address)
    }
  })

  it("when free stake and what was lockable are less: it should revert", async () => {
    const staked = await loadFixture(withStake)
    await expect(as(staked).getFunction("setLockable")(staked.node.address, 15_000n * USD + 1n))
      .to.be.revertedWithCustomError(staked.reservations, "InsufficientStake")
      .withArgs(15_000n * USD, 15_000n * USD + 1n)
  })

  it("when free stake would not fit 64 bits: it should revert", async () => {
    const staked = await loadFixture(withStake)
    await fund(staked, staked.operator, MAX)
    await as(staked).getFunction("stake")(MAX - 5_000n * USD)
    await expect(as(staked).getFunction("setLockable")(staked.node.address, 0))
      .to.be.revertedWithCustomError(staked.reservations, "StakeTooLarge")
      .withArgs(MAX + 10_000n * USD)
  })

  it("when the stake is there: it should move it between free and lockable, each node its own, retired as well", async () => {
    const staked = await loadFixture(withStake)
    const { berth, reservations, operator, node } = staked
    const second = seededWallet("second node")
    await register(staked, operator, second)
    await berth.connect(operator).getFunction("retireNode")(node.address)
    await expect(as(staked).getFunction("setLockable")(node.address, 3_000n * USD))
      .to.emit(reservations, "LockableSet")
      .withArgs(operator.address, node.address, 3_000n * USD, 12_000n * USD)
    await as(staked).getFunction("setLockable")(second.address, 12_000n * USD)
    expect(await stakeOf(staked, operator.address)).to.deep.equal([0n, 0n, 0n])
    await expect(as(staked).getFunction("setLockable")(node.address, 3_000n * USD + 1n)).to.be.revertedWithCustomError(
      reservations,
      "InsufficientStake",
    )
    await as(staked).getFunction("setLockable")(node.address, 0)
    expect(await reservations.getFunction("lockable")(second.address)).to.equal(12_000n * USD)
    expect(await stakeOf(staked, operator.address)).to.deep.equal([3_000n * USD, 0n, 0n])
  })
})
