import { type Address, reservationName } from "@berth/protocol"
import type { Hex } from "viem"
import { eventIn, transactReservations } from "../chain/reservations.ts"
import type { BerthClient } from "../client.ts"

/** A reservation, and who is to sign for its days. */
export interface SetReservationSignerOptions {
  readonly id: bigint
  /** Undefined: nobody, and days from then on are paid as served. */
  readonly signer: Address | undefined
}

/**
 * Names who signs for served days from the day after next (UTC) on. Whoever bought a reservation does this first: the transfer left nobody. On
 * the day after the transfer it acts from tomorrow on, for of days that have not begun the first word is taken where nobody was named.
 * @returns the first UTC day that the new signer signs for
 * @throws BerthError `reverted` (not the owner), `rpc`, `no_wallet`
 *
 * @example
 * const { fromDay } = await setReservationSigner(client, { id, signer })
 */
export async function setReservationSigner(
  client: BerthClient,
  options: SetReservationSignerOptions,
): Promise<{ hash: Hex; fromDay: number }> {
  const { id, signer = "0x0000000000000000000000000000000000000000" } = options
  const receipt = await transactReservations(client, "setSigner", [id, signer], `naming the signer of reservation ${reservationName(id)}`)
  return { hash: receipt.transactionHash, fromDay: eventIn(receipt, "SignerSet").fromDay }
}
