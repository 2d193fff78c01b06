import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { NodeStatus } from "./control/status.ts"

/** Prometheus text of a node's status. Amounts in credits (1e-6 USD). */
function metricsText(s: NodeStatus): string {
  const lines: string[] = []
  const gauge = (name: string, help: string, values: readonly (readonly [string, number | bigint | null])[]) => {
    lines.push(`# HELP berth_${name} ${help}`, `# TYPE berth_${name} gauge`)
    for (const [labels, value] of values) if (value !== null) lines.push(`berth_${name}${labels} ${value}`)
  }
  const one = (value: number | bigint | null) => [["", value]] as const
  const states = new Map<string, number>()
  for (const { state } of s.leases) states.set(state, (states.get(state) ?? 0) + 1)
  gauge(
    "leases",
    "Leases by state",
    [...states].map(([state, n]) => [`{state="${state}"}`, n]),
  )
  gauge(
    "units_total",
    "Units offered",
    s.capacity.map((c) => [`{class="${c.class}"}`, c.total]),
  )
  gauge(
    "units_free",
    "Units free",
    s.capacity.map((c) => [`{class="${c.class}"}`, c.free]),
  )
  gauge("earnings_signed_unsettled_credits", "Countersigned, not yet settled", one(s.earnings.signedUnsettled))
  gauge("earnings_settled_credits", "Settled by tabs in memory", one(s.earnings.settled))
  gauge("earnings_unsigned_credits", "Worked, not countersigned", one(s.earnings.unsigned))
  gauge("operator_credits", "The operator's free credits on chain", one(s.earnings.credits))
  gauge("chain_up", "1: the RPC answers", one(s.chain.reachable ? 1 : 0))
  gauge("chain_block", "Last block seen", one(s.chain.block))
  gauge("engine_up", "1: the container engine answers", one(s.engine.up ? 1 : 0))
  gauge("disk_free_bytes", "Left on the engine's file system", one(s.disk.freeBytes))
  gauge("disk_low", "1: below the floor, no new leases", one(s.disk.level === "low" || s.disk.level === "critical" ? 1 : 0))
  gauge("draining", "1: takes no new leases", one(s.draining ? 1 : 0))
  gauge("connections", "libp2p connections", one(s.connections))
  gauge("receipt_streams", "Agents connected", one(s.receiptStreams))
  gauge("recorder_lag", "Countersigned receipts that no recorder has", one(s.recorder.lag))
  gauge("reservations", "Reservations with days to come or to be resolved", one(s.reservations.length))
  gauge(
    "reservations_denied",
    "Reservations that are not served, for days of theirs are denied",
    one(s.reservations.filter((r) => r.denial).length),
  )
  const sum = (of: (r: NodeStatus["reservations"][number]) => number) => s.reservations.reduce((all, r) => all + of(r), 0)
  gauge("reserved_days_claimed", "Reserved days that are signed for and not yet posted", one(sum((r) => r.claimed)))
  gauge("reserved_days_unheard", "Reserved days that are over and of which no claim has come", one(sum((r) => r.unheard)))
  gauge("claims_trouble", "1: the last day claim could not be posted", one(s.claims.trouble === null ? 0 : 1))
  gauge("memory_mib", "Resident memory, MiB", one(s.memoryMiB))
  return `${lines.join("\n")}\n`
}

/**
 * Serves the metrics on 127.0.0.1.
 * @returns the port, and a function that stops it
 */
export async function serveMetrics(port: number, status: () => Promise<NodeStatus>): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url !== "/metrics") return response.writeHead(404).end("see /metrics\n")
    status().then(
      (s) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(metricsText(s)),
      () => response.writeHead(500).end("the node could not say; its log has the reason\n"),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
