/** Credits: 1 = 1e-6 USD. The reserve stablecoin has 6 decimals, so one credit is one unit of it. */
export type Credits = bigint

/** Credits of one US dollar. */
export const CREDITS_PER_USD = 1_000_000n
/** Milliseconds of the hour that prices are for. */
export const MS_PER_HOUR = 3_600_000n

/**
 * Amount owed for a lease's whole active time: floor(activeMs * price / 3,600,000). Everything that Berth rounds is rounded in this file, and down.
 * @param activeMs cumulative active milliseconds, summed over the leased devices
 * @param price credits per GPU-hour
 */
export function amountOf(activeMs: bigint, price: bigint): Credits {
  return (activeMs * price) / MS_PER_HOUR
}

/** A record's amount: what the lease's total grew by. Two-second records therefore lose nothing to rounding. */
export function amountBetween(beforeMs: bigint, afterMs: bigint, price: bigint): Credits {
  return amountOf(afterMs, price) - amountOf(beforeMs, price)
}

/** Price of one window of all leased devices busy, rounded as every other amount. */
export function windowAmount(windowMs: number, count: number, price: bigint): Credits {
  return amountOf(BigInt(windowMs) * BigInt(count), price)
}

/** The fee on a cumulative total, in basis points; charge `feeOf(after) - feeOf(before)`. */
export function feeOf(total: Credits, feeBps: number): Credits {
  return (total * BigInt(feeBps)) / 10_000n
}

/** What `gpus` cost as pay-as-you-go when used all day: exact. `price`: credits per GPU-hour. */
export function listPricePerDay(price: Credits, gpus: number): Credits {
  return price * BigInt(gpus) * 24n
}

/** A price less `bps` basis points: floor(price * (10,000 - bps) / 10,000). How a node turns its list price into a reservation's. */
export function discounted(price: Credits, bps: number): Credits {
  return (price * BigInt(10_000 - bps)) / 10_000n
}

/** How much less than `list` a price is, basis points, rounded down so that it is never said to be more; 0 when it is not less. */
export function discountBps(list: Credits, price: Credits): number {
  return list > price ? Number(((list - price) * 10_000n) / list) : 0
}

/** Collateral of one reserved day: floor(pricePerDay * collateralBps / 10,000). */
export function collateralPerDay(pricePerDay: Credits, collateralBps: number): Credits {
  return (pricePerDay * BigInt(collateralBps)) / 10_000n
}

/** What the operator gets of a reserved day of which `minutes` (0 to 1,440) were served: floor(pricePerDay * minutes / 1,440). */
export function servedAmount(pricePerDay: Credits, minutes: number): Credits {
  return (pricePerDay * BigInt(minutes)) / 1_440n
}

/** The operator's share of what is left of a cancelled reservation: floor(left * bps / 10,000), `left` being all its days together. */
export function cancelShare(left: Credits, bps: number): Credits {
  return (left * BigInt(bps)) / 10_000n
}

/**
 * What a standing order allows as a cumulative amount of its tab, at `time` (unix seconds, chain time; that of the close request once there is
 * one): base + min(cap, floor(rate * seconds / 3,600)), seconds counted from `from` to `until` at most. `rate`: credits an hour.
 */
export function standingOrderAllowed(
  order: { readonly base: Credits; readonly cap: Credits; readonly rate: Credits; readonly from: bigint; readonly until: bigint },
  time: bigint,
): Credits {
  const end = time < order.until ? time : order.until
  const earned = end > order.from ? (order.rate * (end - order.from)) / 3_600n : 0n
  return order.base + (earned < order.cap ? earned : order.cap)
}

/** `1234567n` as `$1.234567`; trailing zeros beyond the cents are dropped. */
export function formatCredits(amount: Credits): string {
  const sign = amount < 0n ? "-" : ""
  const abs = amount < 0n ? -amount : amount
  const fraction = (abs % CREDITS_PER_USD)
    .toString()
    .padStart(6, "0")
    .replace(/0{1,4}$/, "")
  return `${sign}$${abs / CREDITS_PER_USD}.${fraction}`
}

/** Parses `12`, `0.5` or `$1.25` exactly. Throws a RangeError naming the text when it is no amount or finer than a credit. */
export function parseCredits(text: string): Credits {
  const match = /^\$?(\d+)(?:\.(\d{1,6}))?$/.exec(text.trim())
  if (!match) throw new RangeError(`"${text}" is not an amount in USD: write for example 12.50, with at most 6 decimals`)
  return BigInt(match[1]!) * CREDITS_PER_USD + BigInt((match[2] ?? "").padEnd(6, "0"))
}
