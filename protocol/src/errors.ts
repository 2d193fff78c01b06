/** What can go wrong between two strangers. The code crosses the wire; the message is for people; each code says what a caller can do. */
export const ERROR_CODES = {
  malformed: "bytes that are not in the format: fix the sender",
  unsupported: "a version or field that this side does not know: update",
  too_large: "a frame above the protocol's limit",
  timeout: "the other side did not answer in time: try again",
  rate_limited: "too many requests: wait and try again",
  unauthorized: "the session's signature does not match this connection, tab or node",
  wrong_market: "signed for another chain or contract",
  no_capacity: "nothing of that class is free now: ask another node or later",
  not_offered: "the node does not offer this class, count or image source",
  quote_expired: "ask for a new quote",
  quote_mismatch: "the terms differ from the signed quote",
  terms_mismatch: "the lease terms are not those that were signed",
  no_tab: "no open tab between this signer and this node: open one",
  closing: "the tab is closing or closed: open another with a new signer",
  no_funds: "the tab's deposit does not cover what runs plus one window: top up",
  no_lease: "this tab has no such lease",
  no_reservation: "no reservation with this node covers that now: check its days, class and signer",
  draining: "the node takes no new leases now: ask another",
  image_not_found: "the image can't be had: check its name and that the node may pull it",
  image_too_large: "the image is above the quote's pull limit",
  bad_spec: "the container specification can't be honoured",
  engine_unavailable: "the node's container engine does not answer: its state is unknown, try again",
  chain_unavailable: "the node can't ask the chain now: try again",
  not_found: "no such file or path",
  bad_signature: "a signature that is not by the expected key",
  bad_receipt: "a receipt that does not follow from what was signed before",
  overclaim: "more than this side can vouch for",
  stale: "older than what was already signed",
  state_lost: "the other side has lost the books of this tab: settle what was signed",
  internal: "a fault on the other side: try again, report it if it stays",
} as const

/** A code of `ERROR_CODES`. */
export type ErrorCode = keyof typeof ERROR_CODES

/** Whether this side knows `code`; a newer one may send others. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}

/** An error with a code that both sides know. `field` names the field of a receipt or message at fault. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError"
  readonly code: ErrorCode
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.field = options.field
  }
}
