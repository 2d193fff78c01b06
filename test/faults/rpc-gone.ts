// The chain's RPC is gone for a while, for node and agent: the job goes on, and so do the receipts.
import { expect } from "chai"
import type { FaultWorld } from "../support/fault-world.ts"
import { Job } from "../support/job.ts"
import { TcpProxy } from "../support/tcp-proxy.ts"

export interface RpcGoneResult {
  readonly goneMs: number
  /** Countersigned while it was gone, all naming the last block seen. */
  readonly receipts: number
  readonly block: bigint
  readonly usedBefore: bigint
  readonly usedMeanwhile: bigint
  readonly used: bigint
  readonly paid: bigint
}

/** Windows far shorter than the silence: only receipts that go on keep the lease running. */
const settings = { windowMs: 5_000, pauseMs: 8_000, stopMs: 12_000 }

export async function runRpcGone(world: FaultWorld, goneMs: number): Promise<RpcGoneResult> {
  const proxy = await TcpProxy.to(Number(new URL(world.chain.rpcUrl).port))
  const job = await Job.start(world, { settings, rpcUrl: proxy.url })
  try {
    await job.receipt((r) => r.used > 0n)
    const before = await job.tab()
    await proxy.cut()
    await job.receipt() // one that was under way may still name a block seen before the cut
    while ((await job.nodeProcess.facts()).reachable) await job.receipt()
    const meanwhile = await receiptsFor(job, goneMs)
    const facts = await job.nodeProcess.facts()
    expect(facts.reachable).to.equal(false)
    const blocks = new Set(meanwhile.map((r) => r.block))
    expect([...blocks], "blocks named while the RPC is gone").to.deep.equal([facts.head])
    expect(facts.leases[0]!.state).to.be.oneOf(["ready", "idle"])
    const head = await world.chain.client.getBlockNumber()
    expect(head > facts.head, "the chain itself went on").to.equal(true)
    await proxy.mend()
    await job.receipt((r) => r.block > head)
    const tab = await job.finish()
    job.witness.final()
    const { spent, audit } = await job.settleAndAudit()
    expect(job.witness.findings).to.deep.equal([])
    expect(spent).to.equal(tab.used)
    expect(audit.ok).to.equal(true)
    const usedMeanwhile = meanwhile.at(-1)!.used - before.used
    expect(usedMeanwhile > 0n).to.equal(true)
    return { goneMs, receipts: meanwhile.length, block: facts.head, usedBefore: before.used, usedMeanwhile, used: tab.used, paid: spent }
  } finally {
    await proxy.cut()
    await job.end()
  }
}

async function receiptsFor(job: Job, ms: number) {
  const received = []
  const until = performance.now() + ms
  while (performance.now() < until) received.push(await job.receipt())
  return received
}
