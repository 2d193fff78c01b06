import { noise } from "@chainsafe/libp2p-noise"
import { yamux } from "@chainsafe/libp2p-yamux"
import { privateKeyFromRaw } from "@libp2p/crypto/keys"
import { identify } from "@libp2p/identify"
import type { ConnectionGater, Libp2p } from "@libp2p/interface"
import { ping } from "@libp2p/ping"
import { tcp } from "@libp2p/tcp"
import { webSockets } from "@libp2p/websockets"
import { createLibp2p } from "libp2p"

export interface HostOptions {
  readonly privateKey: Uint8Array
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly maxConnections: number
  readonly connectionGater?: ConnectionGater
}

/** Memory that one stream may hold unread: small frames only are read slowly here, bulk is what we send. */
const STREAM_WINDOW = 256 * 1024

/** The host, for those outside p2p/. */
export type Host = Libp2p

/** The node's libp2p host: TCP and WebSocket, Noise, yamux. Its PeerId is the node's key. Not started. */
export function createHost({ privateKey, listen, announce, maxConnections, connectionGater }: HostOptions): Promise<Libp2p> {
  return createLibp2p({
    privateKey: privateKeyFromRaw(privateKey),
    start: false,
    addresses: { listen: [...listen], announce: [...announce] },
    transports: [
      tcp({ backlog: 64, maxConnections, closeServerOnMaxConnections: { closeAbove: maxConnections, listenBelow: maxConnections - 1 } }),
      webSockets(),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({ maxInboundStreams: 128, maxOutboundStreams: 128, streamOptions: { maxStreamWindowSize: STREAM_WINDOW } } as never),
    ],
    ...(connectionGater ? { connectionGater } : {}),
    connectionManager: {
      maxConnections,
      maxParallelDials: 10,
      dialTimeout: 10_000,
      // One machine may run many agents behind one address; a flood is still cut at 50 a second.
      inboundConnectionThreshold: 50,
      maxIncomingPendingConnections: 64,
      inboundUpgradeTimeout: 10_000,
    },
    services: { identify: identify({ agentVersion: "berth-node" } as never), ping: ping() },
  }) as Promise<Libp2p>
}
