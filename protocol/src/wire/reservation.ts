import { bytesToHex, hexToBytes } from "../bytes.ts"
import type { DayClaim, ReservationCancel } from "../reservation.ts"
import type { ReservationQuote } from "../reservation-quote.ts"
import { expectSize } from "./convert.ts"
import type { SignedDayClaim, SignedReservationCancel, SignedReservationQuote } from "./generated/messages.js"

/** A reservation's quote and the node's signature as sent. */
export function reservationQuoteToWire(quote: ReservationQuote, signature: Uint8Array): SignedReservationQuote {
  return { ...quote, node: hexToBytes(quote.node), tenant: hexToBytes(quote.tenant), signature }
}

/**
 * A reservation's quote and the node's signature as received; sizes only, neither is checked.
 * @throws ProtocolError `malformed` when a field has the wrong size.
 */
export function reservationQuoteFromWire(wire: SignedReservationQuote): { quote: ReservationQuote; signature: Uint8Array } {
  expectSize(wire.node, 20, "node")
  expectSize(wire.tenant, 20, "tenant")
  expectSize(wire.nonce, 32, "nonce")
  expectSize(wire.signature, 64, "signature")
  const { signature, ...fields } = wire
  return { quote: { ...fields, node: bytesToHex(wire.node), tenant: bytesToHex(wire.tenant) }, signature }
}

/** A claim of days and its signer's EIP-2098 signature, 64 bytes, as sent. */
export function dayClaimToWire(claim: DayClaim, signature: Uint8Array): SignedDayClaim {
  return { ...claim, reservation: reservationToWire(claim.reservation), signature }
}

/** Sizes only: days and minutes are for whoever knows the reservation. @throws ProtocolError `malformed` */
export function dayClaimFromWire(wire: SignedDayClaim): { claim: DayClaim; signature: Uint8Array } {
  expectSize(wire.signature, 64, "signature")
  const { signature, ...fields } = wire
  return { claim: { ...fields, reservation: reservationFromWire(wire.reservation) }, signature }
}

/** A node's agreement to a cancel and its signature as sent. */
export function reservationCancelToWire(cancel: ReservationCancel, signature: Uint8Array): SignedReservationCancel {
  return { ...cancel, reservation: reservationToWire(cancel.reservation), signature }
}

/** Sizes only: whoever asked compares it with the question. @throws ProtocolError `malformed` */
export function reservationCancelFromWire(wire: SignedReservationCancel): { cancel: ReservationCancel; signature: Uint8Array } {
  expectSize(wire.signature, 64, "signature")
  const { signature, ...fields } = wire
  return { cancel: { ...fields, reservation: reservationFromWire(wire.reservation) }, signature }
}

/** A reservation's id: 32 bytes, big-endian. */
export function reservationToWire(id: bigint): Uint8Array {
  return hexToBytes(`0x${id.toString(16).padStart(64, "0")}`)
}

/** The id in these bytes. @throws ProtocolError `malformed` when it does not have 32 bytes. */
export function reservationFromWire(bytes: Uint8Array): bigint {
  expectSize(bytes, 32, "reservation")
  return BigInt(bytesToHex(bytes))
}
