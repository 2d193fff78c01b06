import type { Address } from "@berth/protocol"
import { reservationsAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import type { BerthClient } from "../client.ts"

/**
 * What quotes of a node can still lock as collateral, credits: the node's free stake. What its operator has besides: `stakeOf`.
 * @throws BerthError `rpc`
 *
 * @example
 * if ((await lockable(client, { node })) < wanted) console.log("its operator must stake more")
 */
export async function lockable(client: BerthClient, options: { readonly node: Address }): Promise<bigint> {
  const contract = { address: client.deployment.reservations, abi: reservationsAbi } as const
  try {
    return await client.publicClient.readContract({ ...contract, functionName: "lockable", args: [options.node] })
  } catch (error) {
    throw asChainError(error, `reading what node ${options.node} may lock`)
  }
}
