import type { Libp2p, Stream } from "@libp2p/interface"
import { byteStream } from "@libp2p/utils"
import { holderOf } from "./guarded-muxer.ts"

const PING = "/ipfs/ping/1.0.0"
const PING_BYTES = 32
const LIMIT_MS = 10_000

/** libp2p's ping, answered one at a time: libp2p's own handler collects without end what it can't send back. */
export function answerPings(host: Libp2p): Promise<void> {
  return host.handle(PING, answer, { maxInboundStreams: 2, runOnLimitedConnection: true })
}

async function answer(stream: Stream): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS)
  const bytes = byteStream(stream, { maxBufferSize: 1_024 })
  try {
    while (stream.remoteWriteStatus === "writable" || stream.readBufferLength > 0) {
      await bytes.write(await bytes.read({ bytes: PING_BYTES, signal }), { signal })
      holderOf(stream)?.give(PING_BYTES)
    }
    await stream.close({ signal })
  } catch (error) {
    // Most pings end so: one question, then the other side's end of the stream.
    if ((error as Error).name === "UnexpectedEOFError") await stream.close({ signal }).catch((cause) => stream.abort(cause))
    else stream.abort(error as Error)
  }
}
