import type { Abi, Address, Hex, TransactionReceipt } from "viem"
import type { BerthClient } from "../client.ts"
import { walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import { berthAbi } from "./abi.ts"
import { asChainError } from "./chain-error.ts"

/** A call to the core contract, or to another one of the market. */
export interface Call {
  readonly functionName: string
  readonly args: readonly unknown[]
  readonly contract?: { readonly address: Address; readonly abi: Abi }
}

/** Transactions of one wallet go one after another, so that two actions at once don't take the same nonce. */
const queues = new WeakMap<object, Promise<unknown>>()

/** Simulates, sends and waits for one transaction. Throws BerthError with the contract's reason. */
export async function transact(client: BerthClient, call: Call, doing: string): Promise<TransactionReceipt> {
  const wallet = walletOf(client)
  const before = queues.get(wallet) ?? Promise.resolve()
  const mine = before.catch(() => {}).then(() => send(client, call, doing))
  queues.set(wallet, mine)
  return mine
}

async function send(client: BerthClient, call: Call, doing: string): Promise<TransactionReceipt> {
  const wallet = walletOf(client)
  const { contract = { address: client.deployment.berth, abi: berthAbi }, ...what } = call
  try {
    const request = { ...contract, account: wallet.account, ...what } as never
    await client.publicClient.simulateContract(request)
    const hash: Hex = await wallet.writeContract(request)
    const receipt = await client.publicClient.waitForTransactionReceipt({ hash })
    if (receipt.status !== "success")
      throw new BerthError("reverted", `${doing}: transaction ${hash} was mined but reverted`, { hint: "try again" })
    return receipt
  } catch (error) {
    throw asChainError(error, doing)
  }
}
