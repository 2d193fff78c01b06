import type { Address } from "@berth/protocol"
import { reservationsAbi } from "@berth/protocol/abi"
import { readRange } from "@berth/protocol/read-range"
import type { Hex } from "viem"
import type { BerthClient } from "../client.ts"
import { asChainError } from "./chain-error.ts"

/** What an agent needs to know of a reservation to use it and to sign for its days. Days are UTC days. */
export interface Reserved {
  readonly id: Hex
  readonly node: Address
  readonly class: string
  readonly gpus: number
  readonly startDay: number
  /** First day that is not part of it (any more). */
  readonly endDay: number
  readonly claimPeriod: number
  /** Every day before it is resolved. */
  readonly openDay: number
  /** Days from `openDay` on that are resolved, lowest bit first. */
  readonly resolved: bigint
}

/** Reads reservations for an agent. Every method throws BerthError `rpc` when the RPC does not answer. */
export class ReservedReader {
  readonly #client: BerthClient
  #next: bigint | undefined
  /** Found and not handed out yet: a reading that broke off is gone on with, and not begun anew. */
  readonly #found: Hex[] = []

  constructor(client: BerthClient) {
    this.#client = client
  }

  /** Undefined when there is no such reservation (yet). */
  async read(id: Hex): Promise<Reserved | undefined> {
    return this.#ask(`reservation ${id}`, async (address) => {
      const at = { address, abi: reservationsAbi } as const
      const view = await this.#client.publicClient.readContract({ ...at, functionName: "reservationOf", args: [BigInt(id)] })
      if (BigInt(view.node) === 0n) return undefined
      const { class: gpuClass, gpus, startDay, endDay, claimPeriod, openDay, resolved } = view
      return { id, node: view.node.toLowerCase() as Address, class: gpuClass, gpus, startDay, endDay, claimPeriod, openDay, resolved }
    })
  }

  /** Who signs for a day. It is fixed once the day before has begun. */
  signerOf(id: Hex, day: number): Promise<Address> {
    return this.#ask(`the signer of reservation ${id}`, async (address) => {
      const call = { address, abi: reservationsAbi, functionName: "signerOf", args: [BigInt(id), day] } as const
      return (await this.#client.publicClient.readContract(call)).toLowerCase() as Address
    })
  }

  /** Reservations that an account was given or made since the last call; those of all time at first. */
  got(account: Address): Promise<Hex[]> {
    return this.#ask(`the reservations of ${account}`, async (address) => {
      const { publicClient, deployment } = this.#client
      const head = await publicClient.getBlockNumber({ cacheTime: 0 })
      const filter = { address, abi: reservationsAbi, eventName: "Transfer", args: { to: account } } as const
      const read = (fromBlock: bigint, toBlock: bigint) => publicClient.getContractEvents({ ...filter, fromBlock, toBlock })
      for await (const { found, to } of readRange(this.#next ?? deployment.startBlock, head, read, { inPieces: true })) {
        this.#found.push(...found.map((log) => hexOfId(log.args.tokenId!)))
        this.#next = to + 1n
      }
      return this.#found.splice(0)
    })
  }

  async #ask<T>(what: string, question: (address: Address) => Promise<T>): Promise<T> {
    try {
      return await question(this.#client.deployment.reservations)
    } catch (error) {
      throw asChainError(error, `reading ${what}`)
    }
  }
}

/** A reservation's id as text: 0x hex of 32 bytes. */
export function hexOfId(id: bigint): Hex {
  return `0x${id.toString(16).padStart(64, "0")}`
}

/** Days that are over and can still be claimed, in their order. */
export function openDays(r: Reserved, today: number): number[] {
  const days: number[] = []
  for (let day = Math.max(r.openDay, r.startDay); day < Math.min(r.endDay, today); day++)
    if (((r.resolved >> BigInt(day - r.openDay)) & 1n) === 0n) days.push(day)
  return days
}
