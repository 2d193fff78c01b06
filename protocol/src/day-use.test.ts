import { expect } from "chai"
import { minutesUsed } from "./day-use.ts"

const minutes = (count: number) => BigInt(count * 60_000)

describe("minutes that a reservation was used", () => {
  it("are rounded down, and no more than a day has", () => {
    expect(minutesUsed([], 1)).equal(0)
    expect(minutesUsed([{ gpuMs: minutes(60) - 1n, count: 1 }], 1)).equal(59)
    expect(minutesUsed([{ gpuMs: minutes(60), count: 1 }], 1)).equal(60)
    expect(minutesUsed([{ gpuMs: minutes(3_000), count: 2 }], 2)).equal(1_440)
  })
})
