import { expect } from "chai"
import { isStakedFor, mostAhead } from "./ahead.ts"

const lease = { window: 60_000, count: 2, price: 3_600_000n }

describe("what is paid ahead", () => {
  it("a whole window to a node with stake of 100 of them, ten seconds to any other", () => {
    expect(mostAhead(lease, true)).to.equal(120_000n)
    expect(mostAhead(lease, false)).to.equal(20_000n)
    expect(isStakedFor(12_000_000n, 120_000n)).to.equal(true)
    expect(isStakedFor(11_999_999n, 120_000n)).to.equal(false)
  })

  it("never more than the window, however short", () => {
    expect(mostAhead({ ...lease, window: 4_000 }, false)).to.equal(8_000n)
  })

  it("one credit where ten seconds cost less, so that the cheapest work is paid ahead too; nothing where a window costs nothing", () => {
    expect(mostAhead({ window: 60_000, count: 1, price: 60n }, false)).to.equal(1n)
    expect(mostAhead({ window: 60_000, count: 1, price: 59n }, false)).to.equal(0n)
  })

  it("stake that nobody could read is none, and no stake covers nothing, not even a window that costs nothing", () => {
    expect(isStakedFor(undefined, 0n)).to.equal(false)
    expect(isStakedFor(0n, 0n)).to.equal(false)
    expect(isStakedFor(1n, 0n)).to.equal(true)
  })
})
