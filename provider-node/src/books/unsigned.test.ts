// Work that nobody has signed for: how much of it there may be, of one lease and of a tab.
import { emptyBooks, keccakText } from "@berth/protocol"
import { expect } from "chai"
import { fundsNeeded, type LeaseMoney, type LeaseStanding, reserveOf, type TabMoney, verdictOf } from "./standing.ts"

/** A credit a millisecond. */
const PRICE = 3_600_000n
const standing: LeaseStanding = {
  ...{ leaseNo: 1, state: "ready", startPrice: 0n, pauseMs: 60_000, stopMs: 900_000, idleMs: 900_000 },
  ...{ endWish: null, uncovered: false, inactiveMs: 0, pausedMs: undefined, diskShort: false },
}
const run = { do: "run" }
const pause = { do: "pause", reason: "no_signature" }
const end = { do: "end", reason: "no_signature" }

describe("what may be worked without a signature", () => {
  const unit = { count: 1, price: PRICE }
  const WINDOW = 60_000n
  const one: LeaseMoney = {
    ...{ leaseNo: 1, live: true, claimedMs: 0n, price: PRICE, ahead: 0n, window: WINDOW, grace: WINDOW, forgiven: 0n },
    reserve: reserveOf("known", unit, WINDOW),
  }
  const signedAt = 100_000n
  const books = {
    ...emptyBooks(keccakText("tab"), "0x00000000000000000000000000000000000000aa"),
    ...{ seq: 1, used: signedAt, amount: signedAt, leases: new Map([[1, signedAt]]) },
  }
  const tab = (leases: readonly LeaseMoney[], more: Partial<TabMoney> = {}): TabMoney => ({
    ...{ books, leases, chain: { status: "open", deposit: 1_000_000n }, ordered: undefined, closeSigned: false, unsignedMs: 1_000 },
    ...more,
  })
  /** A lease that has worked for `ms` since the last signature, a second ago by the tab's clock. */
  const after = (ms: bigint, of: Partial<LeaseStanding> = {}, money: Partial<LeaseMoney> = {}, more: Partial<TabMoney> = {}) =>
    verdictOf({ ...standing, ...of }, tab([{ ...one, claimedMs: signedAt + ms, ...money }], more))

  it("is kept back from the end: so many seconds, but never more than a quarter", () => {
    expect(reserveOf("known", unit, WINDOW)).equal(10_000n)
    expect(reserveOf("newcomer", unit, WINDOW)).equal(4_000n)
    expect(reserveOf("newcomer", unit, 10_000n)).equal(2_500n)
    expect(reserveOf("known", { ...unit, count: 8 }, 8n * WINDOW)).equal(80_000n)
    expect(reserveOf("newcomer", { count: 1, price: 1n }, 1n)).equal(0n)
  })

  describe("a known tenant", () => {
    it("is paused by what it worked, before that is a window, whatever the tab's clock says: a restart of the node sets it back", () => {
      expect(after(50_000n)).deep.equal(run)
      expect(after(50_001n)).deep.equal(pause)
      expect(after(50_001n, {}, {}, { unsignedMs: undefined })).deep.equal(pause)
    })

    it("is paused by the clock at `pause`, with work or without", () => {
      expect(after(10n, {}, {}, { unsignedMs: 59_999 })).deep.equal(run)
      expect(after(10n, {}, {}, { unsignedMs: 60_000 })).deep.equal(pause)
      expect(after(10n, {}, {}, { unsignedMs: 900_000 })).deep.equal(end)
    })

    it("stays paused until it signs, and then goes on", () => {
      const paused = { state: "paused", pausedMs: 5_000 } as const
      expect(after(50_300n, paused)).deep.equal(pause)
      expect(after(0n, paused, {}, { unsignedMs: undefined })).deep.equal(run)
    })

    it("has used up what it disputed; who has nothing left is stopped when it was paused for `stop`", () => {
      expect(after(20_000n, {}, { forgiven: 30_000n })).deep.equal(run)
      expect(after(20_001n, {}, { forgiven: 30_000n })).deep.equal(pause)
      const paused = { state: "paused", pausedMs: 899_999 } as const
      expect(after(0n, paused, { forgiven: 55_000n }, { unsignedMs: undefined })).deep.equal(pause)
      expect(after(0n, { ...paused, pausedMs: 900_000 }, { forgiven: 55_000n }, { unsignedMs: undefined })).deep.equal(end)
    })

    it("each lease by its own work: one that works alone gets no other's window", () => {
      const two = [
        { ...one, claimedMs: signedAt + 50_001n },
        { ...one, leaseNo: 2 },
      ]
      expect(verdictOf(standing, tab(two))).deep.equal(pause)
      expect(verdictOf({ ...standing, leaseNo: 2 }, tab(two))).deep.equal(run)
    })

    it("before its first receipt too; a reservation's lease, and one that costs next to nothing, by the clock alone", () => {
      const fresh = { books: { ...books, leases: new Map() } }
      expect(after(0n, {}, { claimedMs: 50_001n }, fresh)).deep.equal(pause)
      expect(after(500_000n, {}, { price: 0n, window: 0n, grace: 0n, reserve: 0n })).deep.equal(run)
      expect(after(60_000n, {}, { price: 60n, window: 1n, grace: 1n, reserve: 0n })).deep.equal(run)
    })

    it("has a deposit for what it used, a window of grace and one more", () => {
      expect(fundsNeeded(books, [{ ...one, claimedMs: signedAt + 1_000n }])).equal(signedAt + 1_000n + 2n * WINDOW)
    })
  })

  describe("a newcomer", () => {
    const ahead = 10_000n
    const newcomer = { ahead, reserve: reserveOf("newcomer", unit, ahead) }
    const paidAhead = { books: { ...books, amount: books.used + ahead } }
    const works = (ms: bigint, of: Partial<LeaseStanding> = {}, more: Partial<TabMoney> = {}) =>
      after(ms, { startPrice: ahead, ...of }, newcomer, { ...paidAhead, ...more })

    it("is paused before it has worked off what it paid", () => {
      expect(works(7_499n)).deep.equal(run)
      expect(works(7_500n)).deep.equal(pause)
    })

    it("is stopped when it was paused for `pause`, however long before that it had stopped signing", () => {
      const paused = { state: "paused", pausedMs: 59_999 } as const
      expect(works(7_700n, {}, { unsignedMs: 60_000 })).deep.equal(pause)
      expect(works(7_700n, paused, { unsignedMs: 80_000 })).deep.equal(pause)
      expect(works(7_700n, { ...paused, pausedMs: 60_000 }, { unsignedMs: 80_000 })).deep.equal(end)
      expect(works(7_700n, { ...paused, pausedMs: 500_000 }, { unsignedMs: 59_999 }), "it was paused for another reason").deep.equal(pause)
    })

    it("shares what the tab paid with other newcomers' leases, running or over, and not with leases that pay nothing ahead", () => {
      const verdict = (other: Partial<LeaseMoney>) => {
        const leases = [
          { ...one, ...newcomer, claimedMs: signedAt + 4_000n },
          { ...one, leaseNo: 2, claimedMs: 3_500n, ...other },
        ]
        return verdictOf({ ...standing, startPrice: ahead }, tab(leases, paidAhead))
      }
      expect(verdict({ ...newcomer, live: false })).deep.equal(pause)
      expect(verdict({ ...newcomer, live: false, claimedMs: 3_499n })).deep.equal(run)
      expect(verdict({ claimedMs: 40_000n })).deep.equal(run)
    })
  })
})
