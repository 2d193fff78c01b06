import type { Abi, Address, ContractEventName, GetContractEventsReturnType } from "viem"
import { HttpRequestError, TimeoutError } from "viem"
import type { BerthClient } from "../client.ts"
import { asChainError } from "./chain-error.ts"

/** Blocks asked for in one `eth_getLogs` where the RPC refuses the whole range: most providers allow 10,000. */
const SPAN = 9_000n

export interface EventsQuery<abi extends Abi, name extends ContractEventName<abi>> {
  readonly address: Address
  readonly abi: abi
  readonly eventName: name
  /** Values of indexed parameters; a list means any of them. */
  readonly args: object
}

/** All events of a kind since the market began, oldest first. Asks for the whole range, and in pieces where the RPC refuses that. */
export async function readEvents<const abi extends Abi, name extends ContractEventName<abi>>(
  client: BerthClient,
  query: EventsQuery<abi, name>,
  doing: string,
): Promise<GetContractEventsReturnType<abi, name, true>> {
  const { publicClient, deployment } = client
  const read = (fromBlock: bigint, toBlock: bigint) =>
    publicClient.getContractEvents({ ...query, fromBlock, toBlock, strict: true } as never) as unknown as Promise<
      GetContractEventsReturnType<abi, name, true>
    >
  try {
    const head = await publicClient.getBlockNumber({ cacheTime: 0 })
    try {
      return await read(deployment.startBlock, head)
    } catch (error) {
      // One that is silent is not asked again; one that answers with a refusal may take less at once.
      const silent = error instanceof TimeoutError || (error instanceof HttpRequestError && error.status === undefined)
      if (silent || head - deployment.startBlock < SPAN) throw error
    }
    const found = []
    for (let from = deployment.startBlock; from <= head; from += SPAN) {
      const to = from + SPAN - 1n
      found.push(...(await read(from, to < head ? to : head)))
    }
    return found as unknown as GetContractEventsReturnType<abi, name, true>
  } catch (error) {
    throw asChainError(error, doing)
  }
}
