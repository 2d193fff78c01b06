import { DAY_SECONDS, dayOf, HOUR_SECONDS, startOf } from "./spec/arithmetic.ts"
import { deadlineOf } from "./spec/days.ts"
import type { World } from "./world.ts"

/** Moments at which something changes by itself: ends of days, claim and challenge periods, refunds, unbonding, orders. */
function borders({ state, now }: World): number[] {
  const ahead = [startOf(dayOf(now) + 1)]
  for (const tab of state.tabs) {
    if (tab.closed) continue
    if (tab.closeRequestedAt !== null) ahead.push(tab.closeRequestedAt + 72 * HOUR_SECONDS)
    if (tab.order) ahead.push(tab.order.from, tab.order.until)
  }
  for (const stake of Object.values(state.stakes)) if (stake.unbonding > 0n) ahead.push(stake.unbondsAt)
  for (const reservation of state.reservations) {
    if (reservation.refundAskedAt !== null) ahead.push(reservation.refundAskedAt + DAY_SECONDS)
    reservation.days.forEach(({ fate }, i) => {
      if (fate === "open") ahead.push(deadlineOf(reservation, i), deadlineOf(reservation, i) - 2 * DAY_SECONDS)
    })
  }
  return ahead.filter((moment) => moment > now + 1 && moment < now + 10 * DAY_SECONDS)
}

/** When the next day's first action comes: at midnight, at some border, exactly or a second beside it, or any time later. */
export function nextDay(world: World): number {
  const { random, now } = world
  const beside = random.pick([-1, 0, 1])
  const kind = random.between(0, 9)
  if (kind < 4) return Math.max(now + 1, startOf(dayOf(now) + 1) + beside)
  if (kind < 6) return startOf(dayOf(now) + 1) + random.between(0, DAY_SECONDS - 1)
  const ahead = borders(world)
  if (kind < 9 && ahead.length > 0) return Math.max(now + 1, random.pick(ahead) + beside)
  return now + random.between(1, 6 * DAY_SECONDS)
}

/** When the next action of the same day comes: mostly soon; now and then exactly at a border. */
export function nextAction(world: World): number {
  const { random, now } = world
  if (random.chance(0.9)) return now + random.between(1, 1_800)
  const soon = borders(world).filter((moment) => moment < now + DAY_SECONDS / 2)
  return soon.length > 0 ? Math.max(now + 1, random.pick(soon) + random.pick([-1, 0, 1])) : now + 1
}
