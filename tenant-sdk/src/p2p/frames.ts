import type { ProtocolLimits } from "@berth/protocol/wire"
import type { Stream } from "@libp2p/interface"
import { type LengthPrefixedStream, lpStream } from "@libp2p/utils"

/** Unread bytes that we hold before the other side is told to wait. */
const MAX_BUFFER = 4 * 1024 * 1024

/** Length-prefixed frames on one stream, with the protocol's limits on every call. */
export class Frames {
  readonly #stream: Stream
  readonly #lp: LengthPrefixedStream<Stream>
  readonly #timeoutMs: number

  constructor(stream: Stream, limits: ProtocolLimits) {
    this.#stream = stream
    this.#lp = lpStream(stream, { maxDataLength: limits.maxFrame, maxBufferSize: MAX_BUFFER })
    this.#timeoutMs = limits.timeoutMs
  }

  async write(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#lp.write(bytes, { signal: withLimit(signal, this.#timeoutMs) })
  }

  /** The next frame, within the protocol's time limit. */
  async read(signal?: AbortSignal): Promise<Uint8Array> {
    const frame = await this.#lp.read({ signal: withLimit(signal, this.#timeoutMs) })
    return frame.subarray()
  }

  /** The next frame on a stream where silence is normal. */
  async wait(signal?: AbortSignal): Promise<Uint8Array> {
    const frame = await this.#lp.read(signal ? { signal } : {})
    return frame.subarray()
  }

  /** Tells the other side to stop sending while a slow reader works; `resume` after it. */
  pause(): void {
    if (this.#stream.readStatus === "readable") this.#stream.pause()
  }

  resume(): void {
    if (this.#stream.readStatus === "paused") this.#stream.resume()
  }

  /** Ends our side; the other one may still be sending. */
  async close(): Promise<void> {
    await this.#stream.close({ signal: AbortSignal.timeout(this.#timeoutMs) }).catch((error) => this.#stream.abort(error))
  }

  /** Drops the stream at once. */
  abort(): void {
    this.#stream.abort(new Error("no longer needed"))
  }
}

function withLimit(signal: AbortSignal | undefined, timeoutMs: number): AbortSignal {
  const limit = AbortSignal.timeout(timeoutMs)
  return signal ? AbortSignal.any([signal, limit]) : limit
}
