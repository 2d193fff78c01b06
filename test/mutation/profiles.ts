const COMMON = { evmVersion: "prague", metadata: { bytecodeHash: "none" } }

/**
 * How mutants are compiled, the quickest first. `production` is hardhat.config.ts's. Optimizer and viaIR are half of a run's time, so
 * mocha's tests see a contract compiled by the first profile that can do it, and the unmutated suite has to pass under that. What they let through
 * is compiled as in production for the rest.
 */
export const PROFILES = {
  legacy: { ...COMMON, optimizer: { enabled: true, runs: 200 } },
  quick: {
    ...COMMON,
    viaIR: true,
    optimizer: { enabled: true, runs: 200, details: { yul: true, yulDetails: { stackAllocation: true, optimizerSteps: "ulfDnTOcmu:" } } },
  },
  production: { ...COMMON, viaIR: true, optimizer: { enabled: true, runs: 800 } },
} as const

export type Profile = keyof typeof PROFILES
