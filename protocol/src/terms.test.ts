import { expect } from "chai"
import fc from "fast-check"
import { keccakText } from "./keccak.ts"
import { canonicalJson, leaseId, type PublicTerms, publicTermsHash, type Quote, quoteDigest } from "./terms.ts"

const market = { chainId: 31337, contract: "0xb581c9264f59bf0289fa76d61b2d0746dce3c30d" } as const
const common = { class: "cpu/x86-64", count: 1, price: 350_000n, meter: 0, window: 10_000, pause: 30_000, stop: 900_000, idle: 600_000 }
const terms: PublicTerms = { ...common, tab: keccakText("tab"), leaseNo: 1, start: 1_795_000_000n }
const quote: Quote = {
  ...common,
  node: "0x00000000000000000000000000000000000000aa",
  tenant: "0x00000000000000000000000000000000000000bb",
  startPrice: 972n,
  pullLimit: 1n,
  volumePrice: 0n,
  retention: 0,
  expires: 1n,
  nonce: keccakText("nonce"),
}

/** Another value of the same kind. */
function other(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.map((b) => b ^ 1)
  if (typeof value === "bigint") return value + 1n
  if (typeof value === "number") return value + 1
  return String(value).startsWith("0x") ? "0x00000000000000000000000000000000000000cc" : `${value}x`
}

describe("terms", () => {
  it("every field of a quote, of public terms and of a lease is in its hash", () => {
    for (const [field, value] of Object.entries(quote)) {
      expect(quoteDigest(market, { ...quote, [field]: other(value) }), field).not.deep.equal(quoteDigest(market, quote))
    }
    for (const [field, value] of Object.entries(terms)) {
      expect(publicTermsHash({ ...terms, [field]: other(value) }), field).not.deep.equal(publicTermsHash(terms))
    }
    const lease = { terms, clientId: new Uint8Array(16), privateHash: keccakText("p"), quoteHash: keccakText("q") }
    for (const field of ["clientId", "privateHash", "quoteHash"] as const) {
      expect(leaseId(market, { ...lease, [field]: other(lease[field]) }), field).not.deep.equal(leaseId(market, lease))
    }
    expect(leaseId({ ...market, chainId: 1 }, lease)).not.deep.equal(leaseId(market, lease))
  })

  it("canonical JSON: the same text whatever the order of keys, and it parses back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(JSON.parse(text)).deep.equal(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(reversed(value))).equal(text)
        expect(canonicalJson(JSON.parse(text))).equal(text)
      }),
    )
    expect(canonicalJson({ b: [1, undefined, { d: undefined }], a: "ü\n" })).equal('{"a":"ü\\n","b":[1,null,{}]}')
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, reversed(v)]),
  )
}
