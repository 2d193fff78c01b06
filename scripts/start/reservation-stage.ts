import type { ConnectedAgent } from "@berth/sdk"
import { check } from "./check.ts"
import type { Market, MarketNode } from "./market.ts"
import type { Screen } from "./screen.ts"

/** Everyone sees a leap of the chain within some polls. */
const SEEN_WITHIN_MS = 30_000
const DAY = 86_400
const HOUR = 3_600
/** A leap ends so many seconds after the full hour. */
const AFTER = 60

export type Reservation = Awaited<ReturnType<ConnectedAgent["reservation"]>>

/** What each scene of a reservation's life plays with. */
export interface Stage {
  readonly market: Market
  readonly agent: ConnectedAgent
  readonly screen: Screen
  readonly node: MarketNode
  readonly id: bigint
  readonly reservation: () => Promise<Reservation>
}

/** To a minute after a day's beginning, or after an hour of it (UTC). */
export async function leapTo({ chain }: Market, day: number, hour = 0): Promise<void> {
  const { timestamp } = await chain.client.getBlock()
  await chain.increaseTime(day * DAY + hour * HOUR + AFTER - Number(timestamp))
}

export async function until<T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + SEEN_WITHIN_MS
  for (;;) {
    const value = await read()
    if (holds(value)) return value
    check(Date.now() < deadline, `after ${SEEN_WITHIN_MS / 1000} s it was not so that ${what}`)
    await new Promise((r) => setTimeout(r, 100))
  }
}
