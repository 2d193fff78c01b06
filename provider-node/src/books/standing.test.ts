import { emptyBooks, keccakText } from "@berth/protocol"
import { expect } from "chai"
import { orderedBy } from "./order.ts"
import { type LeaseMoney, type LeaseStanding, type TabMoney, verdictOf } from "./standing.ts"

const HOUR = 3_600n
/** A credit a millisecond. */
const PRICE = 3_600_000n
const order = { base: 10n, cap: 5_000n, rate: 3_600n, from: 1_000n, until: 1_000n + 10n * HOUR }
const chain = { status: "open" as const, deposit: 1_000_000n }

const standing: LeaseStanding = {
  ...{ leaseNo: 1, state: "ready", startPrice: 0n, pauseMs: 60_000, stopMs: 900_000, idleMs: 900_000 },
  ...{ endWish: null, uncovered: false, inactiveMs: 0, pausedMs: undefined, diskShort: false },
}
const run = { do: "run" }
const pause = { do: "pause", reason: "no_signature" }
const end = { do: "end", reason: "no_signature" }

describe("a standing order", () => {
  it("allows by the second, up to its cap, its end, the close request and the deposit", () => {
    const allowed = (now: bigint, more: { closeRequestedAt?: bigint; deposit?: bigint } = {}) =>
      orderedBy({ deposit: 1_000_000n, closeRequestedAt: 0n, order, ...more }, now)
    expect(allowed(0n)).equal(10n)
    expect(allowed(1_060n)).equal(70n)
    expect(allowed(1_000n + HOUR)).equal(3_610n)
    expect(allowed(1_000n + 2n * HOUR)).equal(5_010n)
    expect(allowed(1_000n + HOUR, { closeRequestedAt: 1_060n })).equal(70n)
    expect(allowed(1_030n, { closeRequestedAt: 1_060n }), "our clock is behind the request").equal(40n)
    expect(allowed(1_000n + HOUR, { deposit: 100n })).equal(100n)
    expect(orderedBy({ deposit: 1n, closeRequestedAt: 0n, order: undefined }, 1n)).equal(undefined)
    expect(orderedBy({ deposit: 1n, closeRequestedAt: 0n, order }, undefined), "before the chain was seen").equal(undefined)
  })
})

describe("what a lease may do under a standing order", () => {
  const lease: LeaseMoney = {
    ...{ leaseNo: 1, live: true, claimedMs: 1_000n, price: PRICE, ahead: 0n, window: 600n, grace: 1_200n },
    ...{ reserve: 100n, forgiven: 0n },
  }
  const books = { ...emptyBooks(keccakText("tab"), "0x00000000000000000000000000000000000000aa"), seq: 1, leases: new Map([[1, 0n]]) }
  /** A lease that has used 1,000 credits, of which nothing is signed, on a tab whose order allows `ordered`. */
  const verdict = (ordered: bigint | undefined, of: Partial<LeaseStanding> = {}, tab: Partial<TabMoney> = {}) => {
    const money = { ...lease, ahead: of.startPrice ?? 0n }
    return verdictOf({ ...standing, ...of }, { books, leases: [money], chain, ordered, closeSigned: false, unsignedMs: 10_000_000, ...tab })
  }
  const paused = { state: "paused", pausedMs: 1_000 } as const

  it("control: without one, who has not signed for so long is stopped", () => {
    expect(verdict(undefined)).deep.equal(end)
    expect(verdict(undefined, { startPrice: 600n })).deep.equal(end)
  })

  for (const startPrice of [0n, 600n])
    describe(startPrice === 0n ? "a known tenant" : "a newcomer", () => {
      it("works without a signature up to what is allowed, and is paused there", () => {
        expect(verdict(1_001n, { startPrice })).deep.equal(run)
        expect(verdict(1_000n, { startPrice })).deep.equal(pause)
      })

      it("goes on when a window more is allowed, and is stopped when it was paused for `stop`", () => {
        expect(verdict(1_599n, { startPrice, ...paused })).deep.equal(pause)
        expect(verdict(1_600n, { startPrice, ...paused })).deep.equal(run)
        expect(verdict(1_599n, { startPrice, ...paused, pausedMs: 900_000 })).deep.equal(end)
      })

      it("starts by it, and is not waited for when there is nothing of it", () => {
        const fresh = { startPrice, state: "accepted" as const }
        const unused = { books: { ...books, leases: new Map() }, leases: [{ ...lease, ahead: startPrice, claimedMs: 0n }] }
        expect(verdict(600n, fresh, { ...unused, unsignedMs: 1_000 })).deep.equal(run)
        expect(verdict(599n, fresh, unused)).deep.equal(end)
      })

      it("ends with a close request, its own end, idleness and the deposit as ever", () => {
        expect(verdict(9_999n, { startPrice }, { chain: { ...chain, status: "closing" } })).deep.equal({ do: "end", reason: "expired" })
        expect(verdict(9_999n, { startPrice, endWish: "tenant_stopped" })).deep.equal({ do: "end", reason: "tenant_stopped" })
        expect(verdict(9_999n, { startPrice, inactiveMs: 900_000 })).deep.equal({ do: "end", reason: "idle" })
        expect(verdict(9_999n, { startPrice }, { chain: { ...chain, deposit: 1_000n } })).deep.equal({ do: "pause", reason: "no_funds" })
      })
    })

  it("all leases of the tab share it: two windows are wanted to start two", () => {
    const two = { leases: [lease, { ...lease, leaseNo: 2 }], unsignedMs: 10_000_000 }
    expect(verdict(3_199n, paused, two)).deep.equal(pause)
    expect(verdict(3_200n, paused, two)).deep.equal(run)
  })

  it("a reservation's lease on the same tab is none of its business", () => {
    expect(verdict(9_999n, {}, { leases: [{ ...lease, price: 0n }] })).deep.equal(pause)
  })

  it("on a disk that is nearly full nothing goes on, ordered or signed; that ends nothing before `stop`, and holds back none of the other ends", () => {
    const full = { do: "pause", reason: "disk_full" }
    const signed = { unsignedMs: 500 }
    expect(verdict(9_999n, { diskShort: true })).deep.equal(full)
    expect(verdict(undefined, { diskShort: true }, signed)).deep.equal(full)
    expect(verdict(undefined, { diskShort: true, ...paused, pausedMs: 899_999 }, signed)).deep.equal(full)
    expect(verdict(undefined, { diskShort: true, ...paused, pausedMs: 900_000 }, signed)).deep.equal({ do: "end", reason: "disk_full" })
    expect(verdict(undefined, { diskShort: true, endWish: "tenant_stopped" }, signed)).deep.equal({ do: "end", reason: "tenant_stopped" })
    expect(verdict(undefined, { diskShort: true })).deep.equal(end)
    expect(verdict(undefined, { ...paused }, signed), "control: there is room").deep.equal(run)
  })

  it("an agent that signs is what it was: nothing waits for an order", () => {
    expect(verdict(0n, {}, { unsignedMs: 500 })).deep.equal(run)
    expect(verdict(0n, { startPrice: 600n }, { unsignedMs: 500, books: { ...books, amount: 1_600n } })).deep.equal(run)
  })
})
