import { type ErrorCode, ProtocolError } from "@berth/protocol"
import { expect } from "chai"
import { HandoverWorld, refuse } from "../../test-support/handover-world.ts"

describe("receipts that pay and that a recorder refuses for now", () => {
  let world: HandoverWorld

  beforeEach(() => {
    world = new HandoverWorld()
  })
  afterEach(() => world.close())

  const names = () => world.taken.map(({ tab, seq }) => `${tab}/${seq}`)
  const tabsOf = (count: number) => Array.from({ length: count }, (_, i) => world.signed(`tab ${i}`)).sort()

  const codes: readonly ErrorCode[] = ["no_tab", "bad_receipt", "bad_signature", "closing", "something new" as ErrorCode]
  for (const code of codes)
    it(`${code}: keep none of the others back, and are handed in once they are taken`, async () => {
      const tabs = tabsOf(140)
      const bad = tabs.slice(0, 3)
      world.word = (rows) => refuse(rows, code, bad)
      world.handover.start()
      await world.until(() => world.taken.length >= 137)
      expect(names().sort()).deep.equal(tabs.slice(3).map((tab) => `${tab}/1`))
      expect(world.handover.lag).equal(3)
      world.word = () => {}
      await world.until(() => world.handover.lag === 0)
      expect(names().sort()).deep.equal(tabs.map((tab) => `${tab}/1`))
    })

  it("give way to what is signed later, without a refusal for it; and to the rest of their own tab", async () => {
    const [bad, other] = tabsOf(2) as [string, string]
    for (let i = 0; i < 3; i++) world.signMore(bad)
    world.word = (rows) => refuse(rows, "bad_receipt", [`${bad}/2`])
    world.handover.start()
    await world.until(() => world.taken.length >= 4)
    expect(names().sort()).deep.equal([`${other}/1`, `${bad}/1`, `${bad}/3`, `${bad}/4`].sort())
    const batches: string[] = []
    world.word = (rows) => {
      batches.push(rows.map(({ tab, seq }) => `${tab}/${seq}`).join())
      refuse(rows, "bad_receipt", [`${bad}/2`])
    }
    world.signMore(bad)
    world.signMore(other)
    await world.until(() => world.taken.length >= 6)
    expect(new Set(batches)).to.include.all.keys([`${other}/2`, `${bad}/5`])
    expect(batches.filter((batch) => batch.includes(","))).deep.equal([])
    expect(world.handover.lag).equal(1)
  })

  it("are tried one at a time, a receipt of each of 64 tabs and then the next: a refused one costs its sender", async () => {
    const tabs = tabsOf(80)
    for (const tab of tabs) world.signMore(tab)
    const alone: string[] = []
    world.word = (rows) => {
      if (rows.length === 1) alone.push(`${rows[0]!.tab}/${rows[0]!.seq}`)
      refuse(rows, "no_tab", tabs)
    }
    world.handover.start()
    await world.until(() => alone.length >= 160)
    expect(new Set(alone.slice(0, 80)), "one of each before the second of any").to.have.all.keys(tabs.map((tab) => `${tab}/1`))
    expect(new Set(alone.slice(0, 160)).size).equal(160)
    expect([world.handover.lag, world.taken.length]).deep.equal([160, 0])
  })

  it("stay where they are while the recorder refuses the request, not them", async () => {
    const tabs = tabsOf(3)
    for (const refusal of [
      new ProtocolError("rate_limited", "too many records wait for their anchor", { field: "submit[1]" }),
      new ProtocolError("chain_unavailable", "not now"),
      new Error("no answer"),
    ]) {
      const batches: number[] = []
      world.word = (rows) => {
        batches.push(rows.length)
        throw refusal
      }
      world.handover.start()
      await world.until(() => batches.length >= 2)
      expect(batches.slice(0, 2)).deep.equal([3, 3])
      await world.restart("one")
    }
    world.word = () => {}
    world.handover.start()
    await world.until(() => world.handover.lag === 0)
    expect(names()).deep.equal(tabs.map((tab) => `${tab}/1`))
  })

  it("that make a request too large, or one that can't be read, are found by handing them in one at a time", async () => {
    const tabs = tabsOf(70)
    world.word = (rows) => {
      if (rows.length > 1) throw new ProtocolError("too_large", "a request is at most so large")
      if (rows[0]!.tab === tabs[5]) throw new ProtocolError("malformed", "the request can't be decoded")
    }
    world.handover.start()
    await world.until(() => world.taken.length >= 69)
    expect(names().sort()).deep.equal(tabs.filter((tab) => tab !== tabs[5]).map((tab) => `${tab}/1`))
    expect(world.handover.lag).equal(1)
  })
})
