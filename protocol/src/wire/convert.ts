import type { Proposal } from "../books.ts"
import { bytesToHex, hexToBytes } from "../bytes.ts"
import { isErrorCode, ProtocolError } from "../errors.ts"
import type { Quote } from "../terms.ts"
import type { SignedQuote, WireError, WireProposal } from "./generated/messages.js"

/** A quote and the node's signature as sent. */
export function quoteToWire(quote: Quote, signature: Uint8Array): SignedQuote {
  return { ...quote, node: hexToBytes(quote.node), tenant: hexToBytes(quote.tenant), signature }
}

/**
 * A quote and the node's signature as received; the signature is not checked.
 * @throws ProtocolError `malformed` when a field has the wrong size.
 */
export function quoteFromWire(wire: SignedQuote): { quote: Quote; signature: Uint8Array } {
  expectSize(wire.node, 20, "node")
  expectSize(wire.tenant, 20, "tenant")
  expectSize(wire.nonce, 32, "nonce")
  expectSize(wire.signature, 64, "signature")
  const { signature, ...fields } = wire
  return { quote: { ...fields, node: bytesToHex(wire.node), tenant: bytesToHex(wire.tenant) }, signature }
}

/** A node's proposal of a receipt and its EIP-2098 signature, 64 bytes, as sent. */
export function proposalToWire(p: Omit<Proposal, "next">, nodeSignature: Uint8Array): WireProposal {
  return {
    day: p.receipt.day,
    seq: p.opening.seq,
    block: p.opening.block,
    gpuMs: p.receipt.gpuMs,
    used: p.opening.used,
    amount: p.receipt.amount,
    treeSize: p.opening.treeSize,
    treeRoot: p.opening.treeRoot,
    previousDayRecordsHash: p.opening.previousDayRecordsHash,
    terms: [...p.terms],
    records: [...p.records],
    nodeSignature,
  }
}

/** A typed error as sent. Anything that is not a ProtocolError is `internal`: a stranger learns nothing of our insides. */
export function errorToWire(error: unknown): WireError {
  if (error instanceof ProtocolError) return { code: error.code, message: error.message, field: error.field ?? "" }
  return { code: "internal", message: "the other side failed; its log has the reason", field: "" }
}

/** The other side's error as ours; a code that we don't know is `internal` and kept in the message. */
export function errorFromWire(wire: WireError): ProtocolError {
  const known = isErrorCode(wire.code)
  const message = known ? wire.message : `${wire.code}: ${wire.message}`
  return new ProtocolError(known ? (wire.code as never) : "internal", message.slice(0, 1_000), wire.field ? { field: wire.field } : {})
}

/** Checks a length. @throws ProtocolError `malformed` naming the field when `bytes` is not `size` long. */
export function expectSize(bytes: Uint8Array, size: number, field: string): void {
  if (bytes.length !== size) throw new ProtocolError("malformed", `${field} has ${bytes.length} bytes, not ${size}`, { field })
}
