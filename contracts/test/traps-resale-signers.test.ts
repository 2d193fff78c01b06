// Traps of resale: who signs for the days after a sale. On the real Seaport, as traps-resale.
import { expect } from "chai"
import { seededWallet } from "./support/batch.ts"
import { ethers, loadFixture } from "./support/harbour.ts"
import { as, onSale, signerOf } from "./support/resale.ts"
import { atDay, claim, LITTLE, MISSED, toDay, viewOf } from "./support/reserved.ts"

describe("Traps: who signs after a resale", () => {
  it("the days from the day after next on are signed for by nobody, until the buyer names somebody", async () => {
    const running = await loadFixture(onSale)
    const { reservations, buyer, signer, id, first, buy } = running
    const agent = seededWallet("buyer's agent")
    const today = first + 1
    await buy()
    expect(await Promise.all([0, 1, 2, 20].map((ahead) => signerOf(running, today + ahead)))).to.deep.equal([
      signer.address,
      signer.address,
      ethers.ZeroAddress,
      ethers.ZeroAddress,
    ])
    await atDay(today + 2)
    await as(running, buyer, "setSigner", id, agent.address)
    expect(await signerOf(running, today + 3)).to.equal(ethers.ZeroAddress)
    expect(await signerOf(running, today + 4)).to.equal(agent.address)
    await atDay(today + 5)
    await expect(claim(running, today + 4, [1440], { key: signer })).to.be.revertedWithCustomError(reservations, "NotSignedByDaySigner")
    await claim(running, today + 4, [1440], { key: agent })
  })

  // A bid that is accepted in a day's last second leaves its buyer no time on that day. The first day without a signer begins a day later, so
  // until then it is still its holder's to name one: else anybody could have that day paid in full, served or not.
  it("a sale in the last second of a day: the buyer's agent, named on the next, signs for the first day that nobody would", async () => {
    const running = await loadFixture(onSale)
    const { reservations, buyer, signer, id, first, buy } = running
    const agent = seededWallet("buyer's agent")
    const today = first + 1
    await toDay(today, 86_399)
    await buy()
    await toDay(today + 1, 86_399)
    await expect(as(running, buyer, "setSigner", id, agent.address))
      .to.emit(reservations, "SignerSet")
      .withArgs(id, today + 2, agent.address)
    // Only that gap is filled. Days that have begun keep their signer, and an agent that was named is not taken back in a day's time.
    expect(await signerOf(running, today + 1)).to.equal(signer.address)
    await atDay(today + 3)
    await expect(as(running, buyer, "claimUnsignedDays", id, today + 2, 1)).to.be.revertedWithCustomError(reservations, "SignerNamed")
    await claim(running, today + 2, [LITTLE], { key: agent })
    expect(await viewOf(running)).to.deep.include({ owed: 2n * MISSED })
  })

  it("a seller that fills a day without a signer in front of the sale has two days after it and no more, as in any sale", async () => {
    const running = await loadFixture(onSale)
    const { tenant, stranger, reservations, buyer, id, first } = running
    const [accomplice, agent] = [seededWallet("accomplice"), seededWallet("buyer's agent")]
    const today = first + 2
    // To another account of the seller's, and a day later, its gap filled, on to the buyer.
    await as(running, tenant, "transferFrom", tenant.address, stranger.address, id)
    await toDay(today)
    await as(running, stranger, "setSigner", id, accomplice.address)
    // A word that was given stays: what is said of the same day later acts from the day after next.
    await as(running, stranger, "setSigner", id, running.signer.address)
    expect(await signerOf(running, today + 1)).to.equal(accomplice.address)
    await as(running, stranger, "transferFrom", stranger.address, buyer.address, id)
    expect(await signerOf(running, today + 1)).to.equal(accomplice.address)
    expect(await signerOf(running, today + 2)).to.equal(ethers.ZeroAddress)
    await as(running, buyer, "setSigner", id, agent.address)
    expect(await signerOf(running, today + 2)).to.equal(agent.address)
    expect(await reservations.getFunction("ownerOf")(id)).to.equal(buyer.address)
  })

  it("a signer named in front of the sale signs for no day of the buyer's", async () => {
    const running = await loadFixture(onSale)
    const { reservations, tenant, id, first, buy } = running
    const accomplice = seededWallet("accomplice")
    await as(running, tenant, "setSigner", id, accomplice.address)
    expect(await signerOf(running, first + 3)).to.equal(accomplice.address)
    await buy()
    expect(await signerOf(running, first + 3)).to.equal(ethers.ZeroAddress)
    await atDay(first + 4)
    await expect(claim(running, first + 3, [1440], { key: accomplice })).to.be.revertedWithCustomError(reservations, "NotSignedByDaySigner")
  })
})
