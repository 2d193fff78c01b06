import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { expect } from "chai"
import { FAR, FarRegistry } from "../../test-support/far-registry.ts"
import { addressOf, World } from "../../test-support/world.ts"

const BUSY = ["sh", "-c", "echo up; while :; do :; done"]

describe("start: what takes long waits for nobody", function () {
  this.timeout(60_000)
  let world: World
  /** Answers as registries do when asked whether they are one, and then never again. */
  let registry: Server
  before(async () => {
    world = await World.start()
    registry = createServer((request, response) => {
      if (request.url === "/v2/") response.writeHead(200, { "docker-distribution-api-version": "registry/2.0" }).end("{}")
      else registry.emit("stalled")
    }).listen(0, "127.0.0.1")
    await once(registry, "listening")
  })
  after(async () => {
    registry.closeAllConnections()
    registry.close()
    await world.stop()
  })

  it("a node restarted while an image is being pulled serves, meters and has receipts signed at once", async () => {
    const registered = await world.register()
    const config = world.config({ dataDir: join(world.dir, "pull"), knownAfterWindows: 0 })
    const { port } = registry.address() as AddressInfo
    const start = () => {
      const options = { socketPath: world.engine.socketPath, instance: world.instance }
      // As with an engine in a virtual machine: nothing is known of its disk, or its level, once known, would have the leases looked at as well.
      return world.start(registered, config, { runner: new FarRegistry(options, `127.0.0.1:${port}`), space: async () => null })
    }
    const first = await start()
    const agent = await world.agent(registered, addressOf(first))
    await agent.connect()
    const runs = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.gpuMs > 300n)
    let asked = once(registry, "stalled")
    const pulls = await agent.open({ image: `${FAR}/slow:1` })
    await asked
    await first.stop()
    expect(first.leases.all().map((lease) => lease.state)).deep.equal(["ready", "accepted"])

    asked = once(registry, "stalled")
    const second = await start()
    agent.options.nodeAddress = addressOf(second)
    await agent.connect()
    const { gpuMs } = agent.books
    await asked
    await agent.booksWhen((books) => books.gpuMs > gpuMs + 300n)
    expect(await agent.logs(runs.id)).equal("up\n")
    for (const { id } of [pulls, runs]) {
      await agent.lease({ stop: { leaseId: id } })
      expect(await agent.watch(id)).include({ state: "ended", reason: "tenant_stopped" })
    }
    expect(agent.errors).deep.equal([])
    await second.stop()
  })
})
