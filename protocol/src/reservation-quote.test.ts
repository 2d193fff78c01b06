import { expect } from "chai"
import { reservationQuotes } from "../vector-samples.ts"
import { MAX_U64 } from "./bytes.ts"
import { discountBps } from "./money.ts"
import { type ReservationQuote, reservationQuoteDigest, reservationQuoteFault, termDiscount } from "./reservation-quote.ts"

const market = { chainId: 31337, contract: "0xb581c9264f59bf0289fa76d61b2d0746dce3c30d" } as const
const quote = reservationQuotes[0]!
const now = quote.expires

function other(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.map((b) => b ^ 1)
  if (typeof value === "bigint") return value + 1n
  if (typeof value === "number") return value + 1
  return String(value).startsWith("0x") ? "0x00000000000000000000000000000000000000cc" : `${value}x`
}

describe("reservation quotes", () => {
  it("every field is in the hash, and so are chain and contract", () => {
    const digest = reservationQuoteDigest(market, quote)
    for (const [field, value] of Object.entries(quote))
      expect(reservationQuoteDigest(market, { ...quote, [field]: other(value) }), field).not.deep.equal(digest)
    expect(reservationQuoteDigest({ ...market, chainId: 1 }, quote)).not.deep.equal(digest)
    expect(reservationQuoteDigest({ ...market, contract: quote.node }, quote)).not.deep.equal(digest)
  })

  it("a value outside of its bounds is named, one at its bound is not", () => {
    const today = Number(now / 86_400n)
    const outside: [Partial<ReservationQuote>, keyof ReservationQuote][] = [
      [{ expires: now - 1n }, "expires"],
      [{ class: "" }, "class"],
      [{ class: `${"é".repeat(32)}x` }, "class"],
      [{ gpus: 0 }, "gpus"],
      [{ startDay: today - 1 }, "startDay"],
      [{ startDay: today + 91 }, "startDay"],
      [{ term: 0 }, "term"],
      [{ term: 367 }, "term"],
      [{ collateralBps: 10_001 }, "collateralBps"],
      [{ cancelFeeBps: 10_001 }, "cancelFeeBps"],
      [{ claimPeriod: 7 }, "claimPeriod"],
      [{ claimPeriod: 39 }, "claimPeriod"],
      [{ pricePerDay: 0n }, "pricePerDay"],
      [{ pricePerDay: MAX_U64 / 30n + 1n, collateralBps: 0 }, "pricePerDay"],
      [{ pricePerDay: MAX_U64 / 60n + 1n, collateralBps: 10_000 }, "pricePerDay"],
    ]
    for (const [change, field] of outside) expect(reservationQuoteFault({ ...quote, ...change }, now), field).equal(field)
    const inside: Partial<ReservationQuote>[] = [
      { startDay: today },
      { startDay: today + 90 },
      { class: "é".repeat(32) },
      { term: 366, collateralBps: 10_000, cancelFeeBps: 10_000, claimPeriod: 38, pricePerDay: MAX_U64 / 732n },
    ]
    for (const change of [{}, ...inside]) expect(reservationQuoteFault({ ...quote, ...change }, now)).equal(undefined)
  })

  it("a discount is that of the longest term reached, whatever the order", () => {
    const discounts = [
      { term: 90, bps: 2_000 },
      { term: 7, bps: 500 },
      { term: 30, bps: 2_500 },
    ]
    const of = (term: number) => termDiscount(discounts, term)
    expect([1, 6, 7, 29, 30, 89, 90, 366].map(of)).deep.equal([0, 0, 500, 500, 2_500, 2_500, 2_000, 2_000])
    expect(termDiscount([], 366)).equal(0)
  })

  it("a discount is never said to be more than it is", () => {
    expect(discountBps(10_000n, 8_001n)).equal(1_999)
    expect(discountBps(3n, 2n)).equal(3_333)
    expect(discountBps(3n, 3n)).equal(0)
    expect(discountBps(3n, 4n)).equal(0)
    expect(discountBps(0n, 0n)).equal(0)
  })
})
