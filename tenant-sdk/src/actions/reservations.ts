import type { Address } from "@berth/protocol"
import { reservationsAbi } from "../chain/abi.ts"
import { readEvents } from "../chain/events.ts"
import { readHistories } from "../chain/reservation-history.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { describeReservation, newestBlock, type Reservation } from "./reservation.ts"

/** Whose reservations: an account's, or a node's. */
export interface ReservationsOptions {
  /** Whose: the wallet's own account by default. */
  readonly account?: Address | undefined
  /** Those of a node instead, whoever holds them. */
  readonly node?: Address | undefined
}

/**
 * The reservations that an account holds (bought, or made and cancelled ones too), or all of a node; oldest first. From the chain alone.
 * @throws BerthError `rpc`, `no_wallet`
 *
 * @example
 * for (const { id, owed } of await reservations(client)) if (owed > 0n) await askRefund(client, { id })
 */
export async function reservations(client: BerthClient, options: ReservationsOptions = {}): Promise<Reservation[]> {
  const account = options.node ? undefined : (options.account ?? walletOf(client).account.address).toLowerCase()
  const query = { address: client.deployment.reservations, abi: reservationsAbi }
  const doing = `reading the reservations of ${options.node ?? account}`
  const ids = options.node
    ? (await readEvents(client, { ...query, eventName: "Reserved", args: { node: options.node } }, doing)).map((log) => log.args.id)
    : (await readEvents(client, { ...query, eventName: "Transfer", args: { to: account } }, doing)).map((log) => log.args.tokenId)
  const block = await newestBlock(client)
  const histories = await readHistories(client, [...new Set(ids)])
  const all = await Promise.all([...histories].map(([id, history]) => describeReservation(client, id, history, block)))
  // Whoever got the token may have sold it since.
  return account ? all.filter((r) => r.holder === account) : all
}
