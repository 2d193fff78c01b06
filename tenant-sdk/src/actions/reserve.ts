import { type Address, bytesToHex, formatCredits, halvesOf, reservationId } from "@berth/protocol"
import type { Hex } from "viem"
import { reservationsAbi } from "../chain/abi.ts"
import { readEvents } from "../chain/events.ts"
import { transactReservations } from "../chain/reservations.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import {
  type CheckedReservationQuote,
  checkReservationQuote,
  expectCheaper,
  expectSigned,
  type SignedReservationQuote,
} from "./checkReservationQuote.ts"

/** A node's signed quote, who is to sign for its days, and what it may cost. */
export interface ReserveOptions extends SignedReservationQuote {
  /** Who will sign for served days: the agent's key. Undefined: nobody, and every day is paid as served. */
  readonly signer: Address | undefined
  /** Credits a day at most. */
  readonly maxPricePerDay?: bigint | undefined
  /** Takes a price above the node's listed pay-as-you-go price too. */
  readonly evenIfDearer?: boolean | undefined
}

/** The reservation that a quote made, now or before. */
export interface ReserveResult {
  readonly id: bigint
  /** Of the transaction that made it. */
  readonly hash: Hex
  /** It was there already: an earlier call with the same quote made it. */
  readonly existed: boolean
  /** Undefined when it existed. */
  readonly gasUsed: bigint | undefined
}

const NOBODY = "0x0000000000000000000000000000000000000000"

/**
 * Reserves what a node quoted: moves the whole price out of the wallet's credits and the collateral out of the node's stake, and mints the
 * token to the wallet. The same quote makes one reservation, however often it is sent: a retry finds the one there is, also after the
 * quote has expired.
 * @throws BerthError `bad_signature`, `quote_mismatch` (another tenant's, or dearer than listed or wanted), `quote_expired`, `malformed`,
 * `insufficient_credits`, `insufficient_stake` (the node's), `no_capacity` (somebody else took the same GPUs), `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * const [offer] = await requestReservationQuotes(client, { class: "nvidia/h200", gpus: 8, startDay, term: 30 })
 * const { id } = await reserve(client, { ...offer, signer: agentKeyAddress })
 */
export async function reserve(client: BerthClient, options: ReserveOptions): Promise<ReserveResult> {
  const { quote, signature } = options
  const tenant = walletOf(client).account.address.toLowerCase() as Address
  const id = reservationId(quote.node, quote.nonce)
  expectSigned(client, { quote, signature, tenant })
  const before = await madeBefore(client, id, tenant, options)
  if (before) return before
  const offer = await checkReservationQuote(client, { quote, signature, tenant })
  expectWanted(offer, options)
  const args = [{ ...quote, nonce: bytesToHex(quote.nonce) }, options.signer ?? NOBODY, ...halvesOf(signature)]
  try {
    const receipt = await transactReservations(client, "reserve", args, `reserving ${quote.gpus} of ${quote.class} at node ${quote.node}`)
    return { id, hash: receipt.transactionHash, existed: false, gasUsed: receipt.gasUsed }
  } catch (error) {
    // An earlier call's transaction may have been mined while this one was on its way.
    const made = await madeBefore(client, id, tenant, options).catch(() => undefined)
    if (made) return made
    throw error
  }
}

function expectWanted(offer: CheckedReservationQuote, options: ReserveOptions): void {
  const { quote } = offer
  if (!options.evenIfDearer) expectCheaper(offer)
  if (options.maxPricePerDay === undefined || quote.pricePerDay <= options.maxPricePerDay) return
  throw new BerthError(
    "quote_mismatch",
    `node ${quote.node} asks ${formatCredits(quote.pricePerDay)} a day, which is above ${formatCredits(options.maxPricePerDay)}`,
  )
}

/** The reservation that this quote made, if it did; throws when another quote with the same nonce made one. */
async function madeBefore(
  client: BerthClient,
  id: bigint,
  tenant: Address,
  { quote }: SignedReservationQuote,
): Promise<ReserveResult | undefined> {
  const query = { address: client.deployment.reservations, abi: reservationsAbi, eventName: "Reserved", args: { id } } as const
  const [made] = await readEvents(client, query, `looking for the reservation of this quote of node ${quote.node}`)
  if (!made) return undefined
  if (made.args.tenant.toLowerCase() === tenant && SAME.every((field) => made.args[field] === quote[field]))
    return { id, hash: made.transactionHash, existed: true, gasUsed: undefined }
  throw new BerthError("no_capacity", `the GPUs of this quote are taken: ${made.args.tenant} reserved them at node ${quote.node}`, {
    hint: "ask for quotes again",
  })
}

/** What two quotes of one nonce may differ in, and the chain keeps. */
const SAME = ["class", "gpus", "startDay", "term", "pricePerDay"] as const
