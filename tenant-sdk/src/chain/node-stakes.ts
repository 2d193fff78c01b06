import type { Address, Deployment } from "@berth/protocol"
import type { PublicClient } from "viem"
import { reservationsAbi } from "./abi.ts"
import { asChainError } from "./chain-error.ts"

/**
 * The stake behind each node, as the chain said it last: what the node's quotes may lock (`lockable`). It stands behind that node alone, and
 * reservations and unbonding take it out, so it is never counted twice. What a node says of its stake is not asked.
 */
export class NodeStakes {
  readonly #client: PublicClient
  readonly #deployment: Deployment
  readonly #seen = new Map<Address, bigint>()
  readonly #reading = new Map<Address, Promise<bigint>>()

  constructor(client: PublicClient, deployment: Deployment) {
    this.#client = client
    this.#deployment = deployment
  }

  /** Credits as last read; undefined when they never were. */
  of(node: Address): bigint | undefined {
    return this.#seen.get(node)
  }

  /** Reads it now. Looks at one node at the same time share one reading. @throws BerthError `rpc` */
  look(node: Address): Promise<bigint> {
    const running = this.#reading.get(node)
    if (running) return running
    const reading = this.#read(node).finally(() => this.#reading.delete(node))
    this.#reading.set(node, reading)
    return reading
  }

  /** As read now; as last read when the chain does not answer, or not before `signal` aborts. */
  async lookOrLast(node: Address, signal: AbortSignal): Promise<bigint | undefined> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }))
    if (!signal.aborted) await Promise.race([this.look(node).catch(() => {}), aborted])
    return this.of(node)
  }

  async #read(node: Address): Promise<bigint> {
    try {
      const at = { address: this.#deployment.reservations, abi: reservationsAbi, functionName: "lockable", args: [node] } as const
      const stake = await this.#client.readContract(at)
      this.#seen.set(node, stake)
      return stake
    } catch (error) {
      throw asChainError(error, `reading the stake behind node ${node}`)
    }
  }
}
