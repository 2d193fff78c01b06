// Which claim is posted next: by what the chain lacks and the claims pay.
import { expect } from "chai"
import { dueClaim, type Reservation, type StoredClaim } from "./reservation.ts"

const FIRST = 20_000
const running = {
  id: "0x01",
  ...{ startDay: FIRST, term: 30, endDay: FIRST + 30, claimPeriod: 8, openDay: FIRST, resolved: 0n },
} as unknown as Reservation
const claimOf = (nth: number, ...minutes: number[]): StoredClaim => ({
  ...{ reservation: running.id, firstDay: FIRST + nth, minutes, signature: new Uint8Array(64) },
})
const due = (today: number, ...claims: StoredClaim[]) => dueClaim(running, claims, FIRST + today, 7)?.minutes

describe("the claim that is due", () => {
  it("is none that pays no open day: the contract passes over days of 0 minutes", () => {
    expect(due(9, claimOf(0, 0))).equal(undefined)
    expect(due(9, claimOf(0, 0, 0))).equal(undefined)
    // The days that it pays count, from the first of those on.
    expect(due(5, claimOf(0, 0, 5))).equal(undefined)
    expect(due(6, claimOf(0, 0, 5))).deep.equal([0, 5])
    // Posted: the second day is resolved, the first is open still, and nothing is left to post.
    expect(dueClaim({ ...running, resolved: 0b10n }, [claimOf(0, 0, 5)], FIRST + 8, 7)).equal(undefined)
  })

  it("is the one that pays most of those that pay the first day", () => {
    expect(due(7, claimOf(0, 0, 1_440), claimOf(0, 3))).deep.equal([3])
    expect(due(7, claimOf(0, 3), claimOf(0, 2, 1_440))).deep.equal([2, 1_440])
  })
})
