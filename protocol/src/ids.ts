import { type Address, ByteWriter, hexToBytes } from "./bytes.ts"
import { keccak } from "./keccak.ts"

/** Where a tab lives: a core contract on a chain. Everything signed or stored is keyed by it. */
export interface Market {
  readonly chainId: number
  readonly contract: Address
}

/** Id of a tab off chain: keccak256(abi.encode(chainId, contract, signer, node)). */
export function tabId(market: Market, signer: Address, node: Address): Uint8Array {
  return keccak(
    new ByteWriter(128).word(market.chainId).word(hexToBytes(market.contract)).word(hexToBytes(signer)).word(hexToBytes(node)).done(),
  )
}

/** Day of a chain timestamp (seconds): days, expiries and challenge periods are chain time. */
export function dayOf(timestamp: bigint | number): number {
  return Number(BigInt(timestamp) / 86_400n)
}

/** Tiers as the registry stores them. */
export const TIERS = ["individual", "data-center", "partner"] as const
/** A node's own word on what it is; nobody checks it. */
export type Tier = (typeof TIERS)[number]

/** GPU class: lower-case `vendor/model`, such as `nvidia/rtx-4090` or `cpu/x86-64`. */
export const CLASS_PATTERN = /^[a-z0-9]{2,16}\/[a-z0-9][a-z0-9.-]{0,47}$/

/** ISO 3166 country code, upper case, with an optional city: `DE` or `DE/Berlin`. */
export const REGION_PATTERN = /^[A-Z]{2}(\/[\p{L} .'-]{1,40})?$/u
