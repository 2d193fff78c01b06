import { ChainUnavailable } from "../chain/errors.ts"
import { TryAgain } from "../lock.ts"
import { EngineUnavailable } from "../runner/errors.ts"

/** sysexits' EX_TEMPFAIL: a supervisor starts the program again. */
const TRY_AGAIN = 75

/**
 * 75 when waiting may help: the engine or the chain does not answer, a port is taken, another node holds the directory. 1 when a person
 * must change something.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof TryAgain || error instanceof EngineUnavailable || error instanceof ChainUnavailable) return TRY_AGAIN
  const text = error instanceof Error ? `${error.name} ${error.message} ${(error as NodeJS.ErrnoException).code ?? ""}` : ""
  return /EADDRINUSE|UnsupportedListenAddresses|no valid addresses/i.test(text) ? TRY_AGAIN : 1
}
