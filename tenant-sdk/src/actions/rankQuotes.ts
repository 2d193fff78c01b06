import { formatCredits, isStakedFor, type Quote, type Tier, windowAmount } from "@berth/protocol"
import type { NodeInfo } from "../chain/directory.ts"
import { inRegion } from "./listNodes.ts"

/** A signed quote and what is known of its node. */
export interface Offer {
  readonly info: NodeInfo
  readonly quote: Quote
  /** The node's signature over the quote, 64 bytes. */
  readonly signature: Uint8Array
  /** How long the node took to answer. */
  readonly latencyMs: number
  /** Units of the class that the node said are free. */
  readonly freeUnits: number
  /** The node said that it has the image: no pull. */
  readonly imagePresent: boolean
  /**
   * Credits of stake that the chain says are behind this node: what its quotes may lock as collateral, and no other node's. Undefined when the
   * chain did not answer.
   */
  readonly stake: bigint | undefined
  /** Credits that an agent pays ahead of this work at most: what the quote asks, and to a node without enough stake 10 seconds of it. */
  readonly ahead: bigint
}

/** What a tenant wants: hard limits, and weights among what is left. */
export interface Preference {
  readonly region?: string
  readonly tier?: Tier
  /** Credits per GPU-hour at most. */
  readonly maxPrice?: bigint
  /** Milliseconds that a quote may have taken at most. */
  readonly maxLatencyMs?: number
  /**
   * Credits of stake behind the node at least. Without it nodes with less than 100 windows of the quoted price rank after all others; with it
   * stake counts no further, so that 0 ranks all alike.
   */
  readonly minStake?: bigint
  /** Only nodes that have the image already. */
  readonly imagePresent?: boolean
  /** How much each counts, 0 or more. By default price 1, latency 0.05. */
  readonly weights?: { readonly price?: number; readonly latency?: number }
}

const WEIGHTS = { price: 1, latency: 0.05 }
/** A latency that weighs as much as a doubling of the price does by price. */
const LATENCY_UNIT_MS = 100
/** Equal prices: the node that need not pull is taken. */
const PULL_PENALTY = 0.001

/**
 * Offers within the limits, best first. Pure: the same offers give the same order, ties by address.
 *
 * @example
 * const [best] = rankQuotes(offers, { region: "DE", maxPrice: parseCredits("0.40"), weights: { price: 1, latency: 0.5 } })
 */
export function rankQuotes(offers: readonly Offer[], preference: Preference = {}): Offer[] {
  const allowed = offers.filter((offer) => whyNot(offer, preference) === undefined)
  const cheapest = allowed.reduce((low, o) => (o.quote.price < low ? o.quote.price : low), allowed[0]?.quote.price ?? 0n)
  const weights = { ...WEIGHTS, ...preference.weights }
  const score = (o: Offer) =>
    weights.price * (Number(o.quote.price) / Number(cheapest || 1n) - 1) +
    weights.latency * (o.latencyMs / LATENCY_UNIT_MS) +
    (o.imagePresent ? 0 : PULL_PENALTY)
  const last = (o: Offer) => (preference.minStake === undefined && !isStaked(o) ? 1 : 0)
  return allowed
    .map((offer) => ({ offer, last: last(offer), score: score(offer) }))
    .sort((a, b) => a.last - b.last || a.score - b.score || (a.offer.info.node < b.offer.info.node ? -1 : 1))
    .map(({ offer }) => offer)
}

/** Whether the stake behind a node is enough for a window of its quote to be paid ahead. */
function isStaked({ stake, quote }: Offer): boolean {
  return isStakedFor(stake, windowAmount(quote.window, quote.count, quote.price))
}

/** The limit that an offer breaks, for people; undefined when it breaks none. */
export function whyNot(offer: Offer, preference: Preference): string | undefined {
  const { info, quote } = offer
  if (preference.region && !inRegion(info.region, preference.region)) return `is in ${info.region || "no named region"}`
  if (preference.tier && info.tier !== preference.tier) return `is of tier ${info.tier}`
  if (preference.maxPrice !== undefined && quote.price > preference.maxPrice)
    return `asks ${formatCredits(quote.price)} an hour, which is above the maximum price`
  if (preference.minStake !== undefined && (offer.stake ?? 0n) < preference.minStake)
    return offer.stake === undefined
      ? "has a stake that could not be read from the chain"
      : `has ${formatCredits(offer.stake)} staked, which is below the minimum`
  if (preference.maxLatencyMs !== undefined && offer.latencyMs > preference.maxLatencyMs) return `took ${Math.round(offer.latencyMs)} ms`
  if (preference.imagePresent && !offer.imagePresent) return "does not have the image"
  if (offer.freeUnits < quote.count) return `has ${offer.freeUnits} free`
  return undefined
}
