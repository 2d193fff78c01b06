import type { Address, Market } from "@berth/protocol"
import { berthAbi, computeRecordsAbi, reservationsAbi } from "@berth/protocol/abi"
import { readRange } from "@berth/protocol/read-range"
import { createPublicClient, decodeFunctionResult, encodeFunctionData, http, type PublicClient, parseEventLogs } from "viem"
import { chainError } from "../../chain/errors.ts"
import { chunks, type TabFunds } from "../batches.ts"
import type { DaySigners, ReservedDay } from "../reserved.ts"

export interface Head {
  readonly number: bigint
  /** Unix seconds, chain time. */
  readonly timestamp: bigint
}

/** What the recorder wants to know of the core contract's events. Addresses are lower-case. */
export type MarketEvent =
  | { readonly name: "CloseRequested"; readonly signer: Address; readonly node: Address; readonly closesAt: bigint }
  | { readonly name: "TabClosed"; readonly signer: Address; readonly node: Address }
  | { readonly name: "NodeUpdated"; readonly node: Address; readonly recorders: readonly Address[] }

const STATES = ["none", "open", "closed"] as const
/** Tabs asked for in one call: some 3 M gas, which every RPC node allows. */
const TABS_PER_CALL = 300
/** Reservations asked for in one call: it runs code of its own, whose answer the chain holds to the size of a contract, 24 KiB. */
const RESERVATIONS_PER_CALL = 16

/** Reads the chain. Nothing here sends. */
export class MarketReader {
  readonly client: PublicClient
  readonly #market: Market
  readonly #records: Address
  readonly #reservations: Address

  constructor(rpcUrl: string, market: Market, { computeRecords, reservations }: { computeRecords: Address; reservations: Address }) {
    this.client = createPublicClient({ transport: http(rpcUrl, { retryCount: 0, timeout: 10_000 }), cacheTime: 0 })
    this.#market = market
    this.#records = computeRecords
    this.#reservations = reservations
  }

  /** @throws Error when the RPC serves another chain or the contract is not there */
  async check(startBlock: bigint): Promise<{ origin: `0x${string}` }> {
    const [chainId, code, block] = await Promise.all([
      this.client.getChainId(),
      this.client.getCode({ address: this.#market.contract }),
      this.client.getBlock({ blockNumber: startBlock }),
    ])
    if (chainId !== this.#market.chainId)
      throw new Error(`the RPC serves chain ${chainId}, the deployment is on ${this.#market.chainId}: correct one of them`)
    if (!code) throw new Error(`no contract at ${this.#market.contract} on chain ${chainId}: is this the right deployment file?`)
    return { origin: block.hash }
  }

  async head(): Promise<Head> {
    const { number, timestamp } = await this.client.getBlock({ blockTag: "latest" })
    return { number, timestamp }
  }

  /** Funds of many tabs at one block, in the order asked. @throws ChainUnavailable */
  async funds(tabs: readonly { readonly signer: Address; readonly node: Address }[]): Promise<TabFunds[]> {
    const answers = chunks(tabs, TABS_PER_CALL).map(async (part) => {
      const calls = part.map(({ signer, node }) => encodeFunctionData({ abi: berthAbi, functionName: "tabs", args: [signer, node] }))
      const { result } = await this.client.simulateContract({
        address: this.#market.contract,
        abi: berthAbi,
        functionName: "multicall",
        args: [calls],
      })
      return result.map((data) => {
        const { state, deposit, spent } = decodeFunctionResult({ abi: berthAbi, functionName: "tabs", data })
        return { state: STATES[state]!, deposit, spent }
      })
    })
    return (await Promise.all(answers).catch((cause) => refuse("tabs", cause))).flat()
  }

  /** Who signs under reservations on the days of receipts, in the order asked. @throws ChainUnavailable */
  async daySigners(days: readonly ReservedDay[]): Promise<DaySigners[]> {
    const at = { address: this.#reservations, abi: reservationsAbi } as const
    const ask = ({ id, day }: ReservedDay) =>
      [
        { ...at, functionName: "reservationOf", args: [id] },
        { ...at, functionName: "signerOf", args: [id, day - 1] },
        { ...at, functionName: "signerOf", args: [id, day] },
      ] as const
    const calls = chunks(days, RESERVATIONS_PER_CALL).map((part) =>
      this.client.multicall({ contracts: part.flatMap(ask), allowFailure: false, deployless: true, batchSize: 0 }),
    )
    const answers = (await Promise.all(calls).catch((cause) => refuse("reservations", cause))).flat()
    return days.map(({ day }, i) => {
      const [view, before, on] = answers.slice(3 * i, 3 * i + 3) as [{ node: Address; startDay: number; endDay: number }, Address, Address]
      const within = (d: number) => d >= view.startDay && d < view.endDay
      const signers = [...(within(day - 1) ? [before] : []), ...(within(day) ? [on] : [])]
      return { node: lower(view.node), signers: signers.map(lower) }
    })
  }

  async events(fromBlock: bigint, toBlock: bigint): Promise<MarketEvent[]> {
    const read = (from: bigint, to: bigint) => this.client.getLogs({ address: this.#market.contract, fromBlock: from, toBlock: to })
    const logs = []
    for await (const { found } of readRange(fromBlock, toBlock, read)) logs.push(...found)
    const names = ["CloseRequested", "TabClosed", "NodeUpdated"] as const
    return parseEventLogs({ abi: berthAbi, logs, eventName: [...names] }).map(({ eventName, args }): MarketEvent => {
      if (eventName === "NodeUpdated") return { name: eventName, node: lower(args.node), recorders: args.profile.recorders.map(lower) }
      const tab = { signer: lower(args.signer), node: lower(args.node) }
      if (eventName === "CloseRequested") return { name: eventName, ...tab, closesAt: args.closesAt }
      return { name: eventName, ...tab }
    })
  }

  /** Whether `recorder` anchored `root` since a block. Anchors hold what they anchor: the newest are looked at first, and none that it need not. */
  async anchoredBy(recorder: Address, root: `0x${string}`, since: bigint): Promise<boolean> {
    const what = { address: this.#records, abi: computeRecordsAbi, eventName: "Anchored", args: { recorder } } as const
    const read = (fromBlock: bigint, toBlock: bigint) => this.client.getContractEvents({ ...what, fromBlock, toBlock })
    const head = await this.client.getBlockNumber({ cacheTime: 0 })
    for await (const { found } of readRange(since, head, read, { newestFirst: true }))
      if (found.some((log) => log.args.root === root)) return true
    return false
  }
}

function refuse(what: string, cause: unknown): never {
  throw chainError(what, cause)
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address
}
