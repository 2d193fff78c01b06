import type { Quote } from "@berth/protocol"
import { expect } from "chai"
import { asksTooMuch } from "./quoteBounds.ts"

const node = "0x0000000000000000000000000000000000000001"
const quote: Quote = {
  node,
  tenant: node,
  class: "cpu/x86-64",
  count: 2,
  price: 3_600_000n,
  meter: 0,
  window: 60_000,
  pause: 120_000,
  stop: 900_000,
  idle: 900_000,
  startPrice: 120_000n,
  pullLimit: 0n,
  volumePrice: 0n,
  retention: 0,
  expires: 0n,
  nonce: new Uint8Array(32),
}

describe("what a quote may ask of a tenant", () => {
  it("is one window of 60 s ahead at most, and windows and pauses that are no longer than they may be", () => {
    expect(asksTooMuch(quote)).to.equal(undefined)
    expect(asksTooMuch({ ...quote, window: 4_294_967_295 })).to.contain("windows of 4294967295 ms")
    expect(asksTooMuch({ ...quote, pause: 4_294_967_295 })).to.contain("unsigned")
    expect(asksTooMuch({ ...quote, startPrice: 120_001n })).to.contain("one window ahead")
    expect(asksTooMuch({ ...quote, meter: 1 })).to.contain("meter 1")
  })
})
