import type { Deployment } from "@berth/protocol"
import { type RangeOptions, readRange } from "@berth/protocol/read-range"
import type { Abi, Address, ContractEventName, GetContractEventsReturnType, PublicClient } from "viem"
import { asChainError } from "./chain-error.ts"

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
  for await (const logs of eventsBy(source, query, doing)) all.push(...logs)
  return all as unknown as GetContractEventsReturnType<abi, name, true>
}

/** The same piece by piece, never all at once: for events that hold much. */
export function eachEvents<const abi extends Abi, name extends ContractEventName<abi>>(
  source: EventSource,
  query: EventsQuery<abi, name>,
  doing: string,
): AsyncGenerator<GetContractEventsReturnType<abi, name, true>> {
  return eventsBy(source, query, doing, { inPieces: true })
}

async function* eventsBy<const abi extends Abi, name extends ContractEventName<abi>>(
  { publicClient, deployment }: EventSource,
  query: EventsQuery<abi, name>,
  doing: string,
  options?: RangeOptions,
): AsyncGenerator<GetContractEventsReturnType<abi, name, true>> {
  const { fromBlock = deployment.startBlock, ...what } = query
  const read = (from: bigint, to: bigint) =>
    publicClient.getContractEvents({ ...what, fromBlock: from, toBlock: to, strict: true } as never) as unknown as Promise<
      GetContractEventsReturnType<abi, name, true>
    >
  try {
    const head = await publicClient.getBlockNumber({ cacheTime: 0 })
    for await (const { found } of readRange(fromBlock, head, read, options)) yield found
  } catch (error) {
    throw asChainError(error, doing)
  }
}
