import type { Address, Deployment } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { type Piece, readRange } from "@berth/protocol/read-range"
import type { PublicClient } from "viem"
import { publicClientOf } from "./client.ts"
import { chainError } from "./errors.ts"

export interface Head {
  readonly number: bigint
  /** Unix seconds. */
  readonly timestamp: bigint
}

/** A tab on chain. `closing`: a close is requested, receipts still settle, nothing new runs. */
export interface ChainTab {
  readonly status: "none" | "open" | "closing" | "closed"
  readonly tenant: Address
  /** All that was ever put in, credits. */
  readonly deposit: bigint
  readonly spent: bigint
  /** Unix seconds; 0 while no close is requested. */
  readonly closeRequestedAt: bigint
}

/** What a tab's tenant lets its node claim by itself: credits, credits an hour, unix seconds. Given at the opening and never changed. */
export interface StandingOrder {
  readonly base: bigint
  readonly cap: bigint
  readonly rate: bigint
  readonly from: bigint
  readonly until: bigint
}

/** Nodes that were registered, and tabs that were opened, in some blocks. */
export interface Openings {
  readonly nodes: readonly Address[]
  readonly tabs: readonly { readonly tenant: Address; readonly signer: Address; readonly node: Address }[]
}

export interface ReaderOptions {
  readonly rpcUrls: readonly string[]
  readonly deployment: Deployment
}

/** Reads Berth's contract by RPC: one method, one question. Every method throws `ChainUnavailable` when the RPC does not answer. */
export class ChainReader {
  readonly deployment: Deployment
  readonly #client: PublicClient

  constructor({ rpcUrls, deployment }: ReaderOptions) {
    this.deployment = deployment
    this.#client = publicClientOf(rpcUrls)
  }

  /** @throws Error when the RPC serves another chain than the deployment's. */
  async checkChain(): Promise<void> {
    const found = await this.#ask("its chain id", () => this.#client.getChainId())
    if (found !== this.deployment.chainId)
      throw new Error(`The RPC serves chain ${found}, the deployment is on chain ${this.deployment.chainId}. Set rpcUrl or deployment.`)
  }

  head(): Promise<Head> {
    return this.#ask("the newest block", () => this.#client.getBlock({ blockTag: "latest" }))
  }

  tab(signer: Address, node: Address, blockNumber: bigint): Promise<ChainTab> {
    return this.#ask(`the tab of ${signer}`, async () => {
      const t = await this.#client.readContract({ ...this.#contract, functionName: "tabs", args: [signer, node], blockNumber })
      const status = t.state === 0 ? "none" : t.state === 2 ? "closed" : t.closeRequestedAt > 0 ? "closing" : "open"
      const tenant = t.tenant.toLowerCase() as Address
      return { status, tenant, deposit: t.deposit, spent: t.spent, closeRequestedAt: BigInt(t.closeRequestedAt) }
    })
  }

  /** The standing order of a tab; undefined when it was opened without one. */
  order(signer: Address, node: Address, blockNumber: bigint): Promise<StandingOrder | undefined> {
    return this.#ask(`the standing order of ${signer}`, async () => {
      const call = { ...this.#contract, functionName: "standingOrders", args: [signer, node], blockNumber } as const
      const { base, cap, rate, from, until } = await this.#client.readContract(call)
      return until === 0 ? undefined : { base, cap, rate, from: BigInt(from), until: BigInt(until) }
    })
  }

  /** The operator of a node; undefined when it is not registered. */
  operatorOf(node: Address, blockNumber: bigint): Promise<{ operator: Address; retired: boolean } | undefined> {
    return this.#ask(`the registry's entry of ${node}`, async () => {
      const entry = await this.#client.readContract({ ...this.#contract, functionName: "nodes", args: [node], blockNumber })
      return BigInt(entry.operator) === 0n ? undefined : { operator: entry.operator.toLowerCase() as Address, retired: entry.retired }
    })
  }

  credits(account: Address): Promise<bigint> {
    return this.#ask(`the credits of ${account}`, () =>
      this.#client.readContract({ ...this.#contract, functionName: "credits", args: [account] }),
    )
  }

  /**
   * Nodes that an operator registered in a range of blocks, and the tabs opened there with those and with `nodes`, piece by piece, oldest first. Addresses are
   * lower-case.
   */
  async *openings(operator: Address, nodes: ReadonlySet<Address>, from: bigint, to: bigint): AsyncGenerator<Piece<Openings>> {
    const { address, abi } = this.#contract
    const read = async (fromBlock: bigint, toBlock: bigint): Promise<Openings> => {
      const range = { address, abi, fromBlock, toBlock } as const
      const registered = await this.#client.getContractEvents({ ...range, eventName: "NodeRegistered", args: { operator } })
      const found = registered.map((e) => lower(e.args.node!))
      const node = [...new Set([...nodes, ...found])]
      if (node.length === 0) return { nodes: found, tabs: [] }
      const opened = await this.#client.getContractEvents({ ...range, eventName: "TabOpened", args: { node } })
      const tabs = opened.map(({ args }) => ({ tenant: lower(args.tenant!), signer: lower(args.signer!), node: lower(args.node!) }))
      return { nodes: found, tabs }
    }
    try {
      yield* readRange(from, to, read)
    } catch (error) {
      throw chainError(`the tabs of operator ${operator}`, error)
    }
  }

  get #contract() {
    return { address: this.deployment.berth, abi: berthAbi } as const
  }

  async #ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question()
    } catch (error) {
      throw chainError(what, error)
    }
  }
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address
}
