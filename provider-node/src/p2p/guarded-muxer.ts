import { YamuxFrames } from "@berth/protocol/yamux-frames"
import { yamux } from "@chainsafe/libp2p-yamux"
import type { MessageStream, Stream } from "@libp2p/interface"
import type { Held, Holder } from "./held.ts"

/** Yamux's smallest window, and so the longest frame that an honest peer sends. */
const STREAM_WINDOW = 256 * 1024
/** The muxer answers pings, data and new streams; to one that reads nothing it owes this many answers at most. */
const MAX_UNREAD_ANSWERS = 256
/** One stream may hold this much: twice the largest frame of any protocol, and what is answered. */
const MAX_STREAM_BYTES = 4 * 2 ** 20

const holders = new WeakMap<Stream, Holder>()

/** The count of what a stream holds; undefined of one that we opened ourselves. */
export function holderOf(stream: Stream): Holder | undefined {
  return holders.get(stream)
}

/**
 * Yamux, with what it lacks. Its decoder keeps a frame until it is complete, up to 4 GiB, before it looks at the window; its answers queue up
 * for whoever does not read; and it gives room for more as soon as bytes are in, read or not.
 */
export function guardedYamux(held: Held, maxInboundStreams: number) {
  return () => {
    const factory = yamux({ maxInboundStreams, maxOutboundStreams: 128, streamOptions: { maxStreamWindowSize: STREAM_WINDOW } } as never)()
    const create = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection: MessageStream) => {
      // Before the muxer's own listener: what is too long never gets there.
      watchFrames(connection, held)
      const muxer = create(connection)
      const accept = muxer.onRemoteStream.bind(muxer)
      muxer.onRemoteStream = (stream) => {
        const isCounted = count(stream, held)
        accept(stream)
        if (!isCounted) stream.abort(new Error("this host has as many streams open as it may"))
      }
      return muxer
    }
    return factory
  }
}

function watchFrames(connection: MessageStream, held: Held): void {
  const frames = new YamuxFrames()
  const holder = held.connection((why) => connection.abort(why))
  let unread = 0
  connection.addEventListener("message", ({ data }) => {
    const { longest, answered } = frames.push(data instanceof Uint8Array ? [data] : data)
    if (longest > STREAM_WINDOW) return connection.abort(new Error(`a frame of ${longest} bytes: the window has ${STREAM_WINDOW}`))
    unread = connection.writableNeedsDrain ? unread + answered : 0
    if (unread > MAX_UNREAD_ANSWERS) return connection.abort(new Error("it does not read what it is answered"))
    const more = frames.pending - holder.bytes
    if (more < 0) holder.give(-more)
    else if (more > 0 && !holder.take(more)) connection.abort(new Error("this host holds as much as it may"))
  })
  connection.addEventListener("close", () => holder.close())
}

/** Counts a stream and every byte that comes in on it, whichever protocol it will speak. */
function count(stream: Stream & { onData(data: { readonly byteLength: number }): void }, held: Held): boolean {
  const holder = held.stream((why) => stream.abort(why))
  if (!holder) return false
  holders.set(stream, holder)
  stream.addEventListener("close", () => holder.close())
  const onData = stream.onData.bind(stream)
  stream.onData = (data) => {
    if (holder.bytes + data.byteLength > MAX_STREAM_BYTES || !holder.take(data.byteLength))
      stream.abort(new Error("it sends more than this host may hold"))
    else onData(data)
  }
  return true
}
