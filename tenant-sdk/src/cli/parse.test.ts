import { expect } from "chai"
import { BerthError } from "../errors.ts"
import { parseAddress, parseCount, parseDay, parseEnv, parseHours, parseLeasePath, parseSize, parseUsd } from "./parse.ts"

const bad = (parse: () => unknown) => expect(parse).to.throw(BerthError).with.property("code", "usage")

describe("what people write on the command line", () => {
  it("amounts, exactly", () => {
    expect(parseUsd("12.5")).to.equal(12_500_000n)
    expect(parseUsd("$0.000001")).to.equal(1n)
    for (const text of ["", "1.0000001", "-1", "1e3", "1,5"]) bad(() => parseUsd(text))
    expect(parseUsd("18446744073709.551615"), "as many credits as 64 bits hold").to.equal(2n ** 64n - 1n)
    bad(() => parseUsd("18446744073709.551616"))
  })

  it("memory and counts", () => {
    expect(["512m", "2g", "1024", "1GiB", "64MB"].map(parseSize)).to.deep.equal([512, 2_048, 1_024, 1_024, 64])
    for (const text of ["0", "x", "1t", "-5m"]) bad(() => parseSize(text))
    expect(parseCount("8")).to.equal(8)
    for (const text of ["0", "1.5", "70000", "all", "1e3", "0x10", " 8"]) bad(() => parseCount(text))
    expect(["1.5", "0.0001", "48"].map(parseHours), "as whole seconds, rounded up").to.deep.equal([5_400n, 1n, 172_800n])
    for (const text of ["0", "-1", "abc", "", "1e3", "100001"]) bad(() => parseHours(text))
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
    expect(parseDay("2028-02-29")).to.equal(Date.UTC(2028, 1, 29) / 86_400_000)
    for (const text of ["yesterday", "2026-02-29", "2026-02-31", "1969-12-31"]) bad(() => parseDay(text))
    expect(parseAddress(`0x${"AB".repeat(20)}`)).to.equal(`0x${"ab".repeat(20)}`)
    bad(() => parseAddress("0x12"))
  })
})
