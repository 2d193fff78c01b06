import { expect } from "chai"
import { hostsOnly } from "./hosts-only.ts"

describe("a text with URLs down to their hosts", () => {
  const KEY = "k3y~.-_0%20"

  it("keeps the words around, and nothing of a URL but its host and port", () => {
    expect(hostsOnly("no URL, http: is none, and 12:30 neither")).to.equal("no URL, http: is none, and 12:30 neither")
    expect(hostsOnly("http://127.0.0.1:8545 and wss://a.example.")).to.equal("http://127.0.0.1:8545 and wss://a.example.")
    expect(hostsOnly(`URL: https://rpc.example:8/v2/${KEY}?a=${KEY}#${KEY}\nRequest body: {}`)).to.equal(
      "URL: https://rpc.example:8\nRequest body: {}",
    )
  })

  it("leaves no key, wherever the URL stands", () => {
    const urls = ["https://h/", "HTTPS://h?", "wss://h#", "https://u:", "http://"].map((start) => [start, `${start}${KEY}`] as const)
    for (const [start, whole] of urls) {
      const url = start === "https://u:" || start === "http://" ? `${whole}@h` : whole
      for (const text of [url, `"${url}"`, `<${url}>`, `(${url})`, JSON.stringify({ m: `x ${url}\ny` }), `${url} ${url}`])
        expect(hostsOnly(text), text)
          .to.match(/:\/\/h/)
          .and.not.include("k3y")
    }
  })
})
