import type { Address } from "./bytes.ts"
import { publicDeployments } from "./generated/deployments.ts"

/** Where Berth lives on a chain. */
export interface Deployment {
  readonly chainId: number
  /** The core contract: escrow, tabs, registry and settlement. */
  readonly berth: Address
  readonly computeRecords: Address
  /** The reserve stablecoin. */
  readonly reserve: Address
  /** Stake and reservations: made by the core contract. */
  readonly reservations: Address
  /** Verifier sets and attestations: made by the core contract. */
  readonly verifiers: Address
  /** The block in which the core contract was deployed: nobody needs to read logs before it. */
  readonly startBlock: bigint
}

/** Public deployments, as `npm run deploy` left them in ignition/deployments. A local chain's is in its own deployment.json. */
export const deployments: readonly Deployment[] = publicDeployments
