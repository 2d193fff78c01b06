import { type ErrorCode, ProtocolError } from "@berth/protocol"
import type { ProtocolLimits } from "@berth/protocol/wire"
import type { Stream } from "@libp2p/interface"
import { type ProtobufStream, pbStream } from "@libp2p/utils"

/** What protons generates for a message. */
export interface Codec<T> {
  encode(message: T): Uint8Array
  decode(bytes: Uint8Array): T
}

/** How long a reader may leave us waiting for room before we give up on it: a person who pauses a pager, not a peer that holds memory. */
const STALLED_MS = 120_000

/** One libp2p stream as frames of two message types, with the protocol's size and time limits on every read and write. */
export class Channel<In, Out> {
  readonly #stream: Stream
  readonly #frames: ProtobufStream<Stream>
  readonly #limits: ProtocolLimits
  readonly #codecs: { readonly in: Codec<In>; readonly out: Codec<Out> }
  readonly #closed = new AbortController()

  readonly #maxRead: number

  /** @param maxRead largest frame to read, bytes; the protocol's own limit unless given */
  constructor(
    stream: Stream,
    limits: ProtocolLimits,
    codecs: { readonly in: Codec<In>; readonly out: Codec<Out> },
    maxRead = limits.maxFrame,
  ) {
    this.#maxRead = maxRead
    this.#stream = stream
    this.#limits = limits
    this.#codecs = codecs
    // What a peer sends before it is read waits here: one frame more than the largest, then the stream is reset.
    this.#frames = pbStream(stream, { maxDataLength: maxRead, maxBufferSize: 2 * maxRead + 4_096 })
    stream.addEventListener("close", () => this.#closed.abort())
    stream.addEventListener("remoteCloseWrite", () => this.onRemoteEnd?.())
  }

  /** Called when the other side will send no more. */
  onRemoteEnd: (() => void) | undefined

  /** Aborts when the stream is over, whoever ended it. */
  get closed(): AbortSignal {
    return this.#closed.signal
  }

  /**
   * The next frame.
   * @param patient wait for as long as the stream lives: for long streams on which silence is normal
   * @throws ProtocolError `too_large`, `malformed`, `timeout`
   */
  async read(patient = false): Promise<In> {
    const signal = patient ? this.#closed.signal : AbortSignal.any([this.#closed.signal, AbortSignal.timeout(this.#limits.timeoutMs)])
    try {
      return await this.#frames.read(this.#codecs.in as never, { signal })
    } catch (error) {
      throw this.#readError(error)
    }
  }

  /** Sends a frame and waits until there is room for more. @throws ProtocolError `timeout` when the other side does not read. */
  async write(message: Out, limitMs = STALLED_MS): Promise<void> {
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(limitMs)])
    try {
      await this.#frames.write(message, this.#codecs.out as never, { signal })
    } catch (cause) {
      throw new ProtocolError("timeout", `the other side of ${this.#limits.id} did not read in ${limitMs} ms or went away`, { cause })
    }
  }

  /** Ends our side after what was written is out. */
  async close(): Promise<void> {
    try {
      await this.#stream.close({ signal: AbortSignal.timeout(this.#limits.timeoutMs) })
    } catch (error) {
      this.abort(error as Error)
    }
  }

  /** Resets the stream if the other side has not closed its half in time, so that nobody keeps it for ever. */
  linger(limitMs: number): void {
    if (this.closed.aborted) return
    const timer = setTimeout(() => this.#stream.abort(new Error("the other side did not close the stream")), limitMs)
    timer.unref()
    this.closed.addEventListener("abort", () => clearTimeout(timer))
  }

  abort(error: Error): void {
    this.#stream.abort(error)
  }

  #readError(error: unknown): ProtocolError {
    const name = (error as Error).name
    const as = (code: ErrorCode, message: string) => new ProtocolError(code, message, { cause: error })
    if (/^InvalidDataLength/.test(name) || name === "StreamBufferError")
      return as("too_large", `a frame of ${this.#limits.id} has at most ${this.#maxRead} bytes`)
    if (this.#closed.signal.aborted || name === "UnexpectedEOFError") return as("timeout", `the stream of ${this.#limits.id} ended`)
    if (name === "TimeoutError" || name === "AbortError")
      return as("timeout", `nothing came on ${this.#limits.id} for ${this.#limits.timeoutMs} ms`)
    return as("malformed", `a frame of ${this.#limits.id} can't be decoded`)
  }
}
