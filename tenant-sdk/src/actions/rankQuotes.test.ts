import type { Tier } from "@berth/protocol"
import { expect } from "chai"
import fc from "fast-check"
import { type Offer, rankQuotes, whyNot } from "./rankQuotes.ts"

let last = 0

function offer(
  more: {
    price?: bigint
    region?: string
    tier?: Tier
    latencyMs?: number
    freeUnits?: number
    imagePresent?: boolean
    stake?: bigint
  } = {},
): Offer {
  const node = `0x${(++last).toString(16).padStart(40, "0")}` as const
  const { price = 100n, region = "DE", tier = "individual", latencyMs = 10, freeUnits = 4, imagePresent = true } = more
  const stake = "stake" in more ? more.stake : 1_000_000n
  return {
    info: { node, operator: node, tier, region, addresses: [], recorders: [], offers: [] },
    quote: {
      node,
      tenant: node,
      class: "cpu/x86-64",
      count: 2,
      price,
      meter: 0,
      window: 60_000,
      pause: 1,
      stop: 1,
      idle: 1,
      startPrice: 0n,
      pullLimit: 0n,
      volumePrice: 0n,
      retention: 0,
      expires: 0n,
      nonce: new Uint8Array(32),
    },
    signature: new Uint8Array(64),
    latencyMs,
    freeUnits,
    imagePresent,
    stake,
    ahead: 0n,
  }
}

describe("ranking quotes", () => {
  it("takes the cheapest, and the faster of two that cost the same", () => {
    const [dear, cheap, slow] = [offer({ price: 200n }), offer({ price: 100n }), offer({ price: 100n, latencyMs: 90 })]
    expect(rankQuotes([dear, slow, cheap])).to.deep.equal([cheap, slow, dear])
  })

  it("weighs latency against price as told", () => {
    const [near, cheap] = [offer({ price: 150n, latencyMs: 5 }), offer({ price: 100n, latencyMs: 400 })]
    expect(rankQuotes([near, cheap])[0]).to.equal(cheap)
    expect(rankQuotes([near, cheap], { weights: { latency: 1 } })[0]).to.equal(near)
  })

  it("prefers a node that has the image when all else is equal", () => {
    const [without, having] = [offer({ imagePresent: false }), offer()]
    expect(rankQuotes([without, having])[0]).to.equal(having)
  })

  it("ranks nodes whose stake is below 100 windows after all others, whatever they ask", () => {
    // 2 GPUs at 3,000 credits an hour: a window is 100.
    const [dear, enough] = [offer({ price: 900_000n, stake: 1n << 40n }), offer({ price: 3_000n, stake: 10_000n })]
    const [short, none, unknown] = [
      offer({ price: 3_000n, stake: 9_999n }),
      offer({ price: 2_000n, stake: 0n }),
      { ...offer({ price: 1_000n }), stake: undefined },
    ]
    const free = offer({ price: 0n, stake: 0n })
    expect(rankQuotes([free, none, short, dear, unknown, enough])).to.deep.equal([enough, dear, free, unknown, none, short])
  })

  it("does as it is told of stake: a minimum leaves out, and 0 ranks all alike", () => {
    const [cheap, staked] = [offer({ price: 2_000n, stake: 0n }), offer({ price: 3_000n, stake: 10_000n })]
    const unknown = { ...offer({ price: 1_000n }), stake: undefined }
    expect(rankQuotes([staked, cheap, unknown], { minStake: 0n })).to.deep.equal([unknown, cheap, staked])
    expect(rankQuotes([staked, cheap, unknown], { minStake: 10_000n })).to.deep.equal([staked])
    expect(whyNot(cheap, { minStake: 1n })).to.contain("$0.00 staked")
    expect(whyNot(unknown, { minStake: 1n })).to.contain("could not be read")
  })

  it("keeps hard limits and says which one an offer breaks", () => {
    expect(whyNot(offer({ region: "DE/Berlin" }), { region: "DE" })).to.equal(undefined)
    expect(whyNot(offer({ region: "DE" }), { region: "DE/Berlin" })).to.contain("is in DE")
    expect(whyNot(offer({ region: "DEX" }), { region: "DE" })).to.contain("DEX")
    expect(whyNot(offer(), { tier: "partner" })).to.contain("tier")
    expect(whyNot(offer({ price: 101n }), { maxPrice: 100n })).to.contain("price")
    expect(whyNot(offer({ freeUnits: 1 }), {})).to.contain("1 free")
    expect(rankQuotes([offer({ price: 101n })], { maxPrice: 100n })).to.deep.equal([])
  })

  it("gives the same order whatever the order in which the quotes came", () => {
    const offers = fc.array(
      fc.record({ price: fc.bigInt(1n, 5n), latencyMs: fc.integer({ min: 1, max: 300 }), imagePresent: fc.boolean() }),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(offers, (specs) => {
        const made = specs.map(offer)
        expect(rankQuotes([...made].reverse())).to.deep.equal(rankQuotes(made))
      }),
    )
  })
})
