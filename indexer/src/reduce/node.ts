import { TIERS } from "@berth/protocol"

/** A profile as the registry's event holds it. */
export interface ProfileEvent {
  readonly tier: number
  readonly region: string
  readonly addresses: readonly string[]
  readonly recorders: readonly `0x${string}`[]
  readonly metadataHash: `0x${string}`
}

/** PostgreSQL stores no NUL, and operators may write what they like: it becomes U+FFFD, as do lone surrogates. */
export function cleanText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed()
}

export function profileRow(profile: ProfileEvent) {
  return {
    tier: tierName(profile.tier),
    region: cleanText(profile.region),
    addresses: profile.addresses.map(cleanText),
    recorders: profile.recorders.map(lower),
    metadataHash: profile.metadataHash,
  }
}

export function lower(address: `0x${string}`): `0x${string}` {
  return address.toLowerCase() as `0x${string}`
}

/** GraphQL enum values have no hyphen. */
function tierName(tier: number) {
  return (TIERS[tier] ?? "individual").replace("-", "_") as "individual" | "data_center" | "partner"
}
