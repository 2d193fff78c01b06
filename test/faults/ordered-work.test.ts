// A tab with a standing order: its agent is away, its node is killed around claiming. Nothing is lost, and nothing is paid twice.
import { DatabaseSync } from "node:sqlite"
import { berthAbi } from "@berth/protocol/abi"
import { WireProposal } from "@berth/protocol/wire"
import { expect } from "chai"
import { parseEther } from "viem"
import { CLAIM_STEPS } from "../../provider-node/src/claims/steps.ts"
import { callEngine } from "../../scripts/engine/api.ts"
import { type AgentSetup, FaultWorld, type NodeChild, type NodeSetup, PRICE } from "../support/fault-world.ts"

const DAY = 86_400
/** Busy in bursts, as BURSTS, but between SIGUSR1 and SIGUSR2 it rests. */
const JOB = `rest=0; trap rest=1 USR1; trap rest=0 USR2
while :; do i=0; while [ $rest = 0 ] && [ $i -lt 40000 ]; do i=$((i+1)); done; sleep 0.2; done`

describe("work under a standing order, with kill -9 at every step of a claim", function () {
  this.timeout(300_000)
  let world: FaultWorld
  let setup: NodeSetup
  let tenant: AgentSetup
  let node: NodeChild
  let signer: `0x${string}`
  let claims = 0
  let spent = 0n

  const pause = () => new Promise((resolve) => setTimeout(resolve, 100))
  const spentNow = async () => (await world.tabOnChain(signer, setup.address)).spent
  const nextDay = async () => {
    const { timestamp } = await world.chain.client.getBlock()
    await world.chain.increaseTime(DAY - (Number(timestamp) % DAY) + 60)
  }
  /** The day's claim comes before the node has seen so many blocks more, and is for no less than this. */
  const claimed = async (known = 0n, blocks = 200n) => {
    const last = (await node.facts()).head + blocks
    let now = await spentNow()
    for (; now <= spent; now = await spentNow()) {
      if ((await node.facts()).head > last) throw new Error(`lost: nothing was claimed above ${spent}, ${blocks} blocks later`)
      await pause()
    }
    spent = now
    claims++
    if (now < known) throw new Error(`lost: ${now} was claimed, of work for ${known} that was in the books`)
  }
  const signalJob = async (signal: string) => {
    const [container] = await world.containers(setup)
    await callEngine({ ...world.engine, method: "POST", path: `/containers/${container!.id}/kill?signal=${signal}` })
  }
  /** Asks or changes the journal of a node that is dead. */
  const inJournal = <T>(use: (journal: DatabaseSync) => T): T => {
    const journal = new DatabaseSync(setup.journal)
    try {
      return use(journal)
    } finally {
      journal.close()
    }
  }
  /** Ends a day on which the node is killed at this step. Gives what it had written down that it is owed, from the opening on. */
  const killedAt = async (step: (typeof CLAIM_STEPS)[number]) => {
    node.arm(step)
    await nextDay()
    expect(await node.death()).equal("SIGKILL")
    const { proposal } = inJournal((j) => j.prepare("SELECT proposal FROM receipts ORDER BY seq DESC LIMIT 1").get()) as {
      proposal: Uint8Array
    }
    return WireProposal.decode(proposal).used
  }

  before(async () => {
    world = await FaultWorld.start()
    setup = await world.node({ windowMs: 1_000, pauseMs: 1_000, stopMs: 30_000, standingOrders: { claimMin: 1 } })
    await world.chain.fund(setup.address, { eth: parseEther("1") })
    node = await world.startNode(setup)
    tenant = await world.tenant()
    const { child, agent } = await world.startAgent(tenant)
    const { timestamp } = await world.chain.client.getBlock()
    const standingOrder = { cap: 900_000_000n, rate: PRICE * 10n, until: timestamp + 30n * 86_400n }
    ;({ signer } = await agent.openTab({ node: setup.address, amount: 1_000_000_000n, standingOrder }))
    await agent.run({ image: world.image, command: ["sh", "-c", JOB], class: "cpu/x86-64", node: setup.address })
    for (let [tab] = await agent.tabs(); tab!.used === 0n; [tab] = await agent.tabs()) await pause()
    expect((await agent.tabs()).length, "the run opened a tab of its own").equal(1)
    await child.kill()
  })
  after(() => world?.stop())

  it("a day is claimed without any kill", async () => {
    await nextDay()
    await claimed()
  })

  for (const step of CLAIM_STEPS)
    it(`node: ${step}`, async () => {
      const known = await killedAt(step)
      expect(known > 0n).equal(true)
      node = await world.startNode(setup)
      await claimed(known)
      expect((await world.containers(setup)).map((c) => c.state)).deep.equal(["running"])
    })

  it("control: work that is gone from the node's books is found to be lost, and claimed when it is back", async () => {
    const known = await killedAt("claimStored")
    // Nothing new hides what is missing.
    await signalJob("SIGUSR1")
    const { active_ms } = inJournal((j) => j.prepare("SELECT active_ms FROM leases").get()) as { active_ms: string }
    const write = (ms: string) => inJournal((j) => expect(j.prepare("UPDATE leases SET active_ms = ?").run(ms).changes).equal(1))
    // It stands there twice: as the lease's time, and in the receipt made for the claim.
    write("0")
    inJournal((j) => j.exec("DELETE FROM receipts WHERE countersignature IS NULL"))
    node = await world.startNode(setup)
    const found = await claimed(known, 15n).catch((error: Error) => error.message)
    expect(found).match(/^lost: /)
    await node.kill()
    write(active_ms)
    node = await world.startNode(setup)
    await claimed(known)
    const worked = async () => (await node.facts()).leases[0]!.claimedMs
    const before = await worked()
    await signalJob("SIGUSR2")
    while ((await worked()) === before) await pause()
  })

  it("was one transaction a day and none that failed; its agent, back, signs the same total", async () => {
    const logs = await world.chain.client.getContractEvents({
      ...{ address: world.market.market.contract, abi: berthAbi, eventName: "Settled", fromBlock: 0n, args: { signer } },
    })
    expect(logs.length).equal(claims)
    expect(await world.chain.client.getTransactionCount({ address: setup.address }), "transactions of the node's key").equal(claims)
    const { agent } = await world.startAgent(tenant)
    const [lease] = await agent.leases()
    await agent.stop(lease!.leaseId)
    for (let [tab] = await agent.tabs(); tab!.used <= spent || tab!.running > 0; [tab] = await agent.tabs()) await pause()
    for (let [tab] = await agent.tabs(); tab!.amount !== tab!.used; [tab] = await agent.tabs()) await pause()
    const [tab] = await agent.tabs()
    expect(tab!.dispute).equal(undefined)
    const bundle = await agent.exportBundle()
    await world.settle(bundle)
    await world.settle(bundle)
    expect(await spentNow(), "claims and receipts are one total").equal(tab!.used)
    const result = await world.audit(bundle)
    expect(result.ok, result.findings.map((f) => f.message).join("; ")).equal(true)
    expect(result.findings.filter((f) => f.kind === "standing-order").length, "claims that the bill names").equal(claims)
    await agent.closeTab({ tab: signer })
  })
})
