import { expect } from "chai"
import fc from "fast-check"
import { DayBook } from "./day-book.ts"

const range = { startDay: 100, endDay: 103 }
const at = (day: number, hours: number, minutes: number, seconds = 0) => BigInt(((day * 24 + hours) * 60 + minutes) * 60 + seconds)
/** A look on a chain whose time runs as the agent's own. */
const look = (book: DayBook, now: bigint, served: boolean | undefined) => book.see(now, Number(now) * 1_000, served, range)

describe("what an agent saw of a reservation's days", () => {
  it("is served where nobody looked", () => {
    const book = new DayBook(new Map())
    expect([100, 101, 102].map((d) => book.servedOn(d))).deep.equal([1_440, 1_440, 1_440])
    look(book, at(100, 5, 0), true)
    look(book, at(102, 5, 0), true)
    expect(book.servedOn(101)).equal(1_440)
  })

  it("is missed from the first asking in vain to the last, but not in a minute with an answer", () => {
    const book = new DayBook(new Map())
    look(book, at(100, 12, 0, 10), true)
    for (let s = 30; s < 350; s += 20) look(book, at(100, 12, 0, s), false)
    expect(book.servedOn(100)).equal(1_435)
    look(book, at(100, 12, 5, 55), true)
    expect(book.servedOn(100)).equal(1_436)
    look(book, at(100, 23, 0), true)
    expect(book.servedOn(100)).equal(1_436)
  })

  it("is missed over whole days when every look was in vain, and only within the term", () => {
    const book = new DayBook(new Map())
    const changed = new Set<number>()
    for (let now = at(99, 23, 50); now <= at(105, 0, 5); now += 20n) for (const day of look(book, now, false).keys()) changed.add(day)
    expect([...changed]).deep.equal([100, 101, 102])
    expect([99, 100, 101, 102, 103].map((d) => book.servedOn(d))).deep.equal([1_440, 0, 0, 0, 1_440])
  })

  it("is served between two looks in vain that are far apart: nobody looked", () => {
    const book = new DayBook(new Map())
    look(book, at(100, 1, 0), false)
    look(book, at(101, 1, 0), false)
    expect([100, 101].map((d) => book.servedOn(d))).deep.equal([1_439, 1_439])
    look(book, at(101, 1, 5), false)
    expect(book.servedOn(101)).equal(1_434)
  })

  it("is missed while the chain leaps and the agent looks on: its own clock says whether it looked", () => {
    const book = new DayBook(new Map())
    book.see(at(100, 1, 0), 7_000, false, range)
    book.see(at(102, 0, 0), 8_000, false, range)
    expect([100, 101, 102].map((d) => book.servedOn(d))).deep.equal([60, 0, 1_439])
    const asleep = new DayBook(new Map())
    asleep.see(at(100, 1, 0), 7_000, false, range)
    asleep.see(at(100, 1, 3), 307_001, false, range)
    expect(asleep.servedOn(100)).equal(1_438)
  })

  it("is unknown, and so served, around a look that could tell nothing", () => {
    const book = new DayBook(new Map())
    look(book, at(100, 1, 0), false)
    look(book, at(100, 2, 0), undefined)
    look(book, at(100, 3, 0), false)
    expect(book.servedOn(100)).equal(1_438)
  })

  it("stays as it was signed, over a restart too", () => {
    const book = new DayBook(new Map())
    look(book, at(100, 1, 0), false)
    const signed = book.sign([100, 101])
    expect([...signed].map(([day, row]) => [day, row.signed])).deep.equal([
      [100, 1_439],
      [101, 1_440],
    ])
    expect(book.sign([100, 101]).size).equal(0)
    const again = new DayBook(signed)
    look(again, at(100, 1, 1), false)
    look(again, at(101, 1, 1), false)
    expect([again.servedOn(100), again.servedOn(101)]).deep.equal([1_439, 1_440])
  })

  it("stays as it was signed where it was given up, and what was signed is not given up", () => {
    const book = new DayBook(new Map())
    look(book, at(100, 1, 0), false)
    book.sign([101])
    expect([...book.signAsMissed(100).values()].map((row) => row.signed)).deep.equal([0])
    expect(book.signAsMissed(101).size).equal(0)
    expect(book.sign([100, 101]).size).equal(0)
    look(book, at(100, 1, 1), true)
    expect([book.servedOn(100), book.servedOn(101)]).deep.equal([0, 1_440])
  })

  it("agrees with a list of minutes, whatever was seen in whichever order of answers", () => {
    const looks = fc.array(fc.record({ step: fc.integer({ min: 1, max: 4_000 }), served: fc.constantFrom(true, false, undefined) }))
    fc.assert(
      fc.property(looks, (seen) => {
        const book = new DayBook(new Map())
        const missed = new Set<number>()
        let now = Number(at(100, 0, 0))
        let last: { now: number; minute: number; served: boolean | undefined } | undefined
        const answered = new Set<number>()
        for (const { step, served } of seen) {
          now += step
          const minute = Math.floor(now / 60)
          look(book, BigInt(now), served)
          if (served) answered.add(minute)
          if (served === false)
            for (let m = last?.served === false && now - last.now <= 300 ? last.minute : minute; m <= minute; m++) missed.add(m)
          last = { now, minute, served }
        }
        for (const day of [100, 101, 102]) {
          const lost = [...missed].filter((m) => Math.floor(m / 1_440) === day && !answered.has(m)).length
          expect(book.servedOn(day)).equal(1_440 - lost)
        }
      }),
    )
  })
})
