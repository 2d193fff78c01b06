import { bytesToHex, keccakText, ProtocolError } from "@berth/protocol"
import { expect } from "chai"
import { DAY, HandoverWorld, refuse } from "../../test-support/handover-world.ts"

describe("what a node hands to recorders", () => {
  let world: HandoverWorld

  beforeEach(() => {
    world = new HandoverWorld()
  })
  afterEach(() => world.close())

  const idOf = (name: string) => bytesToHex(keccakText(name))

  it("names the reservation; one that is refused holds up no other and nothing that pays, and is given up after a while, for good", async () => {
    const [paying, good, bad] = [world.signed("paying"), world.signed("good", idOf("good")), world.signed("bad", idOf("bad"))]
    world.word = (rows) => {
      if (rows.some((row) => row.reservation === idOf("bad"))) throw new ProtocolError("no_reservation", "no such")
    }
    world.handover.start()
    await world.until(() => world.taken.length === 2)
    expect(world.taken.map(({ tab, reservation }) => [tab, reservation])).to.have.deep.members([
      [paying, undefined],
      [good, idOf("good")],
    ])
    expect([world.handover.lag, world.receipts.reservedToHand()]).deep.equal([0, [{ tab: bad, day: DAY }]])
    world.chain.head = { ...world.chain.head, number: 75n }
    await world.until(() => world.receipts.reservedToHand().length === 0)
    await world.restart()
    expect([world.taken.length, world.receipts.reservedToHand()]).deep.equal([2, []])
  })

  it("keeps one of which nobody said no, but at most something of whom it asked, however old it is", async () => {
    const tab = world.signed("kept", idOf("kept"))
    world.chain.head = { ...world.chain.head, number: 1_000n }
    for (const code of ["timeout", "unauthorized"] as const) {
      world.word = () => {
        throw new ProtocolError(code, "not now")
      }
      const tries = world.count
      if (code === "timeout") world.handover.start()
      await world.until(() => world.count > tries)
      expect(world.receipts.reservedToHand()).deep.equal([{ tab, day: DAY }])
    }
    world.word = () => {}
    await world.until(() => world.receipts.reservedToHand().length === 0)
    expect(world.taken.map((row) => row.tab)).deep.equal([tab])
  })

  const signersOf = (tabs: readonly string[]) => tabs.map((tab) => world.receipts.tab(tab)!.signer)

  it("lets go of receipts of a tab that the chain has closed: signed late, they would keep back all that come after them", async () => {
    const tabs = Array.from({ length: 70 }, (_, i) => world.signed(`tab ${i}`)).sort()
    const closed = tabs.slice(3, 5)
    world.closedOnChain = signersOf(closed)
    world.word = (rows) => refuse(rows, "closing", closed)
    world.handover.start()
    await world.until(() => world.taken.length >= 68)
    expect(world.taken.map((row) => row.tab)).deep.equal(tabs.filter((tab) => !closed.includes(tab)))
    expect(world.handover.lag).equal(0)
  })

  it("lets go of them on one recorder's word and the chain's, whatever the other recorders are", async () => {
    await world.restart("dead", "liar", "honest")
    const tabs = Array.from({ length: 70 }, (_, i) => world.signed(`tab ${i}`)).sort()
    const closed = tabs.slice(3, 5)
    world.closedOnChain = signersOf(closed)
    world.word = (rows, recorder) => {
      if (recorder === "dead") throw new Error("no answer")
      refuse(rows, "closing", recorder === "liar" ? rows.map(({ tab }) => tab) : closed)
    }
    world.handover.start()
    await world.until(() => world.taken.length >= 68)
    expect(world.taken.map((row) => row.tab)).deep.equal(tabs.filter((tab) => !closed.includes(tab)))
    expect(world.handover.lag).equal(0)
  })

  it("keeps those of an open tab and of a young day, whatever recorders say; lets go of those of a day a month ago", async () => {
    const [tab] = [world.signed("open")]
    for (const code of ["closing", "stale"] as const) {
      world.word = (rows) => refuse(rows, code, [tab])
      const tries = world.count
      if (code === "closing") world.handover.start()
      await world.until(() => world.count > tries)
      expect(world.handover.lag).equal(1)
    }
    world.chain.head = { ...world.chain.head, timestamp: BigInt(DAY + 31) * 86_400n }
    await world.until(() => world.handover.lag === 0)
    expect(world.taken).deep.equal([])
  })

  it("hands in as paying what was reserved, once its signer has opened the tab on chain", async () => {
    const tab = world.signed("opened", idOf("opened"))
    world.receipts.saveTab({ ...world.receipts.tab(tab)!, reserved: false })
    world.word = () => {}
    world.handover.start()
    await world.until(() => world.taken.length === 1)
    expect([world.taken[0]!.tab, world.taken[0]!.reservation, world.receipts.reservedToHand()]).deep.equal([tab, undefined, []])
  })
})
