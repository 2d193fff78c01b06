import { BaseError } from "viem"

/** The chain could not be asked. Says nothing about any tab: keep what was last seen and ask again. */
export class ChainUnavailable extends Error {
  override readonly name = "ChainUnavailable"
}

/** viem's errors as ours, with the short reason and the cause kept. */
export function chainError(what: string, cause: unknown): ChainUnavailable {
  const reason = cause instanceof BaseError ? cause.shortMessage : cause instanceof Error ? cause.message : String(cause)
  return new ChainUnavailable(
    `The chain's RPC did not answer when asked for ${what}: ${reason}. Check rpcUrl; the node goes on with what it last saw.`,
    {
      cause,
    },
  )
}
