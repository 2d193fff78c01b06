import { type Address, type Deployment, type TermDiscount, TIERS, type Tier } from "@berth/protocol"
import { readRange } from "@berth/protocol/read-range"
import type { PublicClient } from "viem"
import { berthAbi } from "./abi.ts"
import { asChainError } from "./chain-error.ts"

/** What a node sells, as registered. The binding price is always in a signed quote. */
export interface NodeOffer {
  readonly class: string
  /** Units it has in all: GPUs, or vCPUs of `cpu/x86-64`. */
  readonly count: number
  readonly vramMiB: number
  /** Credits per GPU-hour. */
  readonly price: bigint
  /** What reservations cost less, by term. */
  readonly discounts: readonly TermDiscount[]
}

/** A registered node that takes new tabs. */
export interface NodeInfo {
  readonly node: Address
  readonly operator: Address
  readonly tier: Tier
  /** ISO 3166 code, with an optional city: `DE/Berlin`. */
  readonly region: string
  /** libp2p multiaddrs. */
  readonly addresses: readonly string[]
  readonly recorders: readonly Address[]
  readonly offers: readonly NodeOffer[]
}

/** The registry as its events say, read once and then only what is new. */
export class NodeDirectory {
  readonly #nodes = new Map<Address, NodeInfo & { retired: boolean }>()
  #next: bigint | undefined
  #reading: Promise<void> | undefined

  /** Reads the blocks since the last look. Calls at the same time share one reading. */
  async refresh(publicClient: PublicClient, deployment: Deployment): Promise<void> {
    this.#reading ??= this.#read(publicClient, deployment).finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  /** Nodes that are not retired. */
  list(): NodeInfo[] {
    return [...this.#nodes.values()].filter((n) => !n.retired)
  }

  /** All nodes of an operator, retired ones too. */
  ofOperator(operator: Address): NodeInfo[] {
    return [...this.#nodes.values()].filter((n) => n.operator.toLowerCase() === operator.toLowerCase())
  }

  /** A node by its address, retired ones too: their tabs live on. */
  get(node: Address): NodeInfo | undefined {
    return this.#nodes.get(node.toLowerCase() as Address)
  }

  async #read(publicClient: PublicClient, deployment: Deployment): Promise<void> {
    try {
      const head = await publicClient.getBlockNumber({ cacheTime: 0 })
      const read = (fromBlock: bigint, toBlock: bigint) =>
        publicClient.getContractEvents({ address: deployment.berth, abi: berthAbi, fromBlock, toBlock })
      for await (const { found, to } of readRange(this.#next ?? deployment.startBlock, head, read, { inPieces: true })) {
        for (const log of found) this.#apply(log)
        this.#next = to + 1n
      }
    } catch (error) {
      throw asChainError(error, "reading the node registry")
    }
  }

  #apply(log: { eventName: string; args: unknown }): void {
    const args = log.args as { node?: Address; operator?: Address; profile?: RawProfile; offers?: readonly NodeOffer[] }
    const node = args.node?.toLowerCase() as Address | undefined
    if (!node) return
    const known = this.#nodes.get(node) ?? { ...EMPTY, node }
    if (log.eventName === "NodeRegistered") this.#nodes.set(node, { ...known, operator: args.operator! })
    else if (log.eventName === "NodeUpdated") {
      const { tier, region, addresses, recorders } = args.profile!
      this.#nodes.set(node, { ...known, tier: TIERS[tier] ?? "individual", region, addresses, recorders })
    } else if (log.eventName === "OffersUpdated") this.#nodes.set(node, { ...known, offers: args.offers! })
    else if (log.eventName === "NodeRetired") this.#nodes.set(node, { ...known, retired: true })
  }
}

interface RawProfile {
  readonly tier: number
  readonly region: string
  readonly addresses: readonly string[]
  readonly recorders: readonly Address[]
}

const EMPTY = {
  operator: "0x0000000000000000000000000000000000000000" as Address,
  tier: "individual" as Tier,
  region: "",
  addresses: [],
  recorders: [],
  offers: [],
  retired: false,
}
