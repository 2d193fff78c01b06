import { expect } from "chai"
import { failure } from "./docker/engine.fixture.ts"
import { isPublic, Registries, registryOf } from "./registry.ts"

describe("registries in the operator's own network", () => {
  const at =
    (...addresses: string[]) =>
    async () =>
      addresses.map((address) => ({ address }))
  const outcome = (registries: Registries, image: string) =>
    registries.expectPublic(image).then(
      () => "pulled",
      (error) => error.code,
    )

  it("are found in an image's name as the engine reads it", () => {
    expect(["a", "a/b", "docker.io/a/b", "index.docker.io/a"].map(registryOf)).deep.equal([null, null, null, null])
    expect(["a.b/c", "a:1/c", "localhost/c", "a.b:5/c@sha256:0"].map(registryOf)).deep.equal(["a.b", "a:1", "localhost", "a.b:5"])
  })

  it("are refused by any address that a public name leads to", async () => {
    for (const near of [
      "10.1.2.3",
      "192.168.1.1",
      "127.0.0.1",
      "169.254.169.254",
      "100.64.0.1",
      "::1",
      "fd00::1",
      "fe80::1",
      "::ffff:10.0.0.1",
    ]) {
      expect(await outcome(new Registries([], at("8.8.8.8", near)), "registry.example.com/x:1"), near).equal("IMAGE_PULL_FAILED")
      expect(await outcome(new Registries(["registry.example.com"], at(near)), "registry.example.com:5000/x:1"), near).equal("pulled")
    }
    const far = new Registries(["other.example.com"], at("8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8"))
    expect(await outcome(far, "registry.example.com/x:1")).equal("pulled")
    const one = new Registries(["registry.example.com:5000"], at("10.0.0.1"))
    expect(await outcome(one, "registry.example.com:5000/x")).equal("pulled")
    expect(await outcome(one, "registry.example.com:22/x")).equal("IMAGE_PULL_FAILED")
  })

  it("are all that this machine's interfaces are in, public ones too", () => {
    const of = (family: "IPv4" | "IPv6", cidr: string) => [{ family, cidr }] as never
    const interfaces = { eth0: of("IPv4", "8.8.8.7/24"), eth1: of("IPv6", "2606:4700::5/64") }
    expect(["8.8.8.8", "8.8.4.4", "2606:4700::9", "2606:4700:1::9", "64:ff9b::10.0.0.1"].map((a) => isPublic(a, interfaces))).deep.equal([
      ...[false, true, false, true, false],
    ])
  })

  it("are not there while a name can't be resolved", async () => {
    const error = await failure(
      new Registries([], async () => {
        throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" })
      }).expectPublic("registry.example.com/x"),
    )
    expect(error.message).include("ENOTFOUND")
  })
})
