import { expect } from "chai"
import { readPrivateTerms } from "./private-terms.ts"

const read = (image: string) => readPrivateTerms(JSON.stringify({ image }))

describe("what a stranger wants to run", () => {
  it("may come from any public registry", () => {
    for (const image of [
      "busybox",
      "berth/busybox:local",
      "python:3.13-slim",
      "ghcr.io/owner/name:1",
      `registry.example.com:5000/a/b@sha256:${"1".repeat(64)}`,
      `sha256:${"2".repeat(64)}`,
    ])
      expect(read(image).image).to.equal(image)
  })

  it("makes the engine call nobody in the operator's network", () => {
    for (const image of [
      "localhost/x",
      "localhost:5000/x",
      "127.0.0.1:8080/x:y",
      "192.168.1.1/admin",
      "10.0.0.1:80/a/b",
      "169.254.169.254/latest",
      "2130706433:80/x",
      "0x7f000001.1/x",
      "nas:5000/x",
      "router.local/x",
      "host.docker.internal:9/x",
      "metadata.google.internal/x",
      "printer.lan./x",
    ])
      expect(() => read(image), image).to.throw("the operator's own network")
  })

  it("may come from a neighbour that the operator allows, and from no other", () => {
    const from = (image: string) => readPrivateTerms(JSON.stringify({ image }), ["nas:5000", "192.168.1.1"])
    expect(from("nas:5000/x").image).equal("nas:5000/x")
    expect(from("192.168.1.1:443/x").image).equal("192.168.1.1:443/x")
    for (const image of ["nas:5001/x", "192.168.1.10/x"]) expect(() => from(image), image).to.throw("the operator's own network")
  })

  it("shows the operator's terminal nothing to obey", () => {
    expect(() => read("x\u001b[2J")).to.throw("image")
    expect(() => read("a b")).to.throw("image")
  })
})
