import { formatCredits, type Quote, type Tier } from "@berth/protocol"
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
}

/** What a tenant wants: hard limits, and weights among what is left. */
export interface Preference {
  readonly region?: string
  readonly tier?: Tier
  /** Credits per GPU-hour at most. */
  readonly maxPrice?: bigint
  /** Milliseconds that a quote may have taken at most. */
  readonly maxLatencyMs?: number
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
  return allowed
    .map((offer) => ({ offer, score: score(offer) }))
    .sort((a, b) => a.score - b.score || (a.offer.info.node < b.offer.info.node ? -1 : 1))
    .map(({ offer }) => offer)
}

/** The limit that an offer breaks, for people; undefined when it breaks none. */
export function whyNot(offer: Offer, preference: Preference): string | undefined {
  const { info, quote } = offer
  if (preference.region && !inRegion(info.region, preference.region)) return `is in ${info.region || "no named region"}`
  if (preference.tier && info.tier !== preference.tier) return `is of tier ${info.tier}`
  if (preference.maxPrice !== undefined && quote.price > preference.maxPrice)
    return `asks ${formatCredits(quote.price)} an hour, which is above the maximum price`
  if (preference.maxLatencyMs !== undefined && offer.latencyMs > preference.maxLatencyMs) return `took ${Math.round(offer.latencyMs)} ms`
  if (preference.imagePresent && !offer.imagePresent) return "does not have the image"
  if (offer.freeUnits < quote.count) return `has ${offer.freeUnits} free`
  return undefined
}
