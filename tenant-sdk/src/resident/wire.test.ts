import { expect } from "chai"
import fc from "fast-check"
import { BerthError } from "../errors.ts"
import { decodeLine, encodeLine, LineReader } from "./wire.ts"

describe("lines on the agent's socket", () => {
  it("carry integers of the chain and bytes", () => {
    const value = { amount: 2n ** 64n - 1n, data: new Uint8Array([0, 255]), list: [1, "a\nb", null, { deep: 0n }] }
    const line = encodeLine(value)
    expect(line.indexOf("\n")).to.equal(line.length - 1)
    expect(decodeLine(line)).to.deep.equal(value)
    expect(decodeLine(encodeLine({ data: Buffer.from("hi") }))).to.deep.equal({ data: new Uint8Array(Buffer.from("hi")) })
  })

  it("are found however the bytes were cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 7 }), (texts, size) => {
        const sent = texts.map((text) => encodeLine({ text })).join("")
        const got: unknown[] = []
        const reader = new LineReader((line) => got.push(decodeLine(line)))
        for (let i = 0; i < sent.length; i += size) reader.push(sent.slice(i, i + size))
        expect(got).to.deep.equal(texts.map((text) => ({ text })))
      }),
    )
  })

  it("are refused where they are made when the other side would not take them", () => {
    const data = new Uint8Array(48 * 1024 * 1024)
    expect(() => encodeLine({ data })).to.throw(BerthError, /more than the agent's socket takes at once/)
  })
})
