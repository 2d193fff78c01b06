import { type Address, reservationName } from "@berth/protocol"
import type { Hex } from "viem"
import { transactReservations } from "../chain/reservations.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"

/**
 * Gives a reservation away with all that lies in its token; to sell one, use any ERC-721 marketplace. The new owner names its own signer:
 * days from the day after next on have none until then. A contract that can't hold tokens is refused.
 * @throws BerthError `usage` (to nobody), `reverted` (not the owner), `rpc`, `no_wallet`
 *
 * @example
 * await transferReservation(client, { id, to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" })
 */
export async function transferReservation(
  client: BerthClient,
  options: { readonly id: bigint; readonly to: Address },
): Promise<{ hash: Hex }> {
  const { id, to } = options
  if (BigInt(to) === 0n) throw new BerthError("usage", "a reservation can't be given to nobody", { hint: "to end it: cancelReservation" })
  const from = walletOf(client).account.address
  const receipt = await transactReservations(client, "safeTransferFrom", [from, to, id], `transferring reservation ${reservationName(id)}`)
  return { hash: receipt.transactionHash }
}
