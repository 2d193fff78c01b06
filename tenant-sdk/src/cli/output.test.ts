import { expect } from "chai"
import { plain, table } from "./output.ts"

describe("what strangers wrote, on a terminal", () => {
  it("moves no cursor, paints over no line and turns no direction", () => {
    expect(plain("DE\u001b]0;owned\u0007\u001b[2J")).to.equal("DE\ufffd]0;owned\ufffd\ufffd[2J")
    expect(plain("ended: paid\rended: free")).to.equal("ended: paid\ufffdended: free")
    expect(plain("\u009b31m \u202egnp.exe \u007f")).to.equal("\ufffd31m \ufffdgnp.exe \ufffd")
  })

  it("keeps lines, columns and the letters of all languages", () => {
    const text = table(["REGION", "WHY"], [["JP/東京", "größer\tals 5 …"]])
    expect(plain(text)).to.equal(text)
  })
})
