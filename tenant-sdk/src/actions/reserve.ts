import { type Address, bytesToHex, formatCredits, halvesOf, reservationCost, reservationId } from "@berth/protocol"
import type { Hex } from "viem"
import { reservationsAbi } from "../chain/abi.ts"
import { readEvents } from "../chain/events.ts"
import { changeOf, type MarketTerms, type MarketTermsChange, readMarketTerms } from "../chain/market-terms.ts"
import { eventIn, transactReservations } from "../chain/reservations.ts"
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
  /** Takes a price that is not below the node's listed pay-as-you-go price too. */
  readonly evenIfDearer?: boolean | undefined
}

/** The reservation that a quote made, now or before. */
export interface ReserveResult extends MarketTerms {
  readonly id: bigint
  /** Of the transaction that made it. */
  readonly hash: Hex
  /** It was there already: an earlier call with the same quote made it. */
  readonly existed: boolean
  /** Undefined when it existed. */
  readonly gasUsed: bigint | undefined
  /** Who was named to sign for its days when it was made: by an earlier call, maybe not who is named in this one. Undefined: nobody. */
  readonly signer: Address | undefined
  /**
   * What the market's owner changed while the transaction was on its way: it is made all the same, and fixed for its life. Undefined when
   * nothing was changed, and when an earlier call made it.
   */
  readonly changed: MarketTermsChange | undefined
}

const NOBODY = "0x0000000000000000000000000000000000000000"

/**
 * Reserves what a node quoted: moves the whole price out of the wallet's credits and the collateral out of the node's stake, and mints the
 * token to the wallet. The same quote makes one reservation, however often it is sent: a retry finds the one there is, also after the
 * quote has expired. The market's owner sets fee and verifiers of new reservations: what it changed meanwhile is in `changed`.
 * @throws BerthError `bad_signature`, `quote_mismatch` (another tenant's, no less than listed, or dearer than wanted), `quote_expired`, `malformed`,
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
  const [offer, terms] = await Promise.all([checkReservationQuote(client, { quote, signature, tenant }), readMarketTerms(client)])
  expectWanted(offer, options)
  const args = [{ ...quote, nonce: bytesToHex(quote.nonce) }, options.signer ?? NOBODY, ...halvesOf(signature)]
  try {
    const receipt = await transactReservations(client, "reserve", args, `reserving ${quote.gpus} of ${quote.class} at node ${quote.node}`)
    const made = factsOf(eventIn(receipt, "Reserved"))
    return { ...made, id, hash: receipt.transactionHash, existed: false, gasUsed: receipt.gasUsed, changed: changeOf(terms, made) }
  } catch (error) {
    // Our own transaction, of which the answer was lost, or an earlier call's may have been mined while this one was on its way.
    const made = await madeBefore(client, id, tenant, options).catch(() => undefined)
    if (made) return { ...made, changed: changeOf(terms, made) }
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
  const taken = `the GPUs of this quote are taken: ${made.args.tenant} reserved them at node ${quote.node}`
  const ours = made.args.tenant.toLowerCase() === tenant
  const asked = { ...quote, collateralPerDay: reservationCost(quote).collateralPerDay }
  const other = SAME.filter((field) => made.args[field] !== asked[field])
  if (ours && other.length === 0)
    return { ...factsOf(made.args), id, hash: made.transactionHash, existed: true, gasUsed: undefined, changed: undefined }
  const differences = other.map((field) => `${field} ${made.args[field]} instead of ${asked[field]}`)
  throw new BerthError("no_capacity", ours ? `${taken} on other terms: ${differences.join(", ")}` : taken, { hint: "ask for quotes again" })
}

/** What two quotes of one nonce may differ in, and the chain keeps: a quote that differs in any did not make the reservation. */
const SAME = [
  ...(["class", "gpus", "startDay", "term", "pricePerDay", "listPricePerDay"] as const),
  ...(["collateralPerDay", "cancelFeeBps", "claimPeriod"] as const),
] as const

function factsOf({ signer, feeBps, verifierSet }: MarketTerms & { readonly signer: Address }) {
  return { signer: signer === NOBODY ? undefined : (signer.toLowerCase() as Address), feeBps, verifierSet }
}
