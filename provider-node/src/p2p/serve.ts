import { ProtocolError } from "@berth/protocol"
import { errorToWire, type ProtocolLimits, type WireError } from "@berth/protocol/wire"
import type { Libp2p, PeerId } from "@libp2p/interface"
import type { Logger } from "pino"
import { Channel, type Codec } from "./channel.ts"
import type { RateLimit } from "./rate-limit.ts"

export interface Protocol<In, Out> {
  readonly limits: ProtocolLimits
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
  readonly log: Logger
}

/** An answer to somebody who misbehaved must not keep us: this long, then the stream is reset. */
const ERROR_ANSWER_MS = 2_000

/** Registers a protocol. Nothing that a stranger sends gets further than this function. */
export async function serve<In, Out>(protocol: Protocol<In, Out>, { host, rates, log }: ServeModules): Promise<void> {
  const { limits } = protocol
  await host.handle(
    limits.id,
    async (stream, connection) => {
      const channel = new Channel(stream, limits, { in: protocol.request, out: protocol.response })
      try {
        if (!rates.take(connection.remotePeer.toString(), limits.id))
          throw new ProtocolError("rate_limited", `too many requests on ${limits.id}: wait a second and try again`)
        await protocol.handle(channel, connection.remotePeer)
        await channel.close()
      } catch (error) {
        if (!(error instanceof ProtocolError)) log.error({ err: error, protocol: limits.id }, "a request failed")
        else log.debug({ code: error.code, reason: error.message, protocol: limits.id }, "a request was refused")
        await answer(channel, protocol.error(errorToWire(error)))
      }
    },
    { maxInboundStreams: limits.maxStreams, runOnLimitedConnection: true },
  )
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
