import { YamuxFrames } from "@berth/protocol/yamux-frames"
import { yamux } from "@chainsafe/libp2p-yamux"
import type { MessageStream } from "@libp2p/interface"

/** Sixteen times what a node's muxer sends in one frame. */
const LONGEST_FRAME = 2 ** 20

/** Yamux that hangs up on frames which are too long: its decoder keeps one until it is complete, up to 4 GiB, and so would a hostile node's. */
export function boundedYamux() {
  return () => {
    const factory = yamux()()
    const create = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection: MessageStream) => {
      const frames = new YamuxFrames()
      // Before the muxer's own listener: what is too long never gets there.
      connection.addEventListener("message", ({ data }) => {
        const { longest } = frames.push(data instanceof Uint8Array ? [data] : data)
        if (longest > LONGEST_FRAME)
          connection.abort(new Error(`the node sends a frame of ${longest} bytes: ${LONGEST_FRAME} at most are taken`))
      })
      return create(connection)
    }
    return factory
  }
}
