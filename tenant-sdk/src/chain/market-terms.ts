import type { BerthClient } from "../client.ts"
import { berthAbi } from "./abi.ts"
import { asChainError } from "./chain-error.ts"
import { readLatestSet } from "./quorum.ts"

/** What the market's owner decides of a reservation that is made now; afterwards it is fixed. No quote names it. */
export interface MarketTerms {
  /** Protocol fee of what the operator is paid, basis points. */
  readonly feeBps: number
  /** Whose quorum may attest days; 0: nobody. */
  readonly verifierSet: number
}

/** What the owner decided otherwise between a look and a reservation. */
export type MarketTermsChange = { readonly [field in keyof MarketTerms]?: { readonly before: number; readonly made: number } }

export async function readMarketTerms(client: BerthClient): Promise<MarketTerms> {
  const contract = { address: client.deployment.berth, abi: berthAbi } as const
  try {
    const [feeBps, verifierSet] = await Promise.all([
      client.publicClient.readContract({ ...contract, functionName: "feeBps" }),
      readLatestSet(client),
    ])
    return { feeBps, verifierSet }
  } catch (error) {
    throw asChainError(error, "reading the market's fee and verifiers")
  }
}

/** Undefined when nothing changed. */
export function changeOf(before: MarketTerms, made: MarketTerms): MarketTermsChange | undefined {
  const fields = (["feeBps", "verifierSet"] as const).filter((field) => before[field] !== made[field])
  if (fields.length === 0) return undefined
  return Object.fromEntries(fields.map((field) => [field, { before: before[field], made: made[field] }]))
}
