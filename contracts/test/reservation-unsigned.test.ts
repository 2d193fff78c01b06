// Claims of days that nobody signs for: the branches of trees/claimUnsignedDays.tree.
import { expect } from "chai"
import { ethers, loadFixture } from "./support/harbour.ts"
import { atDay, COLLATERAL, creditsOf, PERIOD, PRICE, toDay, viewOf, withReservation, withUnsigned } from "./support/reserved.ts"

describe("claimUnsignedDays", () => {
  const claimUnsigned = ({ reservations, stranger, id }: Awaited<ReturnType<typeof withUnsigned>>, day: number, count: number) =>
    reservations.connect(stranger).getFunction("claimUnsignedDays")(id, day, count)

  it("given no such reservation, or no claimable days: it should revert", async () => {
    const running = await loadFixture(withUnsigned)
    const { reservations, first } = running
    const refused = (sent: Promise<unknown>, error: string) => expect(sent).to.be.revertedWithCustomError(reservations, error)
    await refused(claimUnsigned({ ...running, id: 7n }, first, 1), "UnknownReservation")
    await refused(claimUnsigned(running, first, 0), "NoDays")
    await refused(claimUnsigned(running, first, PERIOD + 2), "TooManyDays")
    await refused(claimUnsigned(running, first - 1, 1), "DayOutsideTerm")
    await refused(claimUnsigned(running, first, 1), "DayNotOver")
    await refused(claimUnsigned(running, first, 65_535), "TooManyDays")
  })

  it("when a signer is named for the days, or for some of them: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { reservations, tenant, id, signer, first } = running
    await toDay(first)
    await reservations.connect(tenant).getFunction("setSigner")(id, ethers.ZeroAddress)
    await atDay(first + 4)
    await expect(claimUnsigned(running, first, 2))
      .to.be.revertedWithCustomError(reservations, "SignerNamed")
      .withArgs(first, signer.address)
    await expect(claimUnsigned(running, first + 1, 2))
      .to.be.revertedWithCustomError(reservations, "SignerChanges")
      .withArgs(first + 2)
    await claimUnsigned(running, first + 2, 2)
  })

  it("when nobody is named: it should pay them in full and nothing to the token, once", async () => {
    const running = await loadFixture(withUnsigned)
    const { reservations, operator, id, first } = running
    await atDay(first + 4)
    const before = await creditsOf(running, operator)
    await claimUnsigned(running, first + 1, 1)
    await expect(claimUnsigned(running, first, 4))
      .to.emit(reservations, "DaysPaid")
      .withArgs(id, 2, first, 0b1101, "0x", 3n * PRICE, 0n, 3n * COLLATERAL, 0n)
    await expect(claimUnsigned(running, first, 4)).to.be.revertedWithCustomError(reservations, "NothingToResolve")
    expect((await creditsOf(running, operator)) - before).to.equal(4n * (PRICE + COLLATERAL))
    expect(await viewOf(running)).to.deep.include({ earned: 4n * PRICE, owed: 0n, openDay: BigInt(first + 4) })
  })
})
