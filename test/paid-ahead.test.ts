// A tab whose window ahead was settled and not worked off, closed by agreement with real processes: node, container, agent and `berth`.
import { join } from "node:path"
import { formatCredits } from "@berth/protocol"
import { expect } from "chai"
import { connectAgent } from "../tenant-sdk/src/index.ts"
import { TenantWorld } from "./support/tenant-world.ts"

describe("a tenant whose receipt was settled with the time that it paid ahead", function () {
  this.timeout(120_000)
  let world: TenantWorld
  const berth = async (...args: string[]) => {
    const { code, stdout, stderr } = await world.berth("t0", args)
    expect(code, stderr).to.equal(0)
    return stdout
  }

  before(async () => {
    world = await TenantWorld.start({ blockTimeMs: 500 })
    await world.tenant("t0")
    await world.node()
  })
  after(() => world?.stop())

  it("closes the tab for what was paid, is told how much of it was not used, and the audit finds it in order", async () => {
    await berth("account", "deposit", "5")
    const agent = await connectAgent({ socket: world.socketOf("t0") })
    const receipts = agent.receipts()[Symbol.asyncIterator]()
    const first = receipts.next()
    await berth("run", "-d", world.image, "sleep", "1000")
    const { signer } = (await first).value!
    const file = join(world.dir, "bill.json")
    await berth("bill", "--export", file)
    await berth("settle", file)
    const { spent } = (await agent.tabs())[0]!
    const [lease] = await agent.leases()
    await agent.stop(lease!.leaseId)
    let last = (await receipts.next()).value!
    while (last.amount !== last.used) last = (await receipts.next()).value!
    const { used } = last
    expect(used < spent, "all that was paid ahead was used").to.equal(true)

    const closed = await berth("close", signer)
    const beyond = `of which ${formatCredits(spent - used)} had been paid beyond what you signed as used`
    expect(closed).to.contain(`: ${formatCredits(spent)} to the node, ${beyond}, the rest is back in your credits`)
    const [tab] = await agent.tabs()
    expect(tab).to.include({ state: "closed", spent, used })
    agent.disconnect()
    await berth("bill", "--export", file)
    const { ok, findings } = JSON.parse(await berth("audit", file, "--json")) as { ok: boolean; findings: { kind: string }[] }
    expect([ok, findings.map((f) => f.kind)]).to.deep.equal([true, ["paid-ahead"]])
  })
})
