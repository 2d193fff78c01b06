import { hostsOnly } from "@berth/protocol/hosts-only"
import { BaseError } from "viem"

/** The chain could not be asked. Says nothing about any tab: keep what was last seen and ask again. */
export class ChainUnavailable extends Error {
  override readonly name = "ChainUnavailable"
}

/** viem's errors as ours, in its own short words. The cause is not kept: viem writes the URL into it, and many providers' URLs hold a key. */
export function chainError(what: string, cause: unknown): ChainUnavailable {
  const words = cause instanceof BaseError ? [cause.shortMessage, cause.details] : [cause instanceof Error ? cause.message : String(cause)]
  const reason = hostsOnly([...new Set(words)].filter(Boolean).join(" "))
  return new ChainUnavailable(
    `The chain's RPC did not answer when asked for ${what}: ${reason}. Check rpcUrl; the node goes on with what it last saw.`,
  )
}
