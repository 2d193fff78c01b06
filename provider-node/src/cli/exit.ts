/** sysexits' EX_TEMPFAIL: a supervisor starts the program again. */
const TRY_AGAIN = 75
/** By name, so that asking a running node does not load the chain's and the engine's libraries. */
const TEMPORARY = new Set(["TryAgain", "EngineUnavailable", "ChainUnavailable"])

/**
 * 75 when waiting may help: the engine or the chain does not answer, a port is taken, another node holds the directory. 1 when a person
 * must change something.
 */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof Error)) return 1
  if (TEMPORARY.has(error.name)) return TRY_AGAIN
  const text = `${error.name} ${error.message} ${(error as NodeJS.ErrnoException).code ?? ""}`
  return /EADDRINUSE|UnsupportedListenAddresses|no valid addresses/i.test(text) ? TRY_AGAIN : 1
}
