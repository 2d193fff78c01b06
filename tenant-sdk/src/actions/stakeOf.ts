import type { Address } from "@berth/protocol"
import { reservationsAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import { type BerthClient, walletOf } from "../client.ts"

/** An operator's stake, credits. Collateral of running reservations is not part of it. */
export interface OperatorStake {
  readonly operator: Address
  /** Can be made lockable for a node, or unbonded. */
  readonly free: bigint
  /** On its way out. */
  readonly unbonding: bigint
  /** Unix seconds from which that can be taken; undefined when nothing is. */
  readonly unbondsAt: bigint | undefined
  /** Every node of the operator with what its quotes may still lock. */
  readonly nodes: readonly { readonly node: Address; readonly lockable: bigint }[]
}

/**
 * What an operator has staked, and how much of it each of its nodes may lock.
 * @throws BerthError `rpc`, `no_wallet`
 *
 * @example
 * const { free, nodes } = await stakeOf(client, { operator })
 */
export async function stakeOf(client: BerthClient, options: { readonly operator?: Address | undefined } = {}): Promise<OperatorStake> {
  const operator = (options.operator ?? walletOf(client).account.address).toLowerCase() as Address
  const { publicClient, directory, deployment } = client
  await directory.refresh(publicClient, deployment)
  const contract = { address: client.deployment.reservations, abi: reservationsAbi } as const
  try {
    const [stake, nodes] = await Promise.all([
      publicClient.readContract({ ...contract, functionName: "stakes", args: [operator] }),
      Promise.all(
        directory.ofOperator(operator).map(async ({ node }) => ({
          node,
          lockable: await publicClient.readContract({ ...contract, functionName: "lockable", args: [node] }),
        })),
      ),
    ])
    const { free, unbonding, unbondsAt } = stake
    return { operator, free, unbonding, unbondsAt: unbondsAt === 0 ? undefined : BigInt(unbondsAt), nodes }
  } catch (error) {
    throw asChainError(error, `reading the stake of ${operator}`)
  }
}
