import { z } from "zod"
import type { ClaimStandingOrderOptions } from "../actions/claimStandingOrder.ts"
import type { SignedDays } from "../agent/agent.ts"
import { hex, market, type OnMarket, raw, readJsonFile, reservation, u64, whole } from "./json-file.ts"
import { reservationId } from "./output.ts"

/** What the signer in force signed for a reservation's days, in a file: sent to its operator, or to whoever posts it. */
export interface DaysFile extends OnMarket {
  readonly reservation: bigint
  readonly claims: readonly SignedDays[]
}

const daysSchema = z.strictObject({
  ...market,
  reservation,
  claims: z
    .array(z.strictObject({ firstDay: whole(0xffff_ffff), served: z.array(whole(1_440)).min(1).max(39), signature: raw(64) }))
    .min(1),
})

/** `{version, chainId, contract, reservation, claims: [{firstDay, served: [minutes], signature}]}` */
export function daysJson({ reservation, claims, chainId, contract }: DaysFile): object {
  return { version: 1, chainId, contract, reservation: reservationId(reservation), claims }
}

/** Throws BerthError `not_found`, `malformed`. */
export function readDaysFile(path: string): DaysFile {
  return readJsonFile(path, daysSchema, "a claim of served days", "berth reservations sign writes one")
}

const orderSchema = z.strictObject({
  ...market,
  signer: hex(20),
  node: hex(20),
  receipt: z.strictObject({ day: whole(0xffff_ffff), gpuMs: u64, amount: u64 }),
  opening: z.strictObject({
    seq: whole(0xffff_ffff),
    block: u64,
    used: u64,
    treeSize: whole(0xffff_ffff),
    treeRoot: raw(32),
    previousDayRecordsHash: raw(32),
  }),
  signature: raw(64),
})

/** A receipt that a node signed for a tab with a standing order, and what its recordsHash opens to. Throws BerthError `not_found`, `malformed`. */
export function readOrderClaimFile(path: string): OnMarket & ClaimStandingOrderOptions {
  return readJsonFile(path, orderSchema, "a claim under a standing order")
}
