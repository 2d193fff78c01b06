/** A piece of a container's output as the engine frames it when there is no terminal. */
export interface Frame {
  readonly stream: "stdout" | "stderr"
  readonly data: Buffer
}

/** Takes frames (8-byte head: kind, length; then the bytes) out of a byte stream that may be cut anywhere. */
export async function* readFrames(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let pending: Buffer = Buffer.alloc(0)
  for await (const piece of bytes) {
    pending = pending.length === 0 ? Buffer.from(piece) : Buffer.concat([pending, piece])
    let offset = 0
    while (pending.length - offset >= 8) {
      const length = pending.readUInt32BE(offset + 4)
      if (pending.length - offset < 8 + length) break
      const kind = pending[offset]
      const data = pending.subarray(offset + 8, offset + 8 + length)
      offset += 8 + length
      if (kind === 3) throw new Error(data.toString("utf8")) // the engine's own failure, told in the stream
      yield { stream: kind === 2 ? "stderr" : "stdout", data }
    }
    pending = pending.subarray(offset)
  }
}
