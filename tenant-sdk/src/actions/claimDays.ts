import { bytesToHex, halvesOf, packServed, reservationName } from "@berth/protocol"
import type { Hex, TransactionReceipt } from "viem"
import { eventsIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/** A run of UTC days of a reservation, as their signer signed it. */
export interface ClaimDaysOptions {
  readonly id: bigint
  /** UTC day of the first. */
  readonly firstDay: number
  /** Minutes served on each day of the run, 0 to 1,440. */
  readonly served: readonly number[]
  /** EIP-2098 signature of the signer in force on these days over `DayClaim`, 64 bytes. */
  readonly signature: Uint8Array
}

/** What a claim moved, in credits. */
export interface ClaimDaysResult {
  readonly hash: Hex
  readonly gasUsed: bigint
  /** To the operator, `fee` included. */
  readonly paid: bigint
  readonly fee: bigint
  /** Back to the operator: of every day that the claim resolved, however few its minutes. */
  readonly collateral: bigint
  /** To the token's owner: the unserved minutes of these days, never collateral. Days with 0 minutes are not claimed and stay open. */
  readonly owed: bigint
}

/**
 * Submits a run of days as the reservation's signer signed it. Anyone may; usually the node does. Days that are resolved are passed over.
 * @throws BerthError `reverted` (a day that is not over or outside of the term, another signer's, nothing left of the run), `rpc`, `no_wallet`
 *
 * @example
 * const served = [1440, 1440, 900]
 * const digest = dayClaimDigest(client.market, { reservation: id, firstDay, served: packServed(served) })
 * const { paid } = await claimDays(client, { id, firstDay, served, signature: nobleEcdsa.sign(digest, signerKey) })
 */
export async function claimDays(client: BerthClient, options: ClaimDaysOptions): Promise<ClaimDaysResult> {
  const { id, firstDay, served, signature } = options
  const args = [id, firstDay, bytesToHex(packServed(served)), ...halvesOf(signature)]
  return claimed(await transactReservations(client, "claimDays", args, `claiming days of reservation ${reservationName(id)}`))
}

/** What the claim in a transaction moved. */
export function claimed(receipt: TransactionReceipt): ClaimDaysResult {
  const claims = eventsIn(receipt, "DaysPaid")
  const sum = (field: "paid" | "fee" | "collateral" | "owed") => claims.reduce((total, claim) => total + claim[field], 0n)
  return {
    hash: receipt.transactionHash,
    gasUsed: receipt.gasUsed,
    paid: sum("paid"),
    fee: sum("fee"),
    collateral: sum("collateral"),
    owed: sum("owed"),
  }
}
