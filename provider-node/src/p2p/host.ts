import { noise } from "@chainsafe/libp2p-noise"
import { privateKeyFromRaw } from "@libp2p/crypto/keys"
import { identify } from "@libp2p/identify"
import type { ConnectionGater, Libp2p } from "@libp2p/interface"
import { tcp } from "@libp2p/tcp"
import { createLibp2p } from "libp2p"
import { boundedWebSockets } from "./bounded-web-sockets.ts"
import { guardedYamux } from "./guarded-muxer.ts"
import { Held, type HeldLimits } from "./held.ts"
import { answerPings } from "./ping.ts"

export interface HostOptions {
  readonly privateKey: Uint8Array
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly maxConnections: number
  readonly connectionGater?: ConnectionGater
  /** What strangers may make it hold; a node's by default. */
  readonly held?: Held
  /** Streams that one connection may open; a node's by default. */
  readonly maxStreamsEach?: number
}

/** The host, for those outside p2p/. */
export type Host = Libp2p

/** A thousand agents' receipt streams, and as many requests; a request of the largest kind from four hundred of them. */
export const NODE_HELD: HeldLimits = { maxBytes: 192 * 2 ** 20, maxStreams: 2_500 }
/** All protocols' together are 60, and libp2p has its own. */
const NODE_STREAMS_EACH = 128
/** An open stream, with the objects of libp2p around it, beside the bytes that are counted; 21 KiB were measured. */
const STREAM_BYTES = 24 * 1024
/** A connection: libp2p's objects (66 KiB were measured), Noise's frame and what the socket read last (64 KiB each), answers that nobody reads. */
const CONNECTION_BYTES = 320 * 1024

/** The most live memory that strangers can make a host use, bytes. What is not collected yet comes on top of it, as in any program of Node's. */
export function worstCase({ maxBytes, maxStreams }: HeldLimits, maxConnections: number): number {
  return maxBytes + maxStreams * STREAM_BYTES + maxConnections * CONNECTION_BYTES
}

/** The node's libp2p host: TCP and WebSocket, Noise, yamux. Its PeerId is the node's key. Not started. */
export async function createHost(options: HostOptions): Promise<Libp2p> {
  const { privateKey, listen, announce, maxConnections, connectionGater } = options
  const held = options.held ?? new Held(NODE_HELD)
  const host = (await createLibp2p({
    privateKey: privateKeyFromRaw(privateKey),
    start: false,
    addresses: { listen: [...listen], announce: [...announce] },
    transports: [
      tcp({ backlog: 64, maxConnections, closeServerOnMaxConnections: { closeAbove: maxConnections, listenBelow: maxConnections - 1 } }),
      boundedWebSockets(maxConnections),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [guardedYamux(held, options.maxStreamsEach ?? NODE_STREAMS_EACH)],
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
    services: { identify: identify({ agentVersion: "berth-node" } as never) },
  })) as unknown as Libp2p
  await answerPings(host)
  return host
}
