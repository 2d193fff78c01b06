import type { Deployment } from "@berth/protocol"
import type { Abi, Address, ContractEventName, GetContractEventsReturnType, PublicClient } from "viem"
import { BaseError, HttpRequestError, SocketClosedError, TimeoutError, WebSocketRequestError } from "viem"
import { asChainError } from "./chain-error.ts"

/** Blocks asked for in one `eth_getLogs` where the RPC refuses more at once: most providers allow 10,000. */
const SPAN = 9_000n

/** Answers that ask for patience, or for money: fewer blocks at once are no help against these. */
const NOT_THE_RANGE: readonly number[] = [401, 402, 403, 429, -32007]
/** Gateways' answers when what is behind them is down, or had too much to look through: in a range that most take it is down. */
const TOO_SLOW: readonly number[] = [408, 502, 503, 504]

/** A chain to read from, and where its market begins. */
export interface EventSource {
  readonly publicClient: PublicClient
  readonly deployment: Pick<Deployment, "startBlock">
}

/** Which events of a contract. */
export interface EventsQuery<abi extends Abi, name extends ContractEventName<abi>> {
  readonly address: Address
  readonly abi: abi
  readonly eventName: name
  /** Values of indexed parameters; a list means any of them. */
  readonly args: object
  /** The first block that can hold one; the market's first by default. */
  readonly fromBlock?: bigint | undefined
}

/** All events of a kind since the market began, oldest first. Asks for the whole range, and in pieces where the RPC refuses that. */
export async function readEvents<const abi extends Abi, name extends ContractEventName<abi>>(
  source: EventSource,
  query: EventsQuery<abi, name>,
  doing: string,
): Promise<GetContractEventsReturnType<abi, name, true>> {
  const all = []
  for await (const logs of eventsBy(readRange, source, query, doing)) all.push(...logs)
  return all as unknown as GetContractEventsReturnType<abi, name, true>
}

/** The same piece by piece, never all at once: for events that hold much. */
export function eachEvents<const abi extends Abi, name extends ContractEventName<abi>>(
  source: EventSource,
  query: EventsQuery<abi, name>,
  doing: string,
): AsyncGenerator<GetContractEventsReturnType<abi, name, true>> {
  return eventsBy(readInPieces, source, query, doing)
}

async function* eventsBy<const abi extends Abi, name extends ContractEventName<abi>>(
  reader: typeof readInPieces,
  { publicClient, deployment }: EventSource,
  query: EventsQuery<abi, name>,
  doing: string,
): AsyncGenerator<GetContractEventsReturnType<abi, name, true>> {
  const { fromBlock = deployment.startBlock, ...what } = query
  const read = (from: bigint, to: bigint) =>
    publicClient.getContractEvents({ ...what, fromBlock: from, toBlock: to, strict: true } as never) as unknown as Promise<
      GetContractEventsReturnType<abi, name, true>
    >
  try {
    const head = await publicClient.getBlockNumber({ cacheTime: 0 })
    for await (const { found } of reader(fromBlock, head, read)) yield found
  } catch (error) {
    throw asChainError(error, doing)
  }
}

/**
 * Reads blocks `from` to `to`, oldest first, in one piece or, where the RPC refuses that many blocks, in smaller ones, halved until it answers: no block is
 * left out and none is read twice. `upTo`: the last block of a piece.
 * @param most blocks in one piece; all by default
 */
async function* readRange<T>(
  from: bigint,
  to: bigint,
  read: (from: bigint, to: bigint) => Promise<T>,
  most = to - from + 1n,
): AsyncGenerator<{ readonly found: T; readonly upTo: bigint }> {
  let span = most
  for (let next = from; next <= to; ) {
    const upTo = next + span - 1n < to ? next + span - 1n : to
    const piece = await read(next, upTo).then(
      (found) => ({ found }),
      (error) => {
        span = lessThan(upTo - next + 1n, error)
      },
    )
    if (!piece) continue
    yield { found: piece.found, upTo }
    next = upTo + 1n
  }
}

/** The same in pieces that are small enough for most providers: for what is read all the time, or without a filter. */
export function readInPieces<T>(
  from: bigint,
  to: bigint,
  read: (from: bigint, to: bigint) => Promise<T>,
): AsyncGenerator<{ readonly found: T; readonly upTo: bigint }> {
  return readRange(from, to, read, SPAN)
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
