import * as wire from "@berth/protocol/wire"
import type { Libp2p } from "@libp2p/interface"
import { multiaddr } from "@multiformats/multiaddr"

/** Every protocol that the wire format names: a new one is tried by each test that goes through this list, without anybody's doing. */
export const PROTOCOLS: readonly wire.ProtocolLimits[] = Object.values(wire as Record<string, unknown>).filter(isProtocol)

/** What answers on a host besides Berth: libp2p's own, with limits of its own. */
export const OF_LIBP2P: readonly string[] = ["/ipfs/id/1.0.0", "/ipfs/ping/1.0.0"]

/** Every protocol that an address answers, sorted, as libp2p's identify says to whoever connects. */
export async function announced(host: Libp2p, address: string): Promise<string[]> {
  const identified = new Promise<string[]>((resolve) =>
    host.addEventListener("peer:identify", ({ detail }) => resolve(detail.protocols), { once: true }),
  )
  await host.dial(multiaddr(address), { signal: AbortSignal.timeout(15_000) })
  return (await identified).sort()
}

function isProtocol(value: unknown): value is wire.ProtocolLimits {
  return typeof value === "object" && value !== null && "id" in value && "maxFrame" in value
}
