import type { Address } from "@berth/protocol"
import { type BerthClient, createBerthClient, deposit, readDeployment, setLockable, stake } from "@berth/sdk"
import { type HDAccount, http } from "viem"
import type { LocalChain } from "../local-chain/index.ts"

/** Turns so much money of an operator into stake. */
export async function putUpStake(chain: LocalChain, operator: HDAccount, amount: bigint): Promise<void> {
  await chain.fund(operator.address, { usd: amount })
  const client = clientOf(chain, operator)
  await deposit(client, { amount })
  await stake(client, { amount })
}

/** Lets a node's quotes lock so much of what its operator staked: what tenants take for its stake. */
export async function putBehind(
  chain: LocalChain,
  operator: HDAccount,
  node: { readonly address: Address },
  amount: bigint,
): Promise<void> {
  await setLockable(clientOf(chain, operator), { node: node.address, amount })
}

/** A client with a development account's wallet. */
export function clientOf(chain: LocalChain, account: HDAccount): BerthClient {
  return createBerthClient({ deployment: readDeployment(chain.deploymentFile), transport: http(chain.rpcUrl), account })
}
