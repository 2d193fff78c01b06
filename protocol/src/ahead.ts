import { type Credits, windowAmount } from "./money.ts"

/** A node whose stake covers so many windows of what runs on it is paid a whole window ahead. */
const STAKED_WINDOWS = 100n
/** Any other is paid no more than this ahead, milliseconds of work. */
const UNSTAKED_AHEAD_MS = 10_000

/**
 * Whether a node's stake is enough for whole windows to be paid ahead to it.
 * @param stake `lockable(node)` of the Reservations contract: credits behind this node and no other, not locked by a reservation. An operator's free
 * stake stands behind none of its nodes, or the same one would vouch for all of them; what unbonds is leaving. undefined: not known.
 * @param windows credits of one window of everything that is to be paid ahead, together
 */
export function isStakedFor(stake: Credits | undefined, windows: Credits): boolean {
  return stake !== undefined && stake > 0n && stake >= STAKED_WINDOWS * windows
}

/**
 * Credits that are paid ahead at most for a lease with such terms: one window, or what 10 seconds of its work cost, and a single
 * credit where that rounds to none: a newcomer's lease works only on what is paid.
 */
export function mostAhead(lease: { readonly window: number; readonly count: number; readonly price: Credits }, staked: boolean): Credits {
  const whole = windowAmount(lease.window, lease.count, lease.price)
  if (staked || whole === 0n) return whole
  const short = windowAmount(Math.min(lease.window, UNSTAKED_AHEAD_MS), lease.count, lease.price)
  return short > 0n ? short : 1n
}
