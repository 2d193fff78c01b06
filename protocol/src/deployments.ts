import type { Address } from "./bytes.ts"

/** Where Berth lives on a chain. */
export interface Deployment {
  readonly chainId: number
  /** The core contract: escrow, tabs, registry and settlement. */
  readonly berth: Address
  readonly computeRecords: Address
  /** The reserve stablecoin. */
  readonly reserve: Address
  /** The block in which the core contract was deployed: nobody needs to read logs before it. */
  readonly startBlock: bigint
}

/** Public deployments. None yet: a local chain's is written to its state directory by `npm start`. */
export const deployments: readonly Deployment[] = []
