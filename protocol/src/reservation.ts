import type { Hex } from "viem"
import { type Address, ByteWriter, bytesToHex, hexToBytes } from "./bytes.ts"
import type { Market } from "./ids.ts"
import { keccak } from "./keccak.ts"
import { digestOf } from "./typed-data.ts"

/**
 * Id of the reservation that a quote of `node` with `nonce` makes, and of its token: keccak256(abi.encode(node, nonce)).
 * @throws RangeError when the nonce does not have 32 bytes
 */
export function reservationId(node: Address, nonce: Uint8Array): bigint {
  if (nonce.length !== 32) throw new RangeError(`a nonce has 32 bytes, not ${nonce.length}`)
  return BigInt(bytesToHex(keccak(new ByteWriter(64).word(hexToBytes(node)).word(nonce).done())))
}

/** A reservation's id as it is written: 32 bytes in 0x hex. */
export function reservationName(id: bigint): Hex {
  return `0x${id.toString(16).padStart(64, "0")}`
}

/** Days served, as the signer in force on them signs it. */
export interface DayClaim {
  readonly reservation: bigint
  /** UTC day. */
  readonly firstDay: number
  /** Minutes of each day from `firstDay` on, as `packServed` writes them. */
  readonly served: Uint8Array
}

/** EIP-712 digest of a day claim. */
export function dayClaimDigest(market: Market, claim: DayClaim): Uint8Array {
  return digestOf(market, "DayClaim", { ...claim, served: bytesToHex(claim.served) })
}

/** Days that verifiers attest: reachable, and passed the day's proof. */
export interface ServedDays {
  readonly reservation: bigint
  readonly firstDay: number
  readonly count: number
}

/** EIP-712 digest of what a verifier signs for days. */
export function servedDaysDigest(market: Market, days: ServedDays): Uint8Array {
  return digestOf(market, "ServedDays", { ...days })
}

/** A node's agreement to end a reservation. */
export interface ReservationCancel {
  readonly reservation: bigint
  /** First UTC day that is not part of it any more. */
  readonly firstDay: number
  /** The operator's share of the price of the days left, basis points. */
  readonly operatorBps: number
  /** Unix seconds, chain time. */
  readonly deadline: bigint
}

/** EIP-712 digest of an agreed cancel: what the node signs. */
export function reservationCancelDigest(market: Market, cancel: ReservationCancel): Uint8Array {
  return digestOf(market, "ReservationCancel", { ...cancel })
}

/** EIP-712 digest of a day's root: what a verifier signs. */
export function attestationDigest(market: Market, attestation: { readonly day: number; readonly root: Uint8Array }): Uint8Array {
  return digestOf(market, "Attestation", { day: attestation.day, root: bytesToHex(attestation.root) })
}
