import type { Address } from "@berth/protocol"
import { hexToBytes, unpackServed } from "@berth/protocol"
import type { Hex } from "viem"
import type { BerthClient } from "../client.ts"
import { reservationsAbi } from "./abi.ts"
import { readEvents } from "./events.ts"

/** By whose word a day was paid. */
export const WITNESSES = ["holder", "quorum", "unsigned"] as const
/** By whose word a day was paid: its signer's, a quorum's, or, with nobody named to sign, nobody's. */
export type Witness = (typeof WITNESSES)[number]

/** What the chain's events say of one reservation, beside its state. */
export interface ReservationHistory {
  /** Who made it, and in which transaction. */
  readonly tenant: Address
  readonly hash: Hex
  readonly listPricePerDay: bigint
  /** Days that were resolved by a claim: minutes served, and by whose word. */
  readonly paid: ReadonlyMap<number, { readonly minutes: number; readonly witness: Witness }>
  /** Refunds that owners took, and what a cancel gave back. */
  readonly refunded: bigint
}

/** The histories of these reservations, by id. Ids that no event names are not in it. */
export async function readHistories(client: BerthClient, ids: readonly bigint[]): Promise<ReadonlyMap<bigint, ReservationHistory>> {
  if (ids.length === 0) return new Map()
  const query = { address: client.deployment.reservations, abi: reservationsAbi, args: { id: ids } }
  const doing = "reading what happened to reservations"
  const [reserved, paid, taken, cancelled] = await Promise.all([
    readEvents(client, { ...query, eventName: "Reserved" }, doing),
    readEvents(client, { ...query, eventName: "DaysPaid" }, doing),
    readEvents(client, { ...query, eventName: "RefundTaken" }, doing),
    readEvents(client, { ...query, eventName: "Cancelled" }, doing),
  ])
  return new Map(
    reserved.map(({ args, transactionHash }) => {
      const of = <T extends { args: { id: bigint } }>(logs: readonly T[]) => logs.filter((log) => log.args.id === args.id)
      const refunds = of(taken).map((log) => log.args.amount)
      const returned = of(cancelled).map((log) => log.args.returned)
      const history = {
        tenant: args.tenant.toLowerCase() as Address,
        hash: transactionHash,
        listPricePerDay: args.listPricePerDay,
        paid: new Map(of(paid).flatMap((log) => daysOf(log.args))),
        refunded: [...refunds, ...returned].reduce((sum, amount) => sum + amount, 0n),
      }
      return [args.id, history] as const
    }),
  )
}

/** The days that one claim resolved: bit i of the bitmap is day `firstDay + i`. */
function daysOf(claim: { witness: number; firstDay: number; days_: bigint; served: Hex }) {
  const minutes = claim.served === "0x" ? undefined : unpackServed(hexToBytes(claim.served))
  const days: [number, { minutes: number; witness: Witness }][] = []
  for (let i = 0; claim.days_ >> BigInt(i) > 0n; i++) {
    if (((claim.days_ >> BigInt(i)) & 1n) === 0n) continue
    days.push([claim.firstDay + i, { minutes: minutes ? minutes[i]! : 1_440, witness: WITNESSES[claim.witness]! }])
  }
  return days
}
