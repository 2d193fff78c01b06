import type { ErrorCode, ProtocolError } from "@berth/protocol"
import { hostsOnly } from "@berth/protocol/hosts-only"

/** What can go wrong on the tenant's side, beside the codes that cross the wire (`ErrorCode` of @berth/protocol). */
export type BerthErrorCode =
  | ErrorCode
  | "usage"
  | "no_wallet"
  | "no_agent"
  | "no_account"
  | "bad_passphrase"
  | "insufficient_credits"
  | "insufficient_reserve"
  | "insufficient_stake"
  | "no_quote"
  | "unreachable"
  | "rpc"
  | "reverted"
  | "unconfirmed"
  | "unknown_node"
  | "ambiguous"
  | "locked"
  | "cancelled"
  | "exists"
  | "no_space"

/** Failures that pass by themselves: a program that meets one exits with 75. */
const TRANSIENT: ReadonlySet<string> = new Set([
  "timeout",
  "rate_limited",
  "unreachable",
  "rpc",
  "engine_unavailable",
  "locked",
  "no_capacity",
])

/**
 * An error of the SDK: what happened and to what (`message`), what to do next (`hint`), and a code to act on.
 *
 * @example
 * try { await run(client, { image: "alpine", class: "cpu/x86-64" }) }
 * catch (error) { if (error instanceof BerthError && error.code === "insufficient_credits") await deposit(client, { amount: 5_000_000n }) }
 */
export class BerthError extends Error {
  override readonly name = "BerthError"
  readonly code: BerthErrorCode
  readonly hint: string | undefined

  constructor(code: BerthErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }

  /** Whether trying again later may help. */
  get transient(): boolean {
    return TRANSIENT.has(this.code)
  }
}

/** Any error as ours; errors of the protocol keep their code. */
export function asBerthError(error: unknown): BerthError {
  if (error instanceof BerthError) return error
  if (isProtocolError(error)) return new BerthError(error.code, error.message, { cause: error })
  // One that nobody made ours yet may be viem's, which quotes the RPC's URL with the key in it.
  const message = hostsOnly(error instanceof Error ? error.message : String(error))
  if (error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError"))
    return new BerthError(error.name === "AbortError" ? "cancelled" : "timeout", message, { cause: error })
  return new BerthError("internal", message, { cause: error })
}

/** By its name, not its class: `berth` would load the whole of the protocol to show an error, and start 100 ms later. */
function isProtocolError(error: unknown): error is ProtocolError {
  return error instanceof Error && error.name === "ProtocolError"
}
