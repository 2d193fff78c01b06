import type { Preference } from "../actions/rankQuotes.ts"
import { BerthError } from "../errors.ts"
import { parseUsd } from "./parse.ts"

/** Flags of `run` and `quote` that say which node. */
export interface PreferenceFlags {
  readonly region?: string
  readonly tier?: string
  readonly maxPrice?: string
  readonly minStake?: string
}

const TIERS = ["individual", "data-center", "partner"] as const

export function preferenceOf(flags: PreferenceFlags): Preference {
  const tier = TIERS.find((t) => t === flags.tier)
  if (flags.tier !== undefined && !tier)
    throw new BerthError("usage", `"${flags.tier}" is not a tier`, { hint: `write one of ${TIERS.join(", ")}` })
  return {
    ...(flags.region && { region: flags.region }),
    ...(tier && { tier }),
    ...(flags.minStake !== undefined && { minStake: parseUsd(flags.minStake) }),
    ...(flags.maxPrice !== undefined && { maxPrice: parseUsd(flags.maxPrice) }),
  }
}
