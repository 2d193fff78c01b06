import { ProtocolError } from "@berth/protocol"
import { expect } from "chai"
import { DAY, HandoverWorld, refuse } from "../../test-support/handover-world.ts"
import { RateLimit } from "../recorder/rate-limit.ts"
import type { CountersignedRow } from "../store/receipt-store.ts"

/** As a recorder's intake charges for a receipt that it refuses. */
const REJECT_COST = 20

describe("each tab's newest receipt, to two recorders", () => {
  let world: HandoverWorld
  /** The recorders' clock, ms. */
  let now: number
  let limit: RateLimit

  beforeEach(async () => {
    world = new HandoverWorld()
    await world.restart("one", "two")
    now = 0
  })
  afterEach(() => world.close())

  const tabsOf = (count: number) => Array.from({ length: count }, (_, i) => world.signed(`tab ${i}`)).sort()
  const taken = () => world.taken.map(({ tab, seq }) => `${tab}/${seq}`)
  const limited = (budget: { perSecond: number; burst: number }) => {
    limit = new RateLimit(budget, { perSecond: 1e6, burst: 1e6 }, () => now)
  }

  /** A recorder that takes what is of open tabs, as long as its sender has not used up its rate. */
  function recorderWith(closed: ReadonlySet<string>): HandoverWorld["word"] {
    return (rows: readonly CountersignedRow[], recorder) => {
      if (!limit.take(recorder, rows.length)) throw new ProtocolError("rate_limited", "too many receipts")
      const bad = rows.filter(({ tab }) => closed.has(tab))
      if (bad.length === 0) return
      for (const _ of bad) limit.charge(recorder, REJECT_COST)
      world.taken.push(...rows.filter(({ tab }) => !closed.has(tab)))
      refuse(rows, "closing", [...closed])
    }
  }

  it("of a node with a past: closed tabs cost it nothing, and the live one is handed to both", async () => {
    // A tenth of what a recorder gives a peer.
    limited({ perSecond: 100, burst: 1_000 })
    const tabs = tabsOf(100)
    const live = tabs.at(-1)!
    const closed = tabs.slice(0, -1)
    world.closedOnChain = closed.map((tab) => world.receipts.tab(tab)!.signer)
    world.word = recorderWith(new Set(closed))
    await world.handover.handNewest()
    expect(taken()).deep.equal([`${live}/1`, `${live}/1`])
    const reads = world.count
    await world.handover.handNewest()
    expect([taken().length, world.count - reads]).deep.equal([4, 2])
    expect(world.receipts.newest(10).map(({ tab }) => tab)).deep.equal([live])
  })

  it("go on where a recorder had enough, until all are there, those of the last day first", async () => {
    limited({ perSecond: 1, burst: 128 })
    const tabs = tabsOf(200)
    const latest = tabs.at(-1)!
    world.signMore(latest, DAY + 1)
    world.word = recorderWith(new Set())
    await world.restart("one")
    await world.handover.handNewest()
    expect([world.taken.length, taken()[0]]).deep.equal([128, `${latest}/2`])
    now = 128_000
    await world.until(() => world.taken.length >= 200)
    expect(taken().sort()).deep.equal([...tabs.slice(0, -1).map((tab) => `${tab}/1`), `${latest}/2`].sort())
  })

  it("of a tab that the chain closed later is left out from then on", async () => {
    limited({ perSecond: 1_000, burst: 10_000 })
    const [one, two] = tabsOf(2) as [string, string]
    world.word = recorderWith(new Set())
    await world.handover.handNewest()
    world.closedOnChain = [world.receipts.tab(one)!.signer]
    await world.handover.handNewest()
    expect(taken().slice(4)).deep.equal([`${two}/1`, `${two}/1`])
  })
})
