// Memory of a real `berth-node`, idle and with the books of 100 leases.
import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { parseCredits } from "@berth/protocol"
import { loadNow } from "./support/figures.ts"
import { World } from "./support/world.ts"

const LEASES = 100
/** At once: more would meet the node's limit of requests a peer. */
const TOGETHER = 2

export interface Memory {
  readonly idleMiB: number
  readonly withLeasesMiB: number
  readonly leases: number
  readonly load: number
}

export async function measureMemory(leases = LEASES): Promise<Memory> {
  const world = await World.start()
  try {
    const node = await world.node()
    await sleep(5_000)
    const idleMiB = rssOf(node.process.pid!)
    const { agent } = await world.tenant()
    await agent.openTab({ node: node.address, amount: parseCredits("20") })
    let next = 0
    const worker = async () => {
      while (next++ < leases) {
        const lease = await agent.run({ image: world.image, command: ["true"], class: "cpu/x86-64", node: node.address })
        for await (const now of agent.watch(lease.leaseId)) if (now.state === "ended") break
      }
    }
    await Promise.all(Array.from({ length: TOGETHER }, worker))
    // The last receipt, and a moment for the collector.
    await sleep(5_000)
    return { idleMiB, withLeasesMiB: rssOf(node.process.pid!), leases, load: loadNow() }
  } finally {
    await world.close()
  }
}

function rssOf(pid: number): number {
  const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1])
  return Math.round(kib / 102.4) / 10
}

if (import.meta.main) console.log(JSON.stringify(await measureMemory(), null, 2))
