// A run that its caller gives up, or whose opening nobody answers: what the node took all the same is stopped, or known.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { bytesToHex } from "@berth/protocol"
import { expect } from "chai"
import { http } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { type Agent, BerthError, createBerthClient, type RunProgress, readDeployment, startAgent } from "../../tenant-sdk/src/index.ts"
import { LyingNode } from "../fraud/lying-node.ts"
import { FaultWorld, type NodeSetup } from "../support/fault-world.ts"
import { keyOf, profileOf } from "../support/market.ts"
import { TcpProxy } from "../support/tcp-proxy.ts"

describe("a run that is given up", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let node: NodeSetup
  let line: TcpProxy
  let agent: Agent

  before(async () => {
    world = await FaultWorld.start()
    node = await world.node()
    await world.startNode(node)
    line = await TcpProxy.to(Number(/tcp\/(\d+)/.exec(node.multiaddr)![1]))
    const addresses = [node.multiaddr.replace(/tcp\/\d+/, `tcp/${new URL(line.url).port}`)]
    await world.market.call(node.operator, "updateNode", [node.address, profileOf({ addresses })])
    const wallet = await world.wallet("gives up")
    await world.market.deposit(wallet, 2_000_000_000n)
    const client = createBerthClient({
      deployment: readDeployment(world.chain.deploymentFile),
      transport: http(world.chain.rpcUrl),
      account: privateKeyToAccount(bytesToHex(keyOf("gives up"))),
    })
    mkdirSync(join(world.dir, "own"), { recursive: true })
    agent = await startAgent({ client, store: join(world.dir, "own/agent.db"), key: keyOf("agent") })
  })
  after(async () => {
    line?.letGo()
    await agent?.shutdown()
    await line?.cut()
    await world?.stop()
  })

  /** Runs with a hand on each step, and tells the failure. */
  const failed = async (onStep: (step: RunProgress["step"]) => void, signal: AbortSignal): Promise<BerthError> => {
    const what = { image: world.image, command: ["sleep", "100"], class: "cpu/x86-64", node: node.address, hours: 0.01 }
    return agent.run(what, { onProgress: ({ step }) => onStep(step), signal }).then(
      (lease) => expect.fail(`it runs: ${lease.leaseId}`),
      (error: unknown) => {
        expect(error).instanceOf(BerthError)
        return error as BerthError
      },
    )
  }
  const ended = async (leaseId: string) => {
    let last = await agent.lease(leaseId)
    for await (const lease of agent.watch(leaseId)) last = lease
    return last
  }

  it("before its tab is opened: no money moves", async () => {
    const stopper = new AbortController()
    const error = await failed((step) => step === "chosen" && stopper.abort(), stopper.signal)
    expect(error.code).equal("cancelled")
    expect(error.message).equal("the run was cancelled: no lease was opened")
    expect(await agent.tabs()).deep.equal([])
  })

  it("once its tab is open: the tab is kept and named, no lease is sent", async () => {
    const stopper = new AbortController()
    const error = await failed((step) => step === "tab" && stopper.abort(), stopper.signal)
    expect(error.code).equal("cancelled")
    expect(error.message).contain("no lease was opened; kept: the tab with node").and.contain(node.address)
    expect(await agent.tabs()).have.length(1)
    expect(await agent.leases({ all: true })).deep.equal([])
    expect(await world.containers(node)).deep.equal([])
  })

  it("while its node has the opening: what the node accepts is stopped", async () => {
    const stopper = new AbortController()
    const error = await failed((step) => {
      if (step !== "tab") return
      line.hold()
      setImmediate(() => {
        stopper.abort()
        line.letGo()
      })
    }, stopper.signal)
    expect(error.code).equal("cancelled")
    const [lease] = await agent.leases({ all: true })
    expect(error.message)
      .contain(`lease ${lease!.leaseId.slice(2, 14)}`)
      .and.contain("is stopped")
    expect(await ended(lease!.leaseId)).include({ state: "ended", reason: "tenant_stopped" })
  })

  it("one of two who asked for the same: the other gets it", async () => {
    const id = `0x${"ab".repeat(16)}` as const
    const stopper = new AbortController()
    const what = { image: world.image, command: ["sleep", "100"], class: "cpu/x86-64", node: node.address, hours: 0.01, id }
    const [first, second] = [agent.run(what, { signal: stopper.signal }), agent.run(what)]
    stopper.abort()
    expect((await second).leaseId).equal((await first).leaseId)
    await agent.stop((await second).leaseId)
  })

  for (const taken of ["taken", "not taken"] as const)
    it(`an opening that gets no answer, and was ${taken}: it is said which lease may run, and the agent finds out`, async () => {
      const breaking = await LyingNode.start(world)
      try {
        breaking.breaksOpening = taken
        const what = {
          image: "busybox",
          class: "cpu/x86-64",
          node: breaking.setup.address,
          hours: 0.01,
          id: bytesToHex(keyOf(taken).slice(16)),
        }
        const error = await agent.run(what).then(
          (lease) => expect.fail(`it runs: ${lease.leaseId}`),
          (failure: BerthError) => failure,
        )
        expect(error.code).equal("unreachable")
        const lease = (await agent.leases({ all: true })).find((l) => l.node === breaking.setup.address)!
        const id = lease.leaseId.slice(2, 14)
        expect(error.message).contain(`lease ${id} may run there all the same`)
        expect(error.hint).contain(`berth stop ${id}`)
        breaking.breaksOpening = undefined
        for await (const { state } of agent.watch(lease.leaseId)) if (state !== "quoted") break
        const { state, reason } = await agent.lease(lease.leaseId)
        expect([state, reason]).deep.equal(taken === "taken" ? ["ready", ""] : ["ended", "failed_to_start"])
        // The same id: the lease that there is, or a new one.
        expect((await agent.run(what)).leaseId === lease.leaseId).equal(taken === "taken")
      } finally {
        await breaking.stop()
      }
    })
})
