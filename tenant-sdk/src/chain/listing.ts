import { type Address, bytesToHex, TIERS, type Tier } from "@berth/protocol"
import type { Hex } from "viem"

/** What a node says about itself, as it is put on chain. */
export interface NodeListing {
  readonly tier: Tier
  /** ISO 3166 code, with an optional city: `DE/Berlin`; at most 64 bytes. */
  readonly region: string
  /** Multiaddrs with the node's PeerId, at most 16. */
  readonly addresses: readonly string[]
  /** Who may anchor its records, at most 8. */
  readonly recorders: readonly Address[]
  /** keccak256 of the metadata that the node itself serves; none by default. */
  readonly metadataHash?: Hex | undefined
}

/** As the contract takes it. */
export function profileArg({ tier, region, addresses, recorders, metadataHash }: NodeListing) {
  return { tier: TIERS.indexOf(tier), region, addresses, recorders, metadataHash: metadataHash ?? bytesToHex(new Uint8Array(32)) }
}
