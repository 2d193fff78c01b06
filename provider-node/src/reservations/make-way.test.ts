import { expect } from "chai"
import { whoMakesWay } from "./make-way.ts"

const leases = [1, 2, 1, 4].map((count, i) => ({ count, name: `lease ${i}` }))
const goes = (room: number) => whoMakesWay(leases, room).map((l) => l.name)

describe("leases that make way for a reserved day", () => {
  it("are none while all fit", () => {
    expect(goes(8)).deep.equal([])
    expect(goes(9)).deep.equal([])
  })
  it("are the newest that do not fit", () => {
    expect(goes(7)).deep.equal(["lease 3"])
    expect(goes(4)).deep.equal(["lease 3"])
    expect(goes(3)).deep.equal(["lease 2", "lease 3"])
    expect(goes(2)).deep.equal(["lease 1", "lease 3"])
  })
  it("are all when nothing is left, or less than nothing", () => {
    expect(goes(0)).lengthOf(4)
    expect(goes(-1)).lengthOf(4)
  })
})
