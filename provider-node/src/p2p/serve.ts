import { ProtocolError } from "@berth/protocol"
import { errorToWire, type ProtocolLimits, type WireError } from "@berth/protocol/wire"
import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface"
import type { Logger } from "pino"
import { Channel, type Codec } from "./channel.ts"
import type { Gater } from "./gater.ts"
import type { RateLimit } from "./rate-limit.ts"

export interface Protocol<In, Out> {
  readonly limits: ProtocolLimits
  /** Largest frame that we read, bytes: requests are smaller than answers. */
  readonly maxRequest: number
  /** How long the other side may take to close its half after our last frame, ms; the protocol's time limit unless given. */
  readonly lingerMs?: number
  readonly request: Codec<In>
  readonly response: Codec<Out>
  /** The protocol's message that carries an error. */
  error(error: WireError): Out
  /** Talks on one stream until done. What it throws is answered as an error; a foreign error is logged and answered as `internal`. */
  handle(channel: Channel<In, Out>, peer: PeerId): Promise<void>
}

export interface ServeModules {
  readonly host: Libp2p
  readonly rates: RateLimit
  readonly gater: Gater
  readonly open: OpenStreams
  readonly log: Logger
}

/** How many streams are served or not closed yet, over all peers and protocols. */
export interface OpenStreams {
  count: number
  readonly max: number
}

/** An answer to somebody who misbehaved must not keep us: this long, then the stream is reset. */
const ERROR_ANSWER_MS = 2_000
/** Of protocols that send much: somebody has paused a pager, and what is still to be read lies in the other side's own window. */
export const PAGER_MS = 120_000

/** Registers a protocol. Nothing that a stranger sends gets further than this function. */
export async function serve<In, Out>(protocol: Protocol<In, Out>, modules: ServeModules): Promise<void> {
  const { limits } = protocol
  await modules.host.handle(limits.id, (stream, connection) => talk(protocol, stream, connection, modules), {
    maxInboundStreams: limits.maxStreams,
    runOnLimitedConnection: true,
  })
}

async function talk<In, Out>(protocol: Protocol<In, Out>, stream: Stream, connection: Connection, modules: ServeModules): Promise<void> {
  const { limits } = protocol
  const { rates, open, log } = modules
  const peer = connection.remotePeer
  const channel = new Channel(stream, limits, { in: protocol.request, out: protocol.response }, protocol.maxRequest)
  open.count += 1
  // Not before: until then it holds memory, whatever has become of the request.
  if (channel.closed.aborted) open.count -= 1
  else channel.closed.addEventListener("abort", () => open.count--)
  try {
    if (open.count > open.max) throw new ProtocolError("rate_limited", "this node serves as many streams as it may: try later")
    if (!rates.take(peer.toString(), limits.id))
      throw new ProtocolError("rate_limited", `too many requests on ${limits.id}: wait a second and try again`)
    await protocol.handle(channel, peer)
    await channel.close()
  } catch (error) {
    if (!(error instanceof ProtocolError)) log.error({ err: error, protocol: limits.id }, "a request failed")
    else log.debug({ code: error.code, reason: error.message, protocol: limits.id }, "a request was refused")
    await answer(channel, protocol.error(errorToWire(error)))
    punish(error, connection, modules)
    return channel.linger(limits.timeoutMs)
  }
  channel.linger(protocol.lingerMs ?? limits.timeoutMs)
}

/** Frames in no format are nobody's mistake twice a second: who keeps sending them is cut off. */
function punish(error: unknown, connection: Connection, { gater, log }: ServeModules): void {
  if (!(error instanceof ProtocolError) || (error.code !== "malformed" && error.code !== "too_large")) return
  if (!gater.fault(connection.remotePeer)) return
  log.warn({ peer: connection.remotePeer.toString() }, "a peer keeps sending what is in no format: turned away for ten minutes")
  connection.abort(new Error("too many malformed frames"))
}

async function answer<In, Out>(channel: Channel<In, Out>, message: Out): Promise<void> {
  if (channel.closed.aborted) return
  try {
    await channel.write(message, ERROR_ANSWER_MS)
    await channel.close()
  } catch (error) {
    channel.abort(error as Error)
  }
}
