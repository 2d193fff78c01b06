import { type Address, bytesToHex, MAX_U64 } from "./bytes.ts"
import { dayOf, type Market } from "./ids.ts"
import { collateralPerDay } from "./money.ts"
import { digestOf } from "./typed-data.ts"

/** What a node signs, and what the named tenant takes by calling `reserve` with it. Amounts in credits. */
export interface ReservationQuote {
  readonly node: Address
  readonly tenant: Address
  readonly class: string
  readonly gpus: number
  /** First UTC day: unix seconds / 86,400. */
  readonly startDay: number
  /** Days. */
  readonly term: number
  /** For all `gpus`. */
  readonly pricePerDay: bigint
  /** What the same costs as pay-as-you-go used all day; shows the discount, decides nothing. */
  readonly listPricePerDay: bigint
  /** Collateral of a day, basis points of its price. */
  readonly collateralBps: number
  /** What the operator gets of the days left if the holder cancels alone, basis points. */
  readonly cancelFeeBps: number
  /** Days after a day's end in which it can be claimed. */
  readonly claimPeriod: number
  /** Unix seconds, chain time. */
  readonly expires: bigint
  /** 32 bytes. Quotes with the same nonce compete for the same GPUs: one makes a reservation. */
  readonly nonce: Uint8Array
}

/** Bounds that the contract holds a quote to. */
export const RESERVATION_LIMITS = { term: 366, daysAhead: 90, bps: 10_000, classBytes: 64, claimPeriod: { least: 8, most: 38 } } as const

/** EIP-712 digest of a reservation quote: what the node signs. */
export function reservationQuoteDigest(market: Market, quote: ReservationQuote): Uint8Array {
  return digestOf(market, "ReservationQuote", { ...quote, nonce: bytesToHex(quote.nonce) })
}

/** What a reservation locks, credits: per day and for the whole term. */
export interface ReservationCost {
  readonly collateralPerDay: bigint
  /** Out of the tenant's credits. */
  readonly price: bigint
  /** Out of the node's lockable stake. */
  readonly collateral: bigint
}

/** What a reservation would lock, credits; a day's collateral is rounded down. */
export function reservationCost(quote: Pick<ReservationQuote, "pricePerDay" | "collateralBps" | "term">): ReservationCost {
  const perDay = collateralPerDay(quote.pricePerDay, quote.collateralBps)
  const days = BigInt(quote.term)
  return { collateralPerDay: perDay, price: quote.pricePerDay * days, collateral: perDay * days }
}

/**
 * The first field that the contract would refuse at `now` (unix seconds, chain time), by the name it gives it; undefined when none.
 * Says nothing about signature, credits or stake.
 */
export function reservationQuoteFault(quote: ReservationQuote, now: bigint): keyof ReservationQuote | undefined {
  const bytes = new TextEncoder().encode(quote.class).length
  const today = dayOf(now)
  const { claimPeriod } = RESERVATION_LIMITS
  if (quote.expires < now) return "expires"
  if (bytes < 1 || bytes > RESERVATION_LIMITS.classBytes) return "class"
  if (quote.gpus < 1) return "gpus"
  if (quote.startDay < today || quote.startDay > today + RESERVATION_LIMITS.daysAhead) return "startDay"
  if (quote.term < 1 || quote.term > RESERVATION_LIMITS.term) return "term"
  if (quote.collateralBps > RESERVATION_LIMITS.bps) return "collateralBps"
  if (quote.cancelFeeBps > RESERVATION_LIMITS.bps) return "cancelFeeBps"
  if (quote.claimPeriod < claimPeriod.least || quote.claimPeriod > claimPeriod.most) return "claimPeriod"
  const { price, collateral } = reservationCost(quote)
  if (quote.pricePerDay === 0n || price + collateral > MAX_U64) return "pricePerDay"
  return undefined
}

/** "Terms of at least `term` days cost `bps` basis points less." */
export interface TermDiscount {
  readonly term: number
  readonly bps: number
}

/** The discount of a term, basis points: that of the longest term named which it reaches; 0 when it reaches none. */
export function termDiscount(discounts: readonly TermDiscount[], term: number): number {
  let best: TermDiscount | undefined
  for (const d of discounts) if (d.term <= term && (!best || d.term > best.term)) best = d
  return best?.bps ?? 0
}
