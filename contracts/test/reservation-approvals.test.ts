// Who else may move a token: the branches of trees/approve.tree and setApprovalForAll.tree. OpenZeppelin's code; what is ours is that an
// approval is for transfers alone.
import { expect } from "chai"
import { seeded } from "./support/batch.ts"
import { type Account, ethers, loadFixture } from "./support/harbour.ts"
import { atDay, claim, LITTLE, type Reserved, reserved, withReservation } from "./support/reserved.ts"

function as({ reservations }: Reserved, by: Account, name: string, ...args: unknown[]) {
  return reservations.connect(by).getFunction(name)(...args)
}

function refused(running: Reserved, sent: Promise<unknown>, error: string, ...args: unknown[]) {
  return expect(sent)
    .to.be.revertedWithCustomError(running.reservations, error)
    .withArgs(...args)
}

/** What only the owner may do: name a signer, take what lies in the token, cancel. */
async function mayNotUse(running: Reserved, by: Account): Promise<void> {
  const { id } = running
  for (const [name, ...args] of [["setSigner", by.address], ["askRefund"], ["takeRefund"], ["cancel"]] as const) {
    await refused(running, as(running, by, name, id, ...args), "NotHolder", id, by.address)
  }
}

/** With something in the token, so that a refund could be asked for. */
async function owing(): Promise<Reserved> {
  const running = await withReservation()
  await atDay(running.first + 1)
  await claim(running, running.first, [LITTLE])
  return running
}

describe("approve", () => {
  it("given no such reservation, or a cancelled one: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const { tenant, stranger, id } = running
    await refused(running, as(running, tenant, "approve", stranger.address, 7n), "ERC721NonexistentToken", 7n)
    await as(running, tenant, "cancel", id)
    await refused(running, as(running, tenant, "approve", stranger.address, id), "ERC721NonexistentToken", id)
  })

  it("when the caller is neither the token's owner nor an operator for all of its tokens: it should revert, approved for this one as well", async () => {
    const running = await loadFixture(withReservation)
    const { tenant, stranger, otherTenant, id } = running
    await refused(running, as(running, stranger, "approve", stranger.address, id), "ERC721InvalidApprover", stranger.address)
    await as(running, tenant, "approve", stranger.address, id)
    await refused(running, as(running, stranger, "approve", otherTenant.address, id), "ERC721InvalidApprover", stranger.address)
    await as(running, tenant, "setApprovalForAll", otherTenant.address, true)
    await expect(as(running, otherTenant, "approve", otherTenant.address, id))
      .to.emit(running.reservations, "Approval")
      .withArgs(tenant.address, otherTenant.address, id)
  })

  it("when somebody is approved: it should let that account transfer this token, once, and do nothing else with it", async () => {
    const running = await loadFixture(owing)
    const { reservations, tenant, stranger, otherTenant, id } = running
    const other = await reserved(running, { nonce: seeded("another") })
    await as(running, tenant, "approve", stranger.address, id)
    expect(await reservations.getFunction("getApproved")(id)).to.equal(stranger.address)
    await mayNotUse(running, stranger)
    const transfer = (of: Reserved, from: Account, to: Account) => as(of, stranger, "transferFrom", from.address, to.address, of.id)
    await refused(running, transfer(other, tenant, otherTenant), "ERC721InsufficientApproval", stranger.address, other.id)
    await transfer(running, tenant, otherTenant)
    expect(await reservations.getFunction("ownerOf")(id)).to.equal(otherTenant.address)
    expect(await reservations.getFunction("getApproved")(id)).to.equal(ethers.ZeroAddress)
    await refused(running, transfer(running, otherTenant, tenant), "ERC721InsufficientApproval", stranger.address, id)
  })

  it("when nobody is approved: it should take the approval back", async () => {
    const running = await loadFixture(withReservation)
    const { tenant, stranger, id } = running
    await as(running, tenant, "approve", stranger.address, id)
    await as(running, tenant, "approve", ethers.ZeroAddress, id)
    const sent = as(running, stranger, "transferFrom", tenant.address, stranger.address, id)
    await refused(running, sent, "ERC721InsufficientApproval", stranger.address, id)
  })
})

describe("setApprovalForAll", () => {
  it("when the operator is nobody: it should revert", async () => {
    const running = await loadFixture(withReservation)
    const sent = as(running, running.tenant, "setApprovalForAll", ethers.ZeroAddress, true)
    await refused(running, sent, "ERC721InvalidOperator", ethers.ZeroAddress)
  })

  it("when an operator is named: it should let it transfer and approve all tokens of the caller, later ones too, and do nothing else with them", async () => {
    const running = await loadFixture(owing)
    const { reservations, tenant, stranger, otherTenant, id } = running
    await expect(as(running, tenant, "setApprovalForAll", stranger.address, true))
      .to.emit(reservations, "ApprovalForAll")
      .withArgs(tenant.address, stranger.address, true)
    const later = await reserved(running, { nonce: seeded("later") })
    await mayNotUse(running, stranger)
    for (const one of [running, later]) await as(one, stranger, "transferFrom", tenant.address, otherTenant.address, one.id)
    expect(await reservations.getFunction("ownerOf")(later.id)).to.equal(otherTenant.address)
    // Of the caller's alone: they are another's now.
    const back = as(running, stranger, "transferFrom", otherTenant.address, tenant.address, id)
    await refused(running, back, "ERC721InsufficientApproval", stranger.address, id)
    const again = await reserved(running, { nonce: seeded("again") })
    await as(running, stranger, "approve", otherTenant.address, again.id)
    expect(await reservations.getFunction("getApproved")(again.id)).to.equal(otherTenant.address)
  })

  it("when that is taken back: it should let it do nothing any more", async () => {
    const running = await loadFixture(withReservation)
    const { tenant, stranger, id } = running
    await as(running, tenant, "setApprovalForAll", stranger.address, true)
    await as(running, tenant, "setApprovalForAll", stranger.address, false)
    await refused(running, as(running, stranger, "approve", stranger.address, id), "ERC721InvalidApprover", stranger.address)
    const sent = as(running, stranger, "transferFrom", tenant.address, stranger.address, id)
    await refused(running, sent, "ERC721InsufficientApproval", stranger.address, id)
  })
})
