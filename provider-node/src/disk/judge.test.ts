import { expect } from "chai"
import fc from "fast-check"
import { chargeOf, floorOf, imageToRemove, judge, type LeaseHolding, levelOf, restOf, type Space, sizeText } from "./judge.ts"

const GIB = 1024 ** 3
const space = (more: Partial<Space> = {}): Space => ({ freeBytes: 50 * GIB, totalBytes: 100 * GIB, freeInodes: 0, totalInodes: 0, ...more })
const lease = (id: string, bytes: number | undefined, more: Partial<LeaseHolding> = {}): LeaseHolding => ({
  ...{ id, bytes, live: true, leaving: false, fresh: true },
  ...more,
})
const facts = { level: "fine" as const, limit: 20 * GIB, floor: 10 * GIB, engineUp: true, criticalMs: 0 }
const critical = { ...facts, level: "critical" as const }

describe("disk: levels", () => {
  it("the floor is 10 GiB or 5 %, whichever is smaller, or what is set", () => {
    expect(floorOf(space(), undefined)).equal(5 * GIB)
    expect(floorOf(space({ totalBytes: 1_000 * GIB }), undefined)).equal(10 * GIB)
    expect(floorOf(space(), 7)).equal(7)
  })

  it("low below the floor, critical below half of it", () => {
    expect(levelOf(space({ freeBytes: 10 }), 10)).equal("fine")
    expect(levelOf(space({ freeBytes: 9 }), 10)).equal("low")
    expect(levelOf(space({ freeBytes: 5 }), 10)).equal("low")
    expect(levelOf(space({ freeBytes: 4 }), 10)).equal("critical")
    expect(levelOf(space({ freeBytes: 0 }), 0), "no floor wanted").equal("fine")
  })

  it("inodes run out like bytes, where there is a number of them", () => {
    const of = (freeInodes: number) => levelOf(space({ freeInodes, totalInodes: 1_000 }), 10 * GIB)
    expect([of(20), of(19), of(9)]).deep.equal(["fine", "low", "critical"])
  })

  it("empty files are charged their share of the inodes", () => {
    const ext4 = space({ totalInodes: 100 * 65_536, freeInodes: 1 })
    expect(chargeOf({ bytes: 0, inodes: 65_536 }, ext4)).equal(GIB)
    expect(chargeOf({ bytes: 3 * GIB, inodes: 65_536 }, ext4)).equal(3 * GIB)
    expect(chargeOf({ bytes: 5, inodes: 65_536 }, space())).equal(5)
    expect(chargeOf({ bytes: 5, inodes: 65_536 }, undefined)).equal(5)
  })
})

describe("disk: who has to go", () => {
  it("whoever is over the limit, whatever the level, and once", () => {
    const leases = [lease("a", 20 * GIB), lease("b", 20 * GIB + 1), lease("c", undefined), lease("gone", 30 * GIB, { live: false })]
    expect(judge({ ...facts, leases })).deep.equal({ over: ["b"], relief: undefined })
    expect(judge({ ...facts, level: "unknown", leases }).over).deep.equal(["b"])
    expect(judge({ ...facts, leases: [lease("b", 21 * GIB, { leaving: true })] }).over).deep.equal([])
  })

  it("low: no lease that runs, but the files that ended ones left, the most first and one at a time", () => {
    const low = (...leases: LeaseHolding[]) => judge({ ...facts, level: "low", leases }).relief
    const kept = (id: string, gib: number, leaving = false) => lease(id, gib * GIB, { live: false, leaving })
    expect(low(lease("a", 19 * GIB))).equal(undefined)
    expect(low(lease("a", 19 * GIB), kept("less", 1), kept("most", 2))).equal("most")
    expect(low(kept("less", 1), kept("goes", 2, true))).equal(undefined)
    expect(low(kept("less", 1), lease("a", 19 * GIB, { leaving: true })), "whose end frees nothing is not waited for").equal("less")
    expect(low(kept("a", 0.06), kept("b", 0.03)), "together less than a hundredth of the floor").equal(undefined)
    expect(low(kept("a", 0.06), kept("b", 0.05)), "many small ones").equal("a")
    expect(judge({ ...facts, leases: [kept("a", 2)] }).relief, "not while there is room").equal(undefined)
  })

  it("critical: the one that holds the most, running or kept; then one at a time", () => {
    expect(judge({ ...critical, leases: [lease("a", 2 * GIB), lease("b", 3 * GIB)] }).relief).equal("b")
    expect(judge({ ...critical, leases: [lease("a", 2 * GIB), lease("kept", 3 * GIB, { live: false })] }).relief).equal("kept")
    const leaving = lease("b", 3 * GIB, { leaving: true })
    expect(judge({ ...critical, leases: [lease("a", 2 * GIB), leaving] }).relief, "its space is still to come").equal(undefined)
    expect(judge({ ...critical, leases: [lease("a", 2 * GIB), lease("b", 30 * GIB)] })).deep.equal({ over: ["b"], relief: undefined })
  })

  it("critical: nobody before all were looked at, unless that takes too long", () => {
    const leases = [lease("a", 2 * GIB), lease("b", undefined, { fresh: false })]
    expect(judge({ ...critical, leases }).relief).equal(undefined)
    expect(judge({ ...critical, criticalMs: 40_000, leases }).relief).equal("a")
  })

  it("nobody for the disk's sake while the engine is silent, however long: what it holds is not known, and nothing could be removed", () => {
    const silent = { ...critical, engineUp: false, criticalMs: 3_600_000 }
    const kept = lease("kept", 3 * GIB, { live: false })
    expect(judge({ ...silent, leases: [lease("a", 2 * GIB, { fresh: false }), kept] }).relief).equal(undefined)
    expect(judge({ ...silent, level: "low", leases: [kept] }).relief).equal(undefined)
    expect(judge({ ...silent, leases: [lease("a", 21 * GIB)] }).over, "but what was read stands").deep.equal(["a"])
  })

  it("critical: nobody whose end would free nothing: then it was not a lease that filled the disk", () => {
    expect(judge({ ...critical, leases: [lease("a", 0.09 * GIB)] }).relief).equal(undefined)
    expect(judge({ ...critical, leases: [lease("a", 0.11 * GIB)] }).relief).equal("a")
    expect(judge({ ...critical, leases: [] }).relief).equal(undefined)
    const small = ["b", "c"].map((id) => lease(id, 0.06 * GIB, { live: false }))
    expect(judge({ ...critical, leases: [lease("a", 0.09 * GIB), ...small] }).relief, "kept files together are worth it").equal("b")
  })

  it("never chooses one that holds less than another, nor two", () => {
    const holdings = fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 20 * GIB }), live: fc.boolean(), leaving: fc.boolean() }))
    fc.assert(
      fc.property(holdings, (all) => {
        const leases = all.map((l, i) => lease(`${i}`, l.bytes, { live: l.live, leaving: l.leaving }))
        const { over, relief } = judge({ ...critical, leases })
        expect(over).deep.equal([])
        const chosen = leases.find((l) => l.id === relief)
        if (leases.some((l) => l.leaving)) expect(relief).equal(undefined)
        const worth = leases.filter((l) => l.live === chosen?.live || l.bytes! >= critical.floor / 100)
        if (chosen) expect(chosen.bytes).equal(Math.max(...worth.map((l) => l.bytes!)))
      }),
    )
  })
})

describe("disk: how often a lease is measured", () => {
  it("every 30 s far from the limit, after 2 s near it, and never more than a fifth of the time", () => {
    expect(restOf(5, 0, 200 * GIB)).equal(30_000)
    expect(restOf(5, 0, 20 * GIB)).equal(10_000)
    expect(restOf(5, 19 * GIB, 20 * GIB)).equal(2_000)
    expect(restOf(5, 30 * GIB, 20 * GIB)).equal(2_000)
    expect(restOf(10_000, 19 * GIB, 20 * GIB)).equal(40_000)
  })
})

describe("disk: images", () => {
  const day = 86_400_000
  const images = [
    { id: "new", tags: [], usedAt: 9 * day },
    { id: "old", tags: [], usedAt: 1 * day },
    { id: "older", tags: [], usedAt: 0 },
  ]
  const next = (more: { inUse?: string[]; now?: number; low?: boolean }) =>
    imageToRemove(images, { inUse: new Set(more.inUse), now: more.now ?? 10 * day, unusedMs: 7 * day, low: more.low ?? false })?.id

  it("the one unused for longest goes, after its time or when the disk is low; none that is in use", () => {
    expect(next({})).equal("older")
    expect(next({ inUse: ["older"] })).equal("old")
    expect(next({ inUse: ["older", "old"] })).equal(undefined)
    expect(next({ inUse: ["older", "old"], low: true })).equal("new")
    expect(next({ now: 6 * day })).equal(undefined)
    expect(next({ now: 6 * day, low: true })).equal("older")
    expect(next({ inUse: ["older", "old", "new"], low: true })).equal(undefined)
  })

  it("sizes are told as people read them", () => {
    expect([0, 1_023, 1_024, 21.34 * GIB, 2 ** 50].map(sizeText)).deep.equal(["0 B", "1023 B", "1.0 KiB", "21.3 GiB", "1024 TiB"])
  })
})
