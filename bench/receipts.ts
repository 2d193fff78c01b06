// Receipts a second on one core, with the real loops and stores. Node: from the meter's sample to the committed row and the encoded frame. Agent:
// from the frame to verified, signed, committed and encoded. One fsync a tick for all tabs on each side (WAL, synchronous=FULL).
import { keccakText } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { loadNow } from "./support/figures.ts"
import { AgentSide, makeTabs, NodeSide } from "./support/tabs.ts"

const BAR = 3_000
/** Each side makes about this many receipts a case: a process that runs for days is asked about, not its first seconds of compiling. */
const RECEIPTS = 40_000
/** Small batches mostly wait for the disk. */
const MAX_TICKS = 150
const CASES = [
  { tabs: 1_000, leases: 1, working: 1 },
  { tabs: 100, leases: 1, working: 1 },
  { tabs: 10, leases: 1, working: 1 },
  { tabs: 10, leases: 100, working: 1 },
] as const

interface Rate {
  /** By the wall clock, fsync included. */
  readonly perSecond: number
  /** By CPU time: what one core does that nobody else uses. */
  readonly perCpuSecond: number
}

export interface ReceiptRates {
  readonly barPerSecond: number
  readonly fsync: string
  readonly cases: readonly {
    /** Tabs of a tick: the receipts that share one fsync. */
    readonly batch: number
    readonly leasesInBooks: number
    readonly node: Rate
    readonly agent: Rate
    /** The node again: countersignature verified and stored. */
    readonly adopt: Rate
  }[]
  /** What the native library alone does in the same run. */
  readonly baseline: { readonly signaturesPerCpuSecond: number; readonly recoversPerCpuSecond: number }
  readonly load: number
}

export async function measureReceipts(): Promise<ReceiptRates> {
  const cases = []
  for (const one of CASES) cases.push(await measureCase(one))
  const fsync = "WAL with synchronous=FULL: one fsync a tick on each side, shared by the tick's receipts"
  return { barPerSecond: BAR, fsync, cases, baseline: await measureBaseline(), load: loadNow() }
}

async function measureCase({ tabs: batch, leases, working }: (typeof CASES)[number]) {
  const tabs = makeTabs(batch, leases)
  const node = new NodeSide(tabs, working)
  const agent = new AgentSide(tabs)
  const [making, checking, adopting] = [new Stopwatch(), new Stopwatch(), new Stopwatch()]
  const ticks = Math.min(Math.max(Math.round(RECEIPTS / batch), 10), MAX_TICKS)
  const warmUp = Math.ceil(ticks / 5)
  for (let tick = -warmUp - 2; tick < ticks; tick++) {
    const frames = await making.time(tick >= 0, () => node.tick())
    const answers = await checking.time(tick >= 0, () => agent.take(frames))
    await adopting.time(tick >= 0, async () => {
      for (const [tab, frame] of answers) node.answer(tab, frame)
      node.loop.commit()
    })
    if (tick === -warmUp - 1) node.endIdle()
  }
  await agent.close()
  await node.close()
  const rate = (watch: Stopwatch): Rate => ({
    perSecond: Math.round((ticks * batch * 1_000) / watch.wallMs),
    perCpuSecond: Math.round((ticks * batch * 1_000) / watch.cpuMs),
  })
  return { batch, leasesInBooks: leases, node: rate(making), agent: rate(checking), adopt: rate(adopting) }
}

async function measureBaseline() {
  const [key, digest] = [keccakText("key"), keccakText("digest")]
  const signature = nativeEcdsa.sign(digest, key)
  const rate = async (work: () => void) => {
    const watch = new Stopwatch()
    await watch.time(true, async () => {
      for (let i = 0; i < RECEIPTS; i++) work()
    })
    return Math.round((RECEIPTS * 1_000) / watch.cpuMs)
  }
  return {
    signaturesPerCpuSecond: await rate(() => nativeEcdsa.sign(digest, key)),
    recoversPerCpuSecond: await rate(() => nativeEcdsa.recover(digest, signature)),
  }
}

class Stopwatch {
  wallMs = 0
  cpuMs = 0

  async time<T>(counts: boolean, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    const before = process.cpuUsage()
    const result = await work()
    const { user, system } = process.cpuUsage(before)
    if (counts) {
      this.wallMs += performance.now() - started
      this.cpuMs += (user + system) / 1_000
    }
    return result
  }
}

if (import.meta.main) console.log(JSON.stringify(await measureReceipts(), null, 1))
