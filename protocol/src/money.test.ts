import { expect } from "chai"
import fc from "fast-check"
import { naiveAmount } from "../naive.ts"
import { MAX_U64 } from "./bytes.ts"
import { amountBetween, amountOf, feeOf, formatCredits, parseCredits, standingOrderAllowed, windowAmount } from "./money.ts"

const u64 = fc.bigInt({ min: 0n, max: MAX_U64 })

describe("money", () => {
  it("amounts equal long division, over the whole range", () => {
    fc.assert(fc.property(u64, u64, (ms, price) => amountOf(ms, price) === naiveAmount(ms, price)))
  })

  it("any slicing of a lease adds up to the amount of the whole", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 10_000_000n }), { maxLength: 50 }), u64, (slices, price) => {
        let ms = 0n
        let sum = 0n
        for (const slice of slices) {
          sum += amountBetween(ms, ms + slice, price)
          ms += slice
        }
        return sum === amountOf(ms, price)
      }),
    )
  })

  it("fees of any batching add up", () => {
    fc.assert(
      fc.property(u64, u64, fc.nat(10_000), (a, b, bps) => feeOf(a, bps) + (feeOf(a + b, bps) - feeOf(a, bps)) === feeOf(a + b, bps)),
    )
    expect(feeOf(MAX_U64, 10_000)).equal(MAX_U64)
  })

  it("a window is the price of all devices busy for it", () => {
    expect(windowAmount(10_000, 8, 3_600_000n)).equal(80_000n)
  })

  it("a standing order allows its base at once, then by the second up to its cap, and nothing more after its end", () => {
    const order = { base: 5n, cap: 100n, rate: 3_599n, from: 1_000n, until: 4_600n }
    const at = [0n, 1_000n, 1_001n, 1_002n, 1_100n, 1_101n, 4_600n, 9_999n].map((time) => standingOrderAllowed(order, time))
    expect(at).deep.equal([5n, 5n, 5n, 6n, 104n, 105n, 105n, 105n])
    const slow = { ...order, cap: 10_000n }
    expect([4_599n, 4_600n, 9_999n].map((time) => standingOrderAllowed(slow, time))).deep.equal([3_603n, 3_604n, 3_604n])
  })

  it("what is formatted parses back, exactly", () => {
    fc.assert(fc.property(u64, (credits) => parseCredits(formatCredits(credits)) === credits))
    expect(formatCredits(1_234_567n)).equal("$1.234567")
    expect(formatCredits(1_500_000n)).equal("$1.50")
    expect(formatCredits(0n)).equal("$0.00")
    expect(formatCredits(-20_000n)).equal("-$0.02")
  })

  it("refuses what is no amount, or finer than a credit", () => {
    for (const text of ["", "$", "1.", ".5", "-1", "1.2345678", "1e3", "0x10", "1,5", "1 000", "Infinity", "١"]) {
      expect(() => parseCredits(text), text).throw(RangeError, "is not an amount in USD")
    }
    expect(parseCredits(" $12.5 ")).equal(12_500_000n)
  })
})
