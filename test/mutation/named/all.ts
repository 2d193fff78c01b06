import { CLOSING, LIMITS } from "./closing.ts"
import { DAY_LIMITS, SERVED_DAYS, UNSIGNED_DAYS } from "./days.ts"
import { OWNERS, PICTURES, RESALE } from "./exits.ts"
import { INVARIANTS } from "./invariants.ts"
import { LIARS } from "./liars.ts"
import type { NamedMutant } from "./named.ts"
import { STANDING_ORDERS } from "./orders.ts"
import { QUOTES } from "./quotes.ts"
import { CLAIMS, REPLAY } from "./tabs.ts"
import { TOKENS } from "./tokens.ts"
import { VERIFIERS } from "./verifiers.ts"

/** Traps of design/2 that have no test, because what they are about is not built. */
export const NOT_BUILT = [
  "held fiat washed through a tab, a reservation, a transfer: there is no fiat gateway",
  "an authorization (EIP-3009) redirected or front-run: deposits take permits only",
  "stale prices: no token but the reserve is taken",
]

export const NAMED: readonly NamedMutant[] = [
  ...CLAIMS,
  ...REPLAY,
  ...CLOSING,
  ...TOKENS,
  ...LIMITS,
  ...STANDING_ORDERS,
  ...VERIFIERS,
  ...QUOTES,
  ...SERVED_DAYS,
  ...UNSIGNED_DAYS,
  ...DAY_LIMITS,
  ...LIARS,
  ...OWNERS,
  ...RESALE,
  ...PICTURES,
  ...INVARIANTS,
]
