import type { Hex } from "viem"
import { hashStruct, hashTypedData, hexToBytes } from "viem/utils"
import { ByteWriter } from "./bytes.ts"
import type { Market } from "./ids.ts"
import { keccak, keccakText } from "./keccak.ts"

/** Every EIP-712 struct of Berth. The order of fields is part of the format. */
export const TYPES = {
  Receipt: [
    { name: "node", type: "address" },
    { name: "day", type: "uint32" },
    { name: "gpuMs", type: "uint64" },
    { name: "amount", type: "uint64" },
    { name: "recordsHash", type: "bytes32" },
  ],
  TabConsent: [
    { name: "tenant", type: "address" },
    { name: "node", type: "address" },
  ],
  TabClose: [
    { name: "signer", type: "address" },
    { name: "node", type: "address" },
    { name: "amount", type: "uint64" },
    { name: "deadline", type: "uint64" },
  ],
  NodeRegistration: [{ name: "operator", type: "address" }],
  Quote: [
    { name: "node", type: "address" },
    { name: "tenant", type: "address" },
    { name: "class", type: "string" },
    { name: "count", type: "uint16" },
    { name: "price", type: "uint64" },
    { name: "meter", type: "uint8" },
    { name: "window", type: "uint32" },
    { name: "pause", type: "uint32" },
    { name: "stop", type: "uint32" },
    { name: "idle", type: "uint32" },
    { name: "startPrice", type: "uint64" },
    { name: "pullLimit", type: "uint64" },
    { name: "volumePrice", type: "uint64" },
    { name: "retention", type: "uint32" },
    { name: "expires", type: "uint64" },
    { name: "nonce", type: "bytes32" },
  ],
  PublicTerms: [
    { name: "tab", type: "bytes32" },
    { name: "leaseNo", type: "uint32" },
    { name: "class", type: "string" },
    { name: "count", type: "uint16" },
    { name: "price", type: "uint64" },
    { name: "meter", type: "uint8" },
    { name: "start", type: "uint64" },
    { name: "window", type: "uint32" },
    { name: "pause", type: "uint32" },
    { name: "stop", type: "uint32" },
    { name: "idle", type: "uint32" },
  ],
  LeaseTerms: [
    { name: "terms", type: "PublicTerms" },
    { name: "clientId", type: "bytes16" },
    { name: "privateHash", type: "bytes32" },
    { name: "quoteHash", type: "bytes32" },
  ],
  Session: [
    { name: "signer", type: "address" },
    { name: "node", type: "address" },
    { name: "peer", type: "bytes32" },
    { name: "expires", type: "uint64" },
  ],
  ReservationQuote: [
    { name: "node", type: "address" },
    { name: "tenant", type: "address" },
    { name: "class", type: "string" },
    { name: "gpus", type: "uint16" },
    { name: "startDay", type: "uint32" },
    { name: "term", type: "uint16" },
    { name: "pricePerDay", type: "uint64" },
    { name: "listPricePerDay", type: "uint64" },
    { name: "collateralBps", type: "uint16" },
    { name: "cancelFeeBps", type: "uint16" },
    { name: "claimPeriod", type: "uint8" },
    { name: "expires", type: "uint64" },
    { name: "nonce", type: "bytes32" },
  ],
  DayClaim: [
    { name: "reservation", type: "uint256" },
    { name: "firstDay", type: "uint32" },
    { name: "served", type: "bytes" },
  ],
  ServedDays: [
    { name: "reservation", type: "uint256" },
    { name: "firstDay", type: "uint32" },
    { name: "count", type: "uint16" },
  ],
  ReservationCancel: [
    { name: "reservation", type: "uint256" },
    { name: "firstDay", type: "uint32" },
    { name: "operatorBps", type: "uint16" },
    { name: "deadline", type: "uint64" },
  ],
  Attestation: [
    { name: "day", type: "uint32" },
    { name: "root", type: "bytes32" },
  ],
} as const

/** A struct that is signed for Berth. */
export type StructName = keyof typeof TYPES

/** The EIP-712 domain: name `Berth`, version `1`, the core contract. Off-chain structs use it too. */
export function domainOf(market: Market) {
  return { name: "Berth", version: "1", chainId: market.chainId, verifyingContract: market.contract } as const
}

/**
 * EIP-712 digest of a struct. For rare structs; receipts, signed thousands of times a second, have `receiptDigest`.
 * @param message field values as viem takes them: integers as bigint or number, bytes as 0x hex
 */
export function digestOf(market: Market, primaryType: StructName, message: Record<string, unknown>): Uint8Array {
  return hexToBytes(hashTypedData({ domain: domainOf(market), types: TYPES, primaryType, message } as never))
}

/** EIP-712 struct hash, without the domain. */
export function structHashOf(primaryType: StructName, data: Record<string, unknown>): Hex {
  return hashStruct({ types: TYPES, primaryType, data } as never)
}

const DOMAIN_TYPE = keccakText("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
const separators = new WeakMap<Market, Uint8Array>()

/** The domain separator, computed once for each object that names a market. */
export function domainSeparator(market: Market): Uint8Array {
  let separator = separators.get(market)
  if (!separator) {
    separator = keccak(
      new ByteWriter(160)
        .bytes(DOMAIN_TYPE)
        .bytes(keccakText("Berth"))
        .bytes(keccakText("1"))
        .word(market.chainId)
        .word(hexToBytes(market.contract))
        .done(),
    )
    separators.set(market, separator)
  }
  return separator
}
