import type { Logger } from "pino"
import { controlPath } from "../control/path.ts"
import { type ControlRequest, serveControl } from "../control/server.ts"
import { statusOf } from "../control/status.ts"
import { readKeystore } from "../keystore.ts"
import { createLog } from "../log.ts"
import { serveMetrics } from "../metrics.ts"
import { type BerthNode, type NodeHooks, startNode } from "../node.ts"
import { configOf } from "./flags.ts"
import { passphraseOf } from "./passphrase.ts"
import type { ConfigFlags } from "./program.ts"

/**
 * Runs a node until told to stop.
 * @param hooks for test entries; production gives none
 */
export async function start(flags: ConfigFlags, print: (line: string) => void, ended: Promise<void>, hooks: NodeHooks = {}): Promise<void> {
  const config = configOf(flags)
  const key = await readKeystore(config.keystore, await passphraseOf(config.passphraseFile, `Passphrase of ${config.keystore}: `))
  const log = createLog({ level: config.logLevel, base: { node: config.instance ?? key.address.slice(0, 10) } }, 2)
  const starting = new AbortController()
  void ended.then(() => starting.abort())
  const node = await startNode({ config, key, log, signal: starting.signal }, hooks).catch((error) => {
    if (!starting.signal.aborted) throw error
  })
  if (!node) return log.info("told to stop before it ran; containers keep running")
  const closers: (() => Promise<unknown>)[] = [() => node.stop()]
  try {
    closers.unshift(await serveControl(controlPath(config.dataDir), (request) => answer(node, request, log), log))
    if (config.metricsPort !== undefined) {
      const metrics = await serveMetrics(config.metricsPort, () => statusOf(node))
      closers.unshift(() => metrics.close())
      log.info({ port: metrics.port }, "metrics on 127.0.0.1")
    }
    announce(node, flags.json ?? false, print)
    await ended
    log.info("stopping; containers keep running")
  } finally {
    for (const close of closers) await close()
  }
}

/** The line that whoever started us waits for. */
function announce(node: BerthNode, json: boolean, print: (line: string) => void): void {
  const addresses = node.host.getMultiaddrs().map(String)
  if (json) print(JSON.stringify({ event: "ready", node: node.key.address, peerId: node.host.peerId.toString(), addresses }))
  else print(`berth-node ${node.key.address} serves at ${addresses.join(", ")} (engine ${node.engine.name} ${node.engine.version})`)
}

async function answer(node: BerthNode, request: ControlRequest, log: Logger): Promise<unknown> {
  switch (request.ask) {
    case "status":
      return statusOf(node)
    case "drain":
      node.quotes.draining = true
      log.info({ now: request.now }, "draining: no new leases")
      if (request.now) for (const lease of node.leases.live()) node.leases.wishEnd(lease, "node_drained")
      if (request.now) await node.leaseLoop.sweep()
      return { draining: true, running: node.leases.live().length }
    case "undrain":
      node.quotes.draining = false
      return { draining: false, running: node.leases.live().length }
    case "settle":
      await node.handover.handNewest()
      return { lag: node.handover.lag }
    default:
      throw new Error(`unknown request ${JSON.stringify(request)}: this node knows status, drain, undrain and settle`)
  }
}
