import { MS_PER_HOUR } from "@berth/protocol"

export interface OfferedPrice {
  readonly class: string
  readonly price: bigint
}

/**
 * The class that a settled line is counted for in the price index: only when the node offers one class, and the price paid lies within
 * a quarter of what it offers (an advance or a discount moves it a little). Anything else is ignored: a line does not name its class, and
 * an operator who pays itself a fantasy price must not move the index.
 */
export function classOfLine(offers: readonly OfferedPrice[], paid: bigint, gpuMs: bigint): string | undefined {
  const [first] = offers
  if (!first || gpuMs === 0n || offers.some((o) => o.class !== first.class)) return undefined
  const prices = offers.map((o) => o.price)
  const least = prices.reduce((a, b) => (a < b ? a : b))
  const most = prices.reduce((a, b) => (a > b ? a : b))
  const price = paidPrice(paid, gpuMs)!
  return price * 4n >= least * 3n && price * 4n <= most * 5n ? first.class : undefined
}

/** Credits per GPU-hour; undefined when nothing was active. */
export function paidPrice(paid: bigint, gpuMs: bigint): bigint | undefined {
  return gpuMs === 0n ? undefined : (paid * MS_PER_HOUR) / gpuMs
}
