// A tenant that stops signing, by freezing or dying: what the node does, and what each side has lost.
import { amountOf, windowAmount } from "@berth/protocol"
import { expect } from "chai"
import { nodeSide } from "../support/both-books.ts"
import { FaultWorld, PRICE } from "../support/fault-world.ts"
import { Job } from "../support/job.ts"

/** A known tenant's grace is a window; what is kept back of it is a quarter here, of a real one ten seconds. */
const times = { windowMs: 8_000, pauseMs: 8_000, stopMs: 12_000 }
const window = windowAmount(times.windowMs, 1, PRICE)
/** Above the ten seconds that a node without stake is paid ahead. */
const long = { windowMs: 12_000, pauseMs: 12_000, stopMs: 32_000 }
const longWindow = windowAmount(long.windowMs, 1, PRICE)
const kinds = [
  { name: "at a staked node", stake: longWindow * 100n, most: longWindow },
  { name: "at a node without stake", stake: 0n, most: amountOf(10_000n, PRICE) },
] as const

interface Seen {
  readonly states: string[]
  readonly worked: bigint
  readonly signed: { readonly used: bigint; readonly amount: bigint }
}

describe("a tenant that stops signing", function () {
  this.timeout(180_000)
  let world: FaultWorld
  let job: Job
  before(async () => {
    world = await FaultWorld.start()
  })
  afterEach(() => job?.end())
  after(() => world?.stop())

  /** Every state in which the node shows the lease, until it has ended. */
  async function untilEnded(): Promise<Seen> {
    const states: string[] = []
    for (;;) {
      const lease = (await job.nodeProcess.facts()).leases[0]!
      const state = lease.reason ? `${lease.state}: ${lease.reason}` : lease.state
      if (states.at(-1) !== state) states.push(state)
      if (lease.state === "ended") {
        const { totals } = nodeSide({
          market: world.market.market,
          node: job.node.address,
          signer: job.signer,
          journal: job.node.journal,
          store: "",
        })
        return { states, worked: amountOf(lease.claimedMs, PRICE), signed: totals }
      }
      await new Promise((resolve) => setTimeout(resolve, 20)) // a stranger to the node can only look
    }
  }

  function show(who: string, { worked, signed }: Seen, window: bigint): { node: bigint; tenant: bigint } {
    const node = worked > signed.amount ? worked - signed.amount : 0n
    const tenant = signed.amount > worked ? signed.amount - worked : 0n
    const shown = (credits: bigint) => `${credits} credits (${(Number((credits * 100n) / window) / 100).toFixed(2)} windows)`
    console.log(`      ${who}: ${worked} worked, ${signed.amount} signed; the node loses ${shown(node)}, the tenant ${shown(tenant)}`)
    return { node, tenant }
  }

  function expectPausedThenEnded({ states }: Seen): void {
    expect(states.filter((s) => s !== "stopping: no_signature").slice(-2)).to.deep.equal(["paused: no_signature", "ended: no_signature"])
  }

  for (const { name, stake, most } of kinds)
    it(`unknown, frozen, ${name}: paused before the end of what it paid, then stopped; the node loses nothing`, async () => {
      job = await Job.start(world, { stake, settings: long })
      const { used, amount } = await job.receipt((r) => r.used > 0n)
      expect(amount - used).to.equal(most)
      job.agentProcess.signal("SIGSTOP")
      const seen = await untilEnded()
      job.agentProcess.signal("SIGCONT")
      expectPausedThenEnded(seen)
      const loss = show(`unknown, ${name}`, seen, longWindow)
      expect(loss.node).to.equal(0n)
      expect(loss.tenant <= most).to.equal(true)
    })

  it("known, killed: paused before it has worked a window, then stopped; the node loses no more than that window", async () => {
    job = await Job.start(world, { settings: { ...times, knownAfterWindows: 0 } })
    await job.receipt((r) => r.used > 0n)
    await job.agentProcess.kill()
    const seen = await untilEnded()
    expectPausedThenEnded(seen)
    expect(seen.signed.amount).to.equal(seen.signed.used)
    const loss = show("known", seen, window)
    expect(loss.node <= window, `${loss.node} credits lost, a window is ${window}`).to.equal(true)
    expect(loss.node >= window / 2n, "control: it worked on without a signature").to.equal(true)
    expect(loss.tenant).to.equal(0n)
  })
})
