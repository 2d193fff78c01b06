import type { TransactionReceipt } from "viem"
import type { BerthClient } from "../client.ts"
import { verifiersAbi } from "./abi.ts"
import { transact } from "./transact.ts"

/** Sends one transaction to the Verifiers contract. */
export function transactVerifiers(
  client: BerthClient,
  functionName: string,
  args: readonly unknown[],
  doing: string,
): Promise<TransactionReceipt> {
  return transact(client, { functionName, args, contract: { address: client.deployment.verifiers, abi: verifiersAbi } }, doing)
}
