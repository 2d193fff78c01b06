import { expect } from "chai"
import { addressOf, World } from "../test-support/world.ts"

describe("node: a lease from quote to final receipt", function () {
  this.timeout(60_000)
  let world: World
  before(async () => {
    world = await World.start()
  })
  after(() => world.stop())

  it("quotes, opens, starts, makes receipts, serves logs and files, ends", async () => {
    const registered = await world.register()
    const node = await world.start(registered)
    const agent = await world.agent(registered, addressOf(node))
    expect(await agent.connect()).to.equal(0)
    const t0 = performance.now()
    const lease = await agent.open({
      image: world.image,
      command: ["sh", "-c", "echo hello; echo result > /out/r.txt; i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done; exit 3"],
    })
    expect(lease.status.state).to.equal("accepted")
    let first = 0
    const logs = await agent.logs(lease.id, {
      follow: true,
      onFirst: () => {
        first = performance.now() - t0
      },
    })
    expect(logs).to.equal("hello\ndone\n")
    const end = await agent.watch(lease.id)
    expect(end).to.include({ state: "ended", reason: "completed", exited: true, exitCode: 3 })
    const books = await agent.booksWhen((b) => b.seq > 0 && b.amount === b.used)
    expect(agent.errors).to.deep.equal([])
    expect(books.gpuMs).to.equal(end.activeMs)
    expect(Number(books.used)).to.equal(Math.floor(Number(books.gpuMs) * 100))
    expect((await agent.file(lease.id, "/out/r.txt")).toString()).to.contain("result")
    expect(await agent.logs(lease.id)).to.equal("hello\ndone\n")
    const close = await agent.close()
    expect(close.amount).to.equal(books.used)
    console.log(
      `      first log byte ${first.toFixed(0)} ms after the open was sent; ${books.gpuMs} ms active; ${agent.proposals.length} receipts`,
    )
    await node.stop()
  })
})
