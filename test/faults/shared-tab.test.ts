// Several runs, and several who top up, on one tab at once: each finds on it what it counted on, and the agent knows what the chain holds.
import { DatabaseSync } from "node:sqlite"
import { windowAmount } from "@berth/protocol"
import { expect } from "chai"
import type { ConnectedAgent } from "../../tenant-sdk/src/index.ts"
import { type AgentSetup, FaultWorld, type NodeSetup, PRICE } from "../support/fault-world.ts"

const settings = { windowMs: 15_000, pauseMs: 30_000, stopMs: 60_000 }
/** What the node wants for each: its pause and two windows, and one window ahead at most. */
const EACH = windowAmount(settings.pauseMs + 2 * settings.windowMs, 1, PRICE)

describe("a tab that many put money into at once", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let node: NodeSetup
  let tenant: AgentSetup
  let agent: ConnectedAgent

  before(async () => {
    world = await FaultWorld.start()
    node = await world.node(settings)
    await world.startNode(node)
    tenant = await world.tenant()
    ;({ agent } = await world.startAgent(tenant))
  })
  after(() => world?.stop())

  const run = () => agent.run({ image: world.image, command: ["sleep", "100"], class: "cpu/x86-64", node: node.address, hours: 0.001 })
  /** As the agent has it in its store. */
  const kept = (): bigint => {
    const db = new DatabaseSync(tenant.options.store, { readOnly: true })
    const rows = db.prepare("SELECT deposit FROM tabs").all() as { deposit: string }[]
    db.close()
    expect(rows).have.length(1)
    return BigInt(rows[0]!.deposit)
  }

  it("runs at once open one tab, which pays for them all", async () => {
    const leases = await Promise.all([run(), run(), run(), run()])
    expect(new Set(leases.map((l) => l.leaseNo))).deep.equal(new Set([1, 2, 3, 4]))
    const tabs = await agent.tabs()
    expect(tabs).have.length(1)
    expect(tabs[0]!.deposit >= 4n * EACH, `${tabs[0]!.deposit} for four of ${EACH}`).equal(true)
    expect(kept()).equal(tabs[0]!.deposit)
  })

  it("top-ups and a run at once: none is forgotten", async () => {
    const [tab] = await agent.tabs()
    const more = [1n, 20n, 300n]
    await Promise.all([...more.map((amount) => agent.topUp({ tab: tab!.signer, amount })), run()])
    const [after] = await agent.tabs()
    expect(after!.deposit >= tab!.deposit + 321n && after!.deposit >= 5n * EACH, `${after!.deposit}`).equal(true)
    expect(kept()).equal(after!.deposit)
  })
})
