import { type ErrorCode, ProtocolError } from "@berth/protocol"
import type { ProtocolLimits } from "@berth/protocol/wire"
import type { Stream } from "@libp2p/interface"
import { type LengthPrefixedStream, lpStream } from "@libp2p/utils"
import { holderOf } from "./guarded-muxer.ts"
import type { Holder } from "./held.ts"

/** As it comes off a stream: in pieces. */
type Frame = Awaited<ReturnType<LengthPrefixedStream["read"]>>

/** What protons generates for a message. */
export interface Codec<T> {
  encode(message: T): Uint8Array
  decode(bytes: Frame): T
}

/** How long a reader may leave us waiting for room before we give up on it: a person who pauses a pager, not a peer that holds memory. */
const STALLED_MS = 120_000
/** A message in memory, in times of its frame: strings, objects, what was parsed out of it. */
const DECODED = 4

/** Bytes of the varint before a frame. */
function prefixOf(length: number): number {
  return Math.max(1, Math.ceil((32 - Math.clz32(length)) / 7))
}

/** One libp2p stream as frames of two message types, with the protocol's size and time limits on every read and write. */
export class Channel<In, Out> {
  readonly #stream: Stream
  readonly #frames: LengthPrefixedStream<Stream>
  /** What this stream makes us hold; undefined of one that we opened. */
  readonly #holder: Holder | undefined
  /** Of the frame that was read last: it is in use until the next one is wanted. */
  #inUse = 0
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
    this.#frames = lpStream(stream, { maxDataLength: maxRead, maxBufferSize: 2 * maxRead + 4_096 })
    this.#holder = holderOf(stream)
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
   * @throws ProtocolError `too_large`, `malformed`, `timeout`, `rate_limited`
   */
  async read(patient = false): Promise<In> {
    const signal = patient ? this.#closed.signal : AbortSignal.any([this.#closed.signal, AbortSignal.timeout(this.#limits.timeoutMs)])
    this.#holder?.give(this.#inUse)
    this.#inUse = 0
    const frame = await this.#frames.read({ signal }).catch((error) => Promise.reject(this.#readError(error)))
    this.#inUse = frame.byteLength + prefixOf(frame.byteLength)
    this.hold(DECODED * frame.byteLength)
    try {
      return this.#codecs.in.decode(frame)
    } catch (error) {
      throw this.#readError(error)
    }
  }

  /** Counts memory that the last frame takes beside itself, until the next one is read. @throws ProtocolError `rate_limited` */
  hold(bytes: number): void {
    if (!this.#holder) return
    if (!this.#holder.take(bytes)) throw new ProtocolError("rate_limited", "there is no room for this now: try later")
    this.#inUse += bytes
  }

  /** Sends a frame and waits until there is room for more. @throws ProtocolError `timeout` when the other side does not read. */
  async write(message: Out, limitMs = STALLED_MS): Promise<void> {
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(limitMs)])
    const frame = this.#codecs.out.encode(message)
    if (this.#holder?.take(frame.length) === false) this.abort(new Error("there is no room for an answer"))
    try {
      await this.#frames.write(frame, { signal })
    } catch (cause) {
      throw new ProtocolError("timeout", `the other side of ${this.#limits.id} did not read in ${limitMs} ms or went away`, { cause })
    }
    // Not after an error: it lies there until the stream is closed.
    this.#holder?.give(frame.length)
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
    if (error instanceof ProtocolError) return error
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
