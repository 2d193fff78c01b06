/** Credits: 1 = 1e-6 USD. The reserve stablecoin has 6 decimals, so one credit is one unit of it. */
export type Credits = bigint

export const CREDITS_PER_USD = 1_000_000n
export const MS_PER_HOUR = 3_600_000n

/**
 * Amount owed for a lease's whole active time: floor(activeMs * price / 3,600,000). The only rounding in Berth.
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
