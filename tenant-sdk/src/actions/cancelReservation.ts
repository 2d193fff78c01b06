import {
  type Address,
  cancelShare,
  dayOf,
  halvesOf,
  nobleEcdsa,
  type ReservationCancel,
  recoverAddress,
  reservationCancelDigest,
  reservationName,
} from "@berth/protocol"
import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { type Reservation, reservation } from "./reservation.ts"

/** A node's word on how a reservation may end. */
export interface CancelAgreement extends Omit<ReservationCancel, "reservation"> {
  /** The node's EIP-2098 signature, 64 bytes. */
  readonly signature: Uint8Array
}

/** Which reservation to cancel, alone or with the node's agreement. */
export interface CancelReservationOptions {
  readonly id: bigint
  /** Without it the holder cancels alone, for the fee that the quote named. */
  readonly agreement?: CancelAgreement | undefined
}

/** When a cancelled reservation ends and what went where, credits. */
export interface CancelReservationResult {
  readonly hash: Hex
  /** First UTC day that is not reserved any more. */
  readonly endDay: number
  /** To the operator for the days left, fee included; credits. */
  readonly paid: bigint
  /** To the holder's credits, with all that lay in the token. */
  readonly returned: bigint
}

/**
 * Cancels a reservation: alone, from the next UTC day (or the start), or as the node agreed. Burns the token. Earlier days stay claimable; what
 * they still owe is for whoever cancelled (`takeRefund`, without waiting).
 * @throws BerthError `no_reservation`, `bad_signature` (the agreement is not the node's), `reverted` (not the owner, nothing left), `rpc`, `no_wallet`
 *
 * @example
 * const { returned } = await cancelReservation(client, { id })
 */
export async function cancelReservation(client: BerthClient, options: CancelReservationOptions): Promise<CancelReservationResult> {
  const { id, agreement } = options
  const name = reservationName(id)
  const receipt = agreement
    ? await transactReservations(
        client,
        "cancelAgreed",
        await agreedArgs(client, id, agreement),
        `cancelling reservation ${name} as agreed`,
      )
    : await transactReservations(client, "cancel", [id], `cancelling reservation ${name}`)
  const { endDay, paid, returned } = eventIn(receipt, "Cancelled")
  return { hash: receipt.transactionHash, endDay, paid, returned }
}

async function agreedArgs(client: BerthClient, id: bigint, agreement: CancelAgreement): Promise<readonly unknown[]> {
  const { firstDay, operatorBps, deadline, signature } = agreement
  const { node } = await reservation(client, { id })
  const digest = reservationCancelDigest(client.market, { reservation: id, firstDay, operatorBps, deadline })
  if (recoverAddress(nobleEcdsa, digest, signature) !== (node as Address))
    throw new BerthError("bad_signature", `the agreement is not signed by node ${node}`, { hint: "ask the node again, or cancel alone" })
  return [id, firstDay, operatorBps, deadline, ...halvesOf(signature)]
}

/** What cancelling would come to at the block that the reservation was read at; undefined when nothing is left to cancel. Pure. */
export function cancelTerms(
  made: Pick<Reservation, "asOf" | "startDay" | "endDay" | "pricePerDay" | "cancelFeeBps" | "cancelled">,
  agreement?: Pick<CancelAgreement, "firstDay" | "operatorBps">,
): { readonly firstDay: number; readonly daysLeft: number; readonly toOperator: bigint; readonly toHolder: bigint } | undefined {
  const firstDay = agreement?.firstDay ?? Math.max(dayOf(made.asOf) + 1, made.startDay)
  const daysLeft = made.endDay - firstDay
  if (made.cancelled || daysLeft <= 0) return undefined
  const left = made.pricePerDay * BigInt(daysLeft)
  const toOperator = cancelShare(left, agreement?.operatorBps ?? made.cancelFeeBps)
  return { firstDay, daysLeft, toOperator, toHolder: left - toOperator }
}
