import type { Address } from "@berth/protocol"
import { berthAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import type { BerthClient } from "../client.ts"

/** What the owner of a market has set, and may take. */
export interface Controls {
  readonly owner: Address
  /** Who was named as the next owner and has not accepted; undefined: nobody. */
  readonly pendingOwner: Address | undefined
  /** What a tab or reservation made now pays of what it pays, basis points. */
  readonly feeBps: number
  /** The most that can ever be set, basis points. */
  readonly maxFeeBps: number
  /** Whether new deposits, tabs and reservations are refused. */
  readonly paused: boolean
  /** Fees earned and not withdrawn, credits. */
  readonly accruedFees: bigint
}

/**
 * The market's owner, fee and pause.
 * @throws BerthError `rpc`
 *
 * @example
 * const { feeBps, paused } = await controls(client)
 */
export async function controls(client: BerthClient): Promise<Controls> {
  const { publicClient, deployment } = client
  const core = { address: deployment.berth, abi: berthAbi } as const
  try {
    const [owner, pending, feeBps, maxFeeBps, paused, accruedFees] = await Promise.all([
      publicClient.readContract({ ...core, functionName: "owner" }),
      publicClient.readContract({ ...core, functionName: "pendingOwner" }),
      publicClient.readContract({ ...core, functionName: "feeBps" }),
      publicClient.readContract({ ...core, functionName: "MAX_FEE_BPS" }),
      publicClient.readContract({ ...core, functionName: "paused" }),
      publicClient.readContract({ ...core, functionName: "accruedFees" }),
    ])
    const pendingOwner = BigInt(pending) === 0n ? undefined : (pending.toLowerCase() as Address)
    return { owner: owner.toLowerCase() as Address, pendingOwner, feeBps, maxFeeBps, paused, accruedFees }
  } catch (error) {
    throw asChainError(error, "reading the market's owner and fee")
  }
}
