import { BaseError, HttpRequestError, SocketClosedError, TimeoutError, WebSocketRequestError } from "viem"

/** Blocks asked for in one `eth_getLogs` where the RPC refuses more at once: most providers allow 10,000. */
const SPAN = 9_000n

/** Answers that ask for patience, or for money: fewer blocks at once are no help against these. */
const NOT_THE_RANGE: readonly number[] = [401, 402, 403, 429, -32007]
/** Gateways' answers when what is behind them is down, or had too much to look through: in a range that most take it is down. */
const TOO_SLOW: readonly number[] = [408, 502, 503, 504]

/** A piece of a range as it was read. */
export interface Piece<T> {
  readonly found: T
  /** Its blocks, both ends included. */
  readonly from: bigint
  readonly to: bigint
}

export interface RangeOptions {
  /** Pieces in the order of the newest first: for whoever may stop at the first find. */
  readonly newestFirst?: boolean
  /** Pieces that are small enough for most providers from the start: for what is read all the time, or without a filter. */
  readonly inPieces?: boolean
}

/**
 * Reads blocks `first` to `last` by `eth_getLogs`: in one piece or, where the RPC refuses that many blocks, in smaller ones, halved until it answers. No block is
 * left out and none is read twice. Throws what `read` threw where asking for less would not help.
 */
export async function* readRange<T>(
  first: bigint,
  last: bigint,
  read: (from: bigint, to: bigint) => Promise<T>,
  { newestFirst = false, inPieces = newestFirst }: RangeOptions = {},
): AsyncGenerator<Piece<T>> {
  let [low, high] = [first, last]
  // Newest first is for finds that are near: the whole of a chain is not asked for at once.
  let span = inPieces ? SPAN : last - first + 1n
  while (low <= high) {
    const whole = high - low < span
    const from = whole || !newestFirst ? low : high - span + 1n
    const to = whole || newestFirst ? high : low + span - 1n
    const piece = await read(from, to).then(
      (found) => ({ found, from, to }),
      (error) => {
        span = lessThan(to - from + 1n, error)
      },
    )
    if (!piece) continue
    yield piece
    if (newestFirst) high = from - 1n
    else low = to + 1n
  }
}

/** How many blocks to ask for after `blocks` were refused with `error`; throws it where fewer would not help. */
function lessThan(blocks: bigint, error: unknown): bigint {
  if (blocks === 1n || !(error instanceof BaseError)) throw error
  const is = (matches: (e: { readonly status?: number; readonly code?: number }) => boolean) =>
    error.walk((e) => matches(e as { status?: number; code?: number })) !== null
  // Without an answer, or with one that is not about this question: asking for less is only asking again.
  if (is((e) => e instanceof WebSocketRequestError || e instanceof SocketClosedError)) throw error
  if (is((e) => e instanceof HttpRequestError && e.status === undefined)) throw error
  if (is((e) => NOT_THE_RANGE.includes(e.status ?? e.code ?? 0))) throw error
  const tooSlow = is((e) => e instanceof TimeoutError || TOO_SLOW.includes(e.status ?? 0))
  if (tooSlow && blocks <= SPAN) throw error
  return blocks > SPAN ? SPAN : blocks / 2n
}
