import { type Address, type Deployment, hexToBytes, unpackServed } from "@berth/protocol"
import { reservationsAbi } from "@berth/protocol/abi"
import { readRange } from "@berth/protocol/read-range"
import type { Hex, PublicClient } from "viem"
import type { Reservation } from "../reservations/reservation.ts"
import { chainError } from "./errors.ts"

/** Minutes of a day that is paid without a signer's word. */
const FULL = 1_440

/** Reads the Reservations contract by RPC. Every method throws `ChainUnavailable` when the RPC does not answer. */
export class ReservationReader {
  readonly #client: PublicClient
  readonly #deployment: Deployment

  constructor(client: PublicClient, deployment: Deployment) {
    this.#client = client
    this.#deployment = deployment
  }

  get address(): Address {
    return this.#deployment.reservations
  }

  /** Ids of reservations made with a node in a range of blocks. */
  async made(node: Address, from: bigint, to: bigint): Promise<Hex[]> {
    const filter = { address: this.address, abi: reservationsAbi, eventName: "Reserved", args: { node } } as const
    return this.#ask(`reservations made with ${node}`, async () => {
      const ids: Hex[] = []
      const read = (fromBlock: bigint, toBlock: bigint) => this.#client.getContractEvents({ ...filter, fromBlock, toBlock })
      for await (const { found } of readRange(from, to, read))
        ids.push(...found.map((log) => `0x${log.args.id!.toString(16).padStart(64, "0")}` as const))
      return ids
    })
  }

  /** Minutes of each day of a reservation that was paid in a range of blocks. */
  async paidDays(id: Hex, from: bigint, to: bigint): Promise<Map<number, number>> {
    const filter = { address: this.address, abi: reservationsAbi, eventName: "DaysPaid", args: { id: BigInt(id) }, strict: true } as const
    return this.#ask(`paid days of reservation ${id}`, async () => {
      const days = new Map<number, number>()
      const read = (fromBlock: bigint, toBlock: bigint) => this.#client.getContractEvents({ ...filter, fromBlock, toBlock })
      for await (const { found } of readRange(from, to, read))
        for (const { args } of found) {
          const minutes = unpackServed(hexToBytes(args.served))
          for (let i = 0; args.days_ >> BigInt(i) !== 0n; i++)
            if ((args.days_ >> BigInt(i)) & 1n) days.set(args.firstDay + i, minutes[i] ?? FULL)
        }
      return days
    })
  }

  /** A reservation as of a block, with who signs on `today` and the day after; undefined when there is none of this node. */
  async reservation(id: Hex, node: Address, today: number, blockNumber: bigint): Promise<Reservation | undefined> {
    const { address } = this
    return this.#ask(`reservation ${id}`, async () => {
      const at = { address, abi: reservationsAbi, blockNumber } as const
      const [view, signer, next] = await Promise.all([
        this.#client.readContract({ ...at, functionName: "reservationOf", args: [BigInt(id)] }),
        this.#client.readContract({ ...at, functionName: "signerOf", args: [BigInt(id), today] }),
        this.#client.readContract({ ...at, functionName: "signerOf", args: [BigInt(id), today + 1] }),
      ])
      if (view.node.toLowerCase() !== node) return undefined
      const { class: gpuClass, gpus, startDay, term, endDay, pricePerDay, collateralPerDay, claimPeriod, openDay, resolved } = view
      return {
        id,
        holder: view.holder.toLowerCase() as Address,
        ...{ class: gpuClass, gpus, startDay, term, endDay, pricePerDay, collateralPerDay, claimPeriod, openDay, resolved },
        signers: { day: today, today: signer.toLowerCase() as Address, next: next.toLowerCase() as Address },
      }
    })
  }

  /** Who signs for each day of a run. */
  async signersOn(id: Hex, firstDay: number, count: number): Promise<Address[]> {
    const { address } = this
    const days = Array.from({ length: count }, (_, i) => firstDay + i)
    return this.#ask(`the signers of reservation ${id}`, () =>
      Promise.all(
        days.map(async (day) => {
          const at = { address, abi: reservationsAbi, functionName: "signerOf", args: [BigInt(id), day] } as const
          return (await this.#client.readContract(at)).toLowerCase() as Address
        }),
      ),
    )
  }

  /** Credits that quotes of a node may still lock as collateral. */
  async lockable(node: Address): Promise<bigint> {
    const { address } = this
    return this.#ask(`the lockable stake of ${node}`, () =>
      this.#client.readContract({ address, abi: reservationsAbi, functionName: "lockable", args: [node] }),
    )
  }

  /** What an account has for gas, wei. */
  balance(account: Address): Promise<bigint> {
    return this.#ask(`the balance of ${account}`, () => this.#client.getBalance({ address: account }))
  }

  async #ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question()
    } catch (error) {
      throw chainError(what, error)
    }
  }
}
