import { expect } from "chai"
import { ERROR_CODES, ProtocolError } from "../errors.ts"
import { keccakText } from "../keccak.ts"
import type { Quote } from "../terms.ts"
import { errorFromWire, errorToWire, quoteFromWire, quoteToWire } from "./convert.ts"
import { SignedQuote, WireError } from "./generated/messages.js"

const quote: Quote = {
  node: "0x00000000000000000000000000000000000000aa",
  tenant: "0x00000000000000000000000000000000000000bb",
  class: "cpu/x86-64",
  count: 2,
  price: 350_000n,
  meter: 0,
  window: 10_000,
  pause: 30_000,
  stop: 900_000,
  idle: 0,
  startPrice: 972n,
  pullLimit: 0xffff_ffff_ffff_ffffn,
  volumePrice: 0n,
  retention: 0xffff_ffff,
  expires: 1n,
  nonce: keccakText("nonce"),
}
const signature = new Uint8Array(64).fill(7)

describe("messages", () => {
  it("a quote arrives as it was sent, at the limits too", () => {
    const wire = SignedQuote.decode(SignedQuote.encode(quoteToWire(quote, signature)))
    expect(quoteFromWire(wire)).deep.equal({ quote, signature })
  })

  it("a quote with bytes of the wrong size is malformed, and says which", () => {
    for (const field of ["node", "tenant", "nonce", "signature"] as const) {
      const wire = { ...quoteToWire(quote, signature), [field]: new Uint8Array(3) }
      expect(() => quoteFromWire(wire))
        .throw(ProtocolError)
        .include({ code: "malformed", field })
    }
  })

  it("an error arrives with its code and field", () => {
    for (const code of Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[]) {
      const sent = new ProtocolError(code, "what happened", { field: "seq" })
      const { code: got, message, field } = errorFromWire(WireError.decode(WireError.encode(errorToWire(sent))))
      expect({ got, message, field }).deep.equal({ got: code, message: "what happened", field: "seq" })
    }
  })

  it("an error that is not ours tells a stranger nothing; a code that we don't know is internal; a long message is cut", () => {
    expect(errorToWire(new Error("password of the database")).message).not.include("password")
    const unknown = errorFromWire({ code: "toString", message: "x".repeat(5_000), field: "" })
    expect(unknown.code).equal("internal")
    expect(unknown.message).length(1_000)
    expect(unknown.field).equal(undefined)
  })
})
