import { expect } from "chai"
import { BerthError } from "../errors.ts"
import { parseAddress, parseCount, parseDay, parseEnv, parseLeasePath, parseMemory, parseUsd } from "./parse.ts"

const bad = (parse: () => unknown) => expect(parse).to.throw(BerthError).with.property("code", "usage")

describe("what people write on the command line", () => {
  it("amounts, exactly", () => {
    expect(parseUsd("12.5")).to.equal(12_500_000n)
    expect(parseUsd("$0.000001")).to.equal(1n)
    for (const text of ["", "1.0000001", "-1", "1e3", "1,5"]) bad(() => parseUsd(text))
  })

  it("memory and counts", () => {
    expect(["512m", "2g", "1024", "1GiB", "64MB"].map(parseMemory)).to.deep.equal([512, 2_048, 1_024, 1_024, 64])
    for (const text of ["0", "x", "1t", "-5m"]) bad(() => parseMemory(text))
    expect(parseCount("8")).to.equal(8)
    for (const text of ["0", "1.5", "70000", "all"]) bad(() => parseCount(text))
  })

  it("variables, also those of the caller", () => {
    const environment = (name: string) => (name === "TOKEN" ? "secret" : undefined)
    expect(parseEnv(["A=1", "B=x=y", "EMPTY=", "TOKEN", "NONE"], environment)).to.deep.equal({
      A: "1",
      B: "x=y",
      EMPTY: "",
      TOKEN: "secret",
    })
    bad(() => parseEnv(["=x"], environment))
  })

  it("paths in leases, days and addresses", () => {
    expect(parseLeasePath("3fa9:/work/a:b")).to.deep.equal({ lease: "3fa9", path: "/work/a:b" })
    for (const text of ["/work", "3fa9", "3fa9:work", ":/x"]) bad(() => parseLeasePath(text))
    expect(parseDay("1970-01-03")).to.equal(2)
    expect(parseDay("20778")).to.equal(20_778)
    bad(() => parseDay("yesterday"))
    expect(parseAddress(`0x${"AB".repeat(20)}`)).to.equal(`0x${"ab".repeat(20)}`)
    bad(() => parseAddress("0x12"))
  })
})
