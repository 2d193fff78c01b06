import type { Address, Hash, PublicClient } from "viem"
import { CREATE_X, createXAbi } from "./create-x.ts"
import { DeployError } from "./deploy-error.ts"

/**
 * The transaction in which CreateX made a contract. Only for one that our journal does not know: an RPC may refuse to search a whole chain.
 */
export async function findCreation(client: PublicClient, newContract: Address): Promise<Hash> {
  const [log] = await client.getContractEvents({
    ...{ address: CREATE_X, abi: createXAbi, eventName: "ContractCreation" },
    ...{ args: { newContract }, fromBlock: 0n, strict: true },
  })
  if (!log)
    throw new DeployError(
      "WrongContract",
      `CreateX says of no transaction that it made ${newContract}, yet code is there: is the RPC an archive's?`,
    )
  return log.transactionHash
}
