import { formatCredits } from "@berth/protocol"
import { askNode } from "../control/client.ts"
import type { ControlRequest } from "../control/server.ts"
import type { NodeStatus } from "../control/status.ts"
import { sizeText } from "../disk/judge.ts"
import { configOf } from "./flags.ts"
import type { ConfigFlags } from "./program.ts"

/** A status as it crosses the socket: bigints are decimal text. */
type Wire<T> = T extends bigint ? string : T extends object ? { [K in keyof T]: Wire<T[K]> } : T

/** `berth-node status`. */
export async function showStatus(flags: ConfigFlags, print: (line: string) => void): Promise<void> {
  const s = await askNode<Wire<NodeStatus>>(configOf(flags).dataDir, { ask: "status" })
  if (flags.json) return print(JSON.stringify(s))
  const usd = (credits: string | null) => (credits === null ? "unknown (the chain does not answer)" : formatCredits(BigInt(credits)))
  print(`node      ${s.node}${s.draining ? "  (draining)" : ""}`)
  print(`operator  ${s.operator ?? "not registered"}`)
  print(`chain     ${s.chain.reachable ? "ok" : "does not answer"}, block ${s.chain.block ?? "none seen"}`)
  print(
    `engine    ${s.engine.up ? "ok" : "does not answer: leases are unknown"}, ${s.engine.name} ${s.engine.version}, network ${s.engine.network}`,
  )
  print(
    `earned    ${usd(s.earnings.signedUnsettled)} signed, ${usd(s.earnings.settled)} settled, ${usd(s.earnings.unsigned)} unsigned; credits on chain ${usd(s.earnings.credits)}`,
  )
  print(
    `peers     ${s.connections} connections, ${s.receiptStreams} agents; ${s.recorder.lag} receipts wait for ${s.recorder.configured} recorders`,
  )
  if (s.disk.freeBytes !== null)
    print(
      `disk      ${s.disk.level}, ${sizeText(s.disk.freeBytes)} free, ${sizeText(s.disk.floorBytes ?? 0)} kept free; ${s.disk.pulledImages} images pulled`,
    )
  else print("disk      unknown: the engine's file system can't be seen from here")
  for (const c of s.capacity) print(`offer     ${c.class}: ${c.free} of ${c.total} free at ${usd(c.price)}/h`)
  for (const r of s.reservations) {
    const unheard = r.unheard > 0 ? `; NO WORD of ${r.unheard} days, the first lapses on ${dateOf(r.lapsesOn!)}` : ""
    print(
      `reserved  ${r.id.slice(0, 12)} ${r.gpus} x ${r.class} (${r.inUse} in use), ${dateOf(r.startDay)} to ${dateOf(r.endDay)}; ${r.claimed} days signed and to be posted${unheard}`,
    )
    if (r.denial) print(`reserved  ${r.id.slice(0, 12)} NOT SERVED: ${r.denial}`)
  }
  if (s.claims.trouble) print(`claims    could not be posted: ${s.claims.trouble}`)
  if (s.claims.gas === "0") print("claims    the node's key has nothing to pay gas with: send its address some of the chain's currency")
  const ended = s.leases.filter((l) => l.state === "ended").length
  const running = s.leases.filter((l) => l.state !== "ended")
  for (const l of running)
    print(
      `lease     ${l.id.slice(0, 12)} #${l.leaseNo} ${l.state}${l.reason ? ` (${l.reason})` : ""} ${l.count} x ${l.class}, ${(Number(l.activeMs) / 1_000).toFixed(1)} s active, ${l.diskBytes === null ? "" : `${sizeText(l.diskBytes)} on disk, `}${l.image}`,
    )
  if (running.length === 0) print("lease     none runs")
  if (ended > 0) print(`lease     ${ended} ended, kept for their tenants to fetch results (--json lists them)`)
}

const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

/** `berth-node drain` and `undrain`. */
export async function drain(flags: ConfigFlags, request: ControlRequest, print: (line: string) => void): Promise<void> {
  const reply = await askNode<{ draining: boolean; running: number }>(configOf(flags).dataDir, request)
  if (flags.json) return print(JSON.stringify(reply))
  print(reply.draining ? `Draining: no new leases. ${reply.running} still run.` : "Takes new leases again.")
}
