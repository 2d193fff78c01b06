import { type Address, dayOf, reservationName } from "@berth/protocol"
import { reservationsAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import { type ReservationHistory, readHistories } from "../chain/reservation-history.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { type ReservationDay, reservationDays } from "./reservationDays.ts"

/** A reservation as of now, amounts in credits, days as UTC days. */
export interface Reservation {
  /** Chain time of the block that all of this was read at, unix seconds. */
  readonly asOf: bigint
  /** Of the ERC-721 token too. */
  readonly id: bigint
  readonly node: Address
  /** The token's owner; after a cancel, who cancelled. */
  readonly holder: Address
  /** Who made it. */
  readonly tenant: Address
  readonly class: string
  readonly gpus: number
  readonly startDay: number
  readonly term: number
  /** First day that is not part of it any more. */
  readonly endDay: number
  readonly pricePerDay: bigint
  /** What a day costs as pay-as-you-go, as the node said in its quote. */
  readonly listPricePerDay: bigint
  readonly collateralPerDay: bigint
  /** The operator's share of what is left if the holder cancels alone, basis points. */
  readonly cancelFeeBps: number
  readonly claimPeriod: number
  /** Whose quorum may attest days; 0: nobody. */
  readonly verifierSet: number
  /** Who signs for served days now (before the start: on the first day); undefined: nobody, days count as served. */
  readonly signer: Address | undefined
  /** Who will when every change that is on its way acts; `signer` when there is none. */
  readonly nextSigner: Address | undefined
  /** The changes that are on their way, and the UTC day from which each acts: two at most, for tomorrow and the day after. */
  readonly signerChanges: readonly { readonly fromDay: number; readonly signer: Address | undefined }[]
  readonly days: readonly ReservationDay[]
  /** Paid to the operator so far, fee included. */
  readonly earned: bigint
  /** Refunds and penalties that lie in the token for its owner. */
  readonly owed: bigint
  /** Taken by owners before, and given back by a cancel. */
  readonly refunded: bigint
  /** Unix seconds from which `takeRefund` gives what is owed; undefined when it has not been asked for. */
  readonly refundAt: bigint | undefined
  readonly cancelled: boolean
}

/**
 * One reservation, from the chain alone.
 * @throws BerthError `no_reservation`, `rpc`
 *
 * @example
 * const { owed, days } = await reservation(client, { id })
 * console.log(days.filter((d) => d.state === "lapsed").length, "days came back")
 */
export async function reservation(client: BerthClient, options: { readonly id: bigint }): Promise<Reservation> {
  const block = await newestBlock(client)
  const histories = await readHistories(client, [options.id])
  const history = histories.get(options.id)
  if (!history)
    throw new BerthError("no_reservation", `there is no reservation ${reservationName(options.id)} on chain ${client.deployment.chainId}`, {
      hint: "berth reservations lists yours",
    })
  return describeReservation(client, options.id, history, block)
}

/** The block that a view is read at: taken before the events, or a day that was claimed in between would look as if it had lapsed. */
export async function newestBlock({ publicClient }: BerthClient): Promise<{ number: bigint; timestamp: bigint }> {
  try {
    const { number, timestamp } = await publicClient.getBlock({ includeTransactions: false })
    return { number, timestamp }
  } catch (error) {
    throw asChainError(error, "reading the newest block")
  }
}

/** A reservation's state as of a block, with what its events said no earlier. */
export async function describeReservation(
  client: BerthClient,
  id: bigint,
  history: ReservationHistory,
  { number: blockNumber, timestamp }: { readonly number: bigint; readonly timestamp: bigint },
): Promise<Reservation> {
  const { publicClient } = client
  try {
    const contract = { address: client.deployment.reservations, abi: reservationsAbi } as const
    const at = { ...contract, blockNumber }
    const today = dayOf(timestamp)
    const [view, delay] = await Promise.all([
      publicClient.readContract({ ...at, functionName: "reservationOf", args: [id] }),
      publicClient.readContract({ ...at, functionName: "REFUND_DELAY" }),
    ])
    const signerOn = (day: number) => publicClient.readContract({ ...at, functionName: "signerOf", args: [id, day] })
    const first = Math.max(today, view.startDay)
    // A change that is made today acts from the day after next at the latest: later days' signer is that day's.
    const days = [first, ...[today + 1, today + 2].filter((day) => day > first)]
    const signers = (await Promise.all(days.map(signerOn))).map(someone)
    const signerChanges = days
      .map((fromDay, i) => ({ fromDay, signer: signers[i] }))
      .filter(({ signer }, i) => i > 0 && signer !== signers[i - 1])
    const { resolved: _, feeBps: __, openDay: ___, refundAskedAt, ...rest } = view
    return {
      ...rest,
      asOf: timestamp,
      id,
      node: lower(view.node),
      holder: lower(view.holder),
      tenant: history.tenant,
      listPricePerDay: history.listPricePerDay,
      signer: signers[0],
      nextSigner: signers.at(-1),
      signerChanges,
      days: reservationDays(view, history, today),
      refunded: history.refunded,
      refundAt: refundAskedAt === 0 ? undefined : BigInt(refundAskedAt) + BigInt(delay),
    }
  } catch (error) {
    throw asChainError(error, `reading reservation ${reservationName(id)}`)
  }
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address
}

function someone(address: Address): Address | undefined {
  return BigInt(address) === 0n ? undefined : lower(address)
}
