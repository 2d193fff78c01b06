/**
 * How mutants are compiled. `production` is hardhat.config.ts's; `fast` leaves viaIR out, which costs a third of the time. A mutant that
 * survives under `fast` is run again under `production` before it is counted as survived.
 */
export const PROFILES = {
  fast: { optimizer: { enabled: true, runs: 200 }, evmVersion: "prague", metadata: { bytecodeHash: "none" } },
  production: { optimizer: { enabled: true, runs: 1_000_000 }, viaIR: true, evmVersion: "prague", metadata: { bytecodeHash: "none" } },
} as const

export type Profile = keyof typeof PROFILES
