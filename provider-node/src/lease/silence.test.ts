import { join } from "node:path"
import { expect } from "chai"
import type { TestAgent } from "../../test-support/agent.ts"
import { FAR, FarRegistry } from "../../test-support/far-registry.ts"
import { HostileRegistry } from "../../test-support/hostile-registry.ts"
import { addressOf, World } from "../../test-support/world.ts"
import { EngineUnavailable } from "../runner/errors.ts"

const BUSY = ["sh", "-c", "while :; do :; done"]

describe("what is said of one lease stops the meter of no other", function () {
  this.timeout(60_000)
  let world: World
  before(async () => {
    world = await World.start()
  })
  after(() => world.stop())

  /** A node with a lease that works, and what its engine is said to be from then on. */
  async function working(name: string, runner: FarRegistry) {
    const registered = await world.register()
    const config = world.config({ dataDir: join(world.dir, name), knownAfterWindows: 0 })
    const node = await world.start(registered, config, { runner, space: async () => null })
    const agent = await world.agent(registered, addressOf(node))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: BUSY })
    await agent.booksWhen((books) => books.gpuMs > 300n)
    const said: boolean[] = []
    node.leaseLoop.onEngine.on((up) => said.push(up))
    return { node, agent, lease, said }
  }

  async function goesOn(agent: TestAgent, said: readonly boolean[]): Promise<void> {
    const { gpuMs } = agent.books
    await agent.booksWhen((books) => books.gpuMs > gpuMs + 500n)
    expect(said).deep.equal([])
    expect(agent.errors).deep.equal([])
  }

  const options = () => ({ socketPath: world.engine.socketPath, instance: world.instance })

  it("a stranger's registry that talks as a broken connection would", async () => {
    const registry = await HostileRegistry.start(403, "UNKNOWN", "socket hang up: aborted")
    try {
      const { node, agent, lease, said } = await working("hostile", new FarRegistry(options(), registry.host))
      const other = await agent.open({ image: `${FAR}/x:1` })
      const ended = await agent.watch(other.id)
      expect(ended).include({ state: "ended", reason: "failed_to_start", unknown: false })
      expect(ended.detail, "none of the engine's words").include("could not be reached, or failed").not.include("aborted")
      await goesOn(agent, said)
      await agent.lease({ stop: { leaseId: lease.id } })
      await agent.watch(lease.id)
      await node.stop()
    } finally {
      await registry.stop()
    }
  })

  it("an engine that is silent of one lease and answers when it is asked itself: that one is tried again", async () => {
    let tries = 0
    class SilentOnce extends FarRegistry {
      override async ensureImage(...args: Parameters<FarRegistry["ensureImage"]>) {
        if (args[0].reference.startsWith(FAR) && ++tries <= 2) throw new EngineUnavailable("no answer")
        return super.ensureImage({ ...args[0], reference: world.image })
      }
    }
    const { node, agent, lease, said } = await working("silent", new SilentOnce(options(), "127.0.0.1:9"))
    const other = await agent.open({ image: `${FAR}/x:1`, command: BUSY })
    expect(await agent.watch(other.id, (status) => status.state === "ready" || status.unknown)).include({ state: "ready", unknown: false })
    expect(tries).equal(3)
    await goesOn(agent, said)
    for (const { id } of [lease, other]) {
      await agent.lease({ stop: { leaseId: id } })
      await agent.watch(id)
    }
    await node.stop()
  })
})
