// The core's door for the Reservations contract: the branches of trees/lockCredits.tree, fundReservation.tree, payReservation.tree and
// releaseCredits.tree. The contract itself is played here, so that nothing but the door is tested.
import { expect } from "chai"
import { type Account, ethers, fund, loadFixture, networkHelpers, USD, withTab } from "./support/harbour.ts"

async function door() {
  const tab = await withTab()
  const { berth, stranger, owner } = tab
  const address: string = await berth.getFunction("reservations")()
  await networkHelpers.impersonateAccount(address)
  await networkHelpers.setBalance(address, 10n ** 18n)
  const reservations = (await ethers.getSigner(address)) as unknown as Account
  const as = (name: string, by = reservations) => berth.connect(by).getFunction(name)
  /** Neither a stranger nor the owner passes. */
  const refusesOthers = async (name: string, ...args: unknown[]) => {
    for (const other of [stranger, owner]) {
      await expect(as(name, other)(...args))
        .to.be.revertedWithCustomError(berth, "NotReservations")
        .withArgs(other.address)
    }
  }
  const credits = ({ address }: { address: string }): Promise<bigint> => berth.getFunction("credits")(address)
  const pause = () => berth.connect(owner).getFunction("setPaused")(true)
  const retire = () => berth.connect(tab.operator).getFunction("retireNode")(tab.node.address)
  return { ...tab, reservations, as, refusesOthers, credits, pause, retire }
}

/** The same, holding $10. */
async function funded() {
  const opened = await door()
  await fund(opened, opened.stranger, 10n * USD)
  await opened.as("lockCredits")(opened.stranger.address, 10n * USD)
  return opened
}

describe("lockCredits", () => {
  it("given a caller that is not the Reservations contract: it should revert", async () => {
    const { tenant, refusesOthers } = await loadFixture(door)
    await refusesOthers("lockCredits", tenant.address, 1n)
  })

  it("when the account has fewer credits: it should revert", async () => {
    const { berth, tenant, as } = await loadFixture(door)
    await expect(as("lockCredits")(tenant.address, 900n * USD + 1n))
      .to.be.revertedWithCustomError(berth, "InsufficientCredits")
      .withArgs(tenant.address, 900n * USD, 900n * USD + 1n)
  })

  it("when the account has the credits: it should move them to the Reservations contract, also while paused", async () => {
    const { tenant, reservations, as, credits, pause } = await loadFixture(door)
    await pause()
    await as("lockCredits")(tenant.address, 900n * USD)
    expect([await credits(tenant), await credits(reservations)]).to.deep.equal([0n, 900n * USD])
  })
})

describe("fundReservation", () => {
  it("given a caller that is not the Reservations contract: it should revert", async () => {
    const { tenant, node, refusesOthers } = await loadFixture(door)
    await refusesOthers("fundReservation", tenant.address, node.address, 1n)
  })

  it("given new reservations are paused: it should revert", async () => {
    const { berth, tenant, node, as, pause } = await loadFixture(door)
    await pause()
    await expect(as("fundReservation")(tenant.address, node.address, 1n)).to.be.revertedWithCustomError(berth, "IsPaused")
  })

  it("given an unknown or retired node: it should revert", async () => {
    const { berth, tenant, node, as, retire } = await loadFixture(door)
    const unknown = as("fundReservation")(tenant.address, tenant.address, 1n)
    await expect(unknown).to.be.revertedWithCustomError(berth, "NodeNotRegistered")
    await retire()
    await expect(as("fundReservation")(tenant.address, node.address, 1n)).to.be.revertedWithCustomError(berth, "NodeIsRetired")
  })

  it("when the tenant has fewer credits: it should revert", async () => {
    const { berth, tenant, node, as } = await loadFixture(door)
    const more = as("fundReservation")(tenant.address, node.address, 900n * USD + 1n)
    await expect(more).to.be.revertedWithCustomError(berth, "InsufficientCredits")
  })

  it("when the tenant has the credits: it should move them to the Reservations contract and say the fee of that moment", async () => {
    const { berth, owner, tenant, node, reservations, as, credits } = await loadFixture(door)
    await berth.connect(owner).getFunction("setFee")(321)
    expect(await as("fundReservation").staticCall(tenant.address, node.address, 900n * USD)).to.equal(321n)
    await as("fundReservation")(tenant.address, node.address, 900n * USD)
    expect([await credits(tenant), await credits(reservations)]).to.deep.equal([0n, 900n * USD])
  })
})

describe("payReservation", () => {
  it("given a caller that is not the Reservations contract: it should revert", async () => {
    const { node, refusesOthers } = await loadFixture(funded)
    await refusesOthers("payReservation", node.address, 1n, 0n)
  })

  it("when amount and fee are more than the Reservations contract holds: it should revert", async () => {
    const { berth, node, reservations, as } = await loadFixture(funded)
    await expect(as("payReservation")(node.address, 10n * USD, 1n))
      .to.be.revertedWithCustomError(berth, "InsufficientCredits")
      .withArgs(reservations.address, 10n * USD, 10n * USD + 1n)
  })

  it("when it holds them: it should pay the operator the amount and keep the fee, also while paused and of a retired node", async () => {
    const { berth, operator, node, reservations, as, credits, pause, retire } = await loadFixture(funded)
    await pause()
    await retire()
    await as("payReservation")(node.address, 9n * USD, USD)
    expect([await credits(operator), await credits(reservations)]).to.deep.equal([9n * USD, 0n])
    expect(await berth.getFunction("accruedFees")()).to.equal(USD)
  })
})

describe("releaseCredits", () => {
  it("given a caller that is not the Reservations contract: it should revert", async () => {
    const { tenant, refusesOthers } = await loadFixture(funded)
    await refusesOthers("releaseCredits", tenant.address, 1n)
  })

  it("when it is more than the Reservations contract holds: it should revert", async () => {
    const { berth, tenant, as } = await loadFixture(funded)
    const more = as("releaseCredits")(tenant.address, 10n * USD + 1n)
    await expect(more).to.be.revertedWithCustomError(berth, "InsufficientCredits")
  })

  it("when it holds them: it should move them to the account, also while paused", async () => {
    const { tenant, reservations, as, credits, pause } = await loadFixture(funded)
    await pause()
    await as("releaseCredits")(tenant.address, 10n * USD)
    expect([await credits(tenant), await credits(reservations)]).to.deep.equal([910n * USD, 0n])
  })
})
