import { type Address, addressOf } from "@berth/protocol"
import type { ProtocolLimits } from "@berth/protocol/wire"
import { noise } from "@chainsafe/libp2p-noise"
import { generateKeyPair, privateKeyFromRaw } from "@libp2p/crypto/keys"
import { identify } from "@libp2p/identify"
import type { Connection, PeerId } from "@libp2p/interface"
import { ping } from "@libp2p/ping"
import { tcp } from "@libp2p/tcp"
import { webSockets } from "@libp2p/websockets"
import { multiaddr } from "@multiformats/multiaddr"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { createLibp2p } from "libp2p"
import { BerthError } from "../errors.ts"
import { boundedYamux } from "./bounded-yamux.ts"
import { Frames } from "./frames.ts"
import { asP2pError } from "./p2p-error.ts"

/** Whom to call. */
export interface Callee {
  readonly node: Address
  readonly addresses: readonly string[]
}

/** This process on the network. It dials and listens to nobody. */
export interface P2pHost {
  /** Our PeerId's multihash: session proofs name it. */
  readonly peer: Uint8Array
  /** Opens a stream to a node, over the connection there is or a new one. The other end is proved to hold the node's key. */
  open(callee: Callee, protocol: ProtocolLimits, signal?: AbortSignal): Promise<Frames>
  /** Closes connections to a node, so that the next stream dials again. */
  hangUp(callee: Callee): Promise<void>
  stop(): Promise<void>
}

export interface HostOptions {
  /** secp256k1 private key of the PeerId; a fresh one by default. */
  readonly key?: Uint8Array
}

/** Milliseconds for a dial; home nodes behind slow lines answer within a few seconds. */
const DIAL_MS = 8_000

/** Starts a libp2p host that only dials. */
export async function startHost(options: HostOptions): Promise<P2pHost> {
  const privateKey = options.key ? privateKeyFromRaw(options.key) : await generateKeyPair("secp256k1")
  const node = await createLibp2p({
    privateKey,
    addresses: { listen: [] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [boundedYamux()],
    services: { identify: identify(), ping: ping() },
    connectionManager: { dialTimeout: DIAL_MS, maxConnections: 1_000 },
    connectionMonitor: { enabled: true, abortConnectionOnPingFailure: true },
  })
  const connections = new Map<Address, Promise<Connection>>()

  const connect = (callee: Callee, signal: AbortSignal) => {
    const key = callee.node.toLowerCase() as Address
    const made = dial(callee, signal).then(
      (connection) => {
        connection.addEventListener("close", () => connections.delete(key))
        return connection
      },
      (error) => {
        connections.delete(key)
        throw error
      },
    )
    connections.set(key, made)
    return made
  }

  async function dial(callee: Callee, signal: AbortSignal): Promise<Connection> {
    const addresses = callee.addresses.map((a) => multiaddr(a))
    if (addresses.length === 0)
      throw new BerthError("unreachable", `node ${callee.node} has no address in the registry`, { hint: "choose another node" })
    const connection = await node.dial(addresses, { signal }).catch((error) => {
      throw asP2pError(error, callee)
    })
    const found = nodeOf(connection.remotePeer)
    if (found === callee.node.toLowerCase()) return connection
    await connection.close()
    throw new BerthError("unauthorized", `${addresses[0]} is not node ${callee.node} but ${found ?? "somebody without a secp256k1 key"}`)
  }

  return {
    peer: node.peerId.toMultihash().bytes,
    async open(callee, protocol, signal) {
      const limit = AbortSignal.timeout(DIAL_MS)
      const both = signal ? AbortSignal.any([signal, limit]) : limit
      const known = await connections.get(callee.node.toLowerCase() as Address)?.catch(() => undefined)
      const connection = known?.status === "open" ? known : await connect(callee, both)
      try {
        return new Frames(await connection.newStream(protocol.id, { signal: both, runOnLimitedConnection: true }), protocol)
      } catch (error) {
        throw asP2pError(error, callee)
      }
    },
    async hangUp(callee) {
      const key = callee.node.toLowerCase() as Address
      const connection = await connections.get(key)?.catch(() => undefined)
      connections.delete(key)
      connection?.abort(new Error("hung up"))
    },
    stop: () => Promise.resolve(node.stop()),
  }
}

/** The Ethereum address of a secp256k1 PeerId: node key, receipt signer and PeerId are one. */
function nodeOf(peer: PeerId): Address | undefined {
  if (peer.type !== "secp256k1" || !peer.publicKey) return undefined
  return addressOf(secp256k1.Point.fromBytes(peer.publicKey.raw).toBytes(false)).toLowerCase() as Address
}
