import { randomBytes } from "node:crypto"
import { createServer, type Server } from "node:http"
import { expect } from "chai"
import { callEngine } from "../../../../scripts/engine/api.ts"
import { BUSYBOX_IMAGE, buildNodeImage, NODE_IMAGE } from "../../../../scripts/engine/images.ts"
import { type Registry, startRegistry } from "../../../../scripts/engine/registry.ts"
import { tarRoot } from "../../../../scripts/engine/rootfs.ts"
import { HostileRegistry } from "../../../test-support/hostile-registry.ts"
import { ImageError } from "../errors.ts"
import type { ImageSpec, PullProgress } from "../runner.ts"
import { EngineFixture, failure } from "./engine.fixture.ts"
import { shownName } from "./images.ts"

const wanted = (reference: string, more: Partial<ImageSpec> = {}): ImageSpec => ({
  reference,
  limitBytes: 2 ** 30,
  deadlineMs: 60_000,
  ...more,
})

describe("the name that the engine shows an image by after a pull", () => {
  it("is without Docker Hub's host and folder, and by its digest alone if there is one", () => {
    const digest = `sha256:${"a".repeat(64)}`
    const shown = (...references: string[]) => references.map(shownName)
    expect(shown("docker.io/library/a", "library/a:latest", "a")).deep.equal(["a:latest", "a:latest", "a:latest"])
    expect(shown("index.docker.io/a/b:1", "h.example:5000/library/a")).deep.equal(["a/b:1", "h.example:5000/library/a:latest"])
    expect(shown(`h:5000/a:1@${digest}`, `docker.io/library/a@${digest}`)).deep.equal([`h:5000/a@${digest}`, `a@${digest}`])
    expect(shown(digest)).deep.equal([null])
  })
})

describe("ensureImage with a real registry", function () {
  this.timeout(90_000)
  let fixture: EngineFixture
  let registry: Registry
  let small: { tagged: string; pinned: string; digest: string }
  let large: typeof small
  /** Makes the engine forget what came from the registry. */
  const forget = async (...names: string[]) => {
    for (const name of names)
      await callEngine({ socketPath: fixture.engine.socketPath, method: "DELETE", path: `/images/${name}` }).catch(() => {})
  }

  before(async () => {
    fixture = await EngineFixture.start()
    const { socketPath } = fixture.engine
    await buildNodeImage({ socketPath, install: true, log: () => {} })
    registry = await startRegistry({ install: true, log: () => {} })
    small = await registry.push(socketPath, "berth/busybox:local", "test/small:1")
    // Beside the image that tests share, one of its own, so that its layers really go and come again.
    const container = JSON.parse(
      await callEngine({
        socketPath,
        method: "POST",
        path: "/containers/create",
        json: { Image: NODE_IMAGE, Cmd: ["true"], HostConfig: { NetworkMode: "none" } },
      }),
    ) as { Id: string }
    const data = randomBytes(24_000_000) // does not compress: the limit below is met while pulling
    await callEngine({
      socketPath,
      method: "PUT",
      path: `/containers/${container.Id}/archive?path=/`,
      tar: tarRoot([{ path: "noise", data }]),
    })
    const changed = new URLSearchParams({ container: container.Id, repo: "berth-test/large", tag: fixture.instance })
    await callEngine({ socketPath, method: "POST", path: `/commit?${changed}`, json: {} })
    await callEngine({ socketPath, method: "DELETE", path: `/containers/${container.Id}` })
    large = await registry.push(socketPath, `berth-test/large:${fixture.instance}`, "test/large:1")
    await forget(`berth-test/large:${fixture.instance}`, small.tagged, small.pinned, large.tagged, large.pinned)
  })
  after(async () => {
    await forget(small.tagged, small.pinned, large.tagged, large.pinned)
    await registry.stop()
    await fixture.stop()
  })

  it("pulls by digest, with progress, once", async () => {
    const seen: PullProgress[] = []
    const image = await fixture.runner.ensureImage(wanted(large.pinned), (progress) => seen.push(progress))
    expect(image).to.include({ digest: large.digest, pulled: true })
    expect(seen.at(-1)?.totalBytes).to.be.at.least(24_000_000)
    expect(seen.at(-1)?.bytes).to.equal(seen.at(-1)?.totalBytes)
    expect(seen.at(-1)?.layers).to.be.greaterThan(0)
    expect(seen.at(-1)?.layersDone).to.equal(seen.at(-1)?.layers)
    expect(await fixture.runner.ensureImage(wanted(large.pinned))).to.include({ id: image.id, pulled: false })
    await forget(large.pinned)
  })

  it("takes an image of ours by name or id without a registry, but none that a tenant guesses", async () => {
    const byName = await fixture.runner.ensureImage(wanted("berth/busybox:local"))
    expect(byName).to.include({ id: fixture.busybox, pulled: false })
    expect(await fixture.runner.ensureImage(wanted(byName.id))).to.include({ id: byName.id })
    // The operator's own image, there under this very name: without a registry that vouches for it the answer is no.
    const path = `/images/${BUSYBOX_IMAGE}/tag?${new URLSearchParams({ repo: "127.0.0.1:9/private", tag: "1" })}`
    await callEngine({ socketPath: fixture.engine.socketPath, method: "POST", path })
    expect(await failure(fixture.runner.ensureImage(wanted("127.0.0.1:9/private:1")))).to.be.instanceOf(ImageError)
    await forget("127.0.0.1:9/private:1")
  })

  it("follows a tag through its registry", async () => {
    expect(await fixture.runner.ensureImage(wanted(small.tagged))).to.include({ digest: small.digest })
  })

  it("refuses a digest that the registry does not have, a bad name, an unknown name", async () => {
    const wrong = small.pinned.replace(/[0-9a-f]{64}$/, "0".repeat(64))
    expect((await failure(fixture.runner.ensureImage(wanted(wrong)))).code).to.equal("IMAGE_NOT_FOUND")
    expect((await failure(fixture.runner.ensureImage(wanted("Not A Name!")))).code).to.equal("IMAGE_BAD_REFERENCE")
    expect((await failure(fixture.runner.ensureImage(wanted(`${registry.host}/test/none:1`)))).code).to.equal("IMAGE_NOT_FOUND")
    expect((await failure(fixture.runner.ensureImage(wanted(`sha256:${"1".repeat(64)}`)))).code).to.equal("IMAGE_NOT_FOUND")
  })

  it("refuses bytes that do not have the digest asked for", async () => {
    const manifest = await (
      await fetch(`http://${registry.host}/v2/test/small/manifests/1`, {
        headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" },
      })
    ).text()
    const liar: Server = createServer((request, response) => {
      if (!request.url?.includes("/manifests/")) return response.writeHead(200).end("{}")
      const digest = request.url.slice(request.url.lastIndexOf("/") + 1)
      response.writeHead(200, { "content-type": "application/vnd.docker.distribution.manifest.v2+json", "docker-content-digest": digest })
      return response.end(request.method === "HEAD" ? undefined : manifest)
    })
    await new Promise<void>((resolve) => liar.listen(0, "127.0.0.1", resolve))
    const { port } = liar.address() as { port: number }
    try {
      const error = await failure(fixture.runner.ensureImage(wanted(`127.0.0.1:${port}/test/small@sha256:${"2".repeat(64)}`)))
      expect(error.code, error.message).to.equal("IMAGE_DIGEST_MISMATCH")
    } finally {
      liar.closeAllConnections()
      await new Promise((resolve) => liar.close(resolve))
    }
  })

  it("has the engine call no registry in the operator's network that is not allowed", async () => {
    const before = await failure(fixture.newRunner({ localRegistries: ["127.0.0.2"] }).ensureImage(wanted(small.tagged)))
    expect(before.message).include("localRegistries")
    const port = registry.host.split(":")[1]
    // A name, as a stranger's DNS may have one.
    const named = await failure(fixture.newRunner({ localRegistries: [] }).ensureImage(wanted(`localhost:${port}/test/small:1`)))
    expect([named.code, named.message]).satisfies(
      ([code, m]: string[]) => code === "IMAGE_PULL_FAILED" && m!.includes("in no public network"),
    )
  })

  it("takes no word of a registry for the engine's silence, wherever and with whatever status it says it", async () => {
    for (const [status, code, words, at] of [
      [403, "DENIED", "socket hang up: aborted", "blob"],
      [400, "UNKNOWN", "premature close", "blob"],
      [400, "UNKNOWN", "aborted", "manifest"],
      [503, "UNAVAILABLE", "aborted", "manifest"],
    ] as const) {
      const stranger = await HostileRegistry.start(status, code, words, at)
      try {
        const error = await failure(fixture.runner.ensureImage(wanted(`${stranger.host}/test/x:1`, { deadlineMs: 30_000 })))
        expect(error, `${status} ${words} ${at}: ${error.message}`).instanceOf(ImageError)
        if (at === "blob") expect(error.message).include(words)
      } finally {
        await stranger.stop()
      }
    }
  })

  it("stops at the limit, at the deadline and at the caller's word", async () => {
    expect((await failure(fixture.runner.ensureImage(wanted(large.pinned, { limitBytes: 10_000_000 })))).code).to.equal("IMAGE_TOO_LARGE")
    await forget(large.pinned)
    expect((await failure(fixture.runner.ensureImage(wanted(large.pinned, { deadlineMs: 5 })))).code).to.equal("IMAGE_PULL_TIMEOUT")
    const mind = new AbortController()
    const pulling = fixture.runner.ensureImage(wanted(large.pinned), () => mind.abort(new Error("changed my mind")), mind.signal)
    expect((await failure(pulling)).message).to.equal("changed my mind")
  })
})
