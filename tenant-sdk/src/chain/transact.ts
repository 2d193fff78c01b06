import { type Abi, type Address, encodeFunctionData, type Hex, keccak256, type TransactionReceipt } from "viem"
import type { BerthClient } from "../client.ts"
import { walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import { berthAbi } from "./abi.ts"
import { broadcast, isSilence, receiptOf, unconfirmed } from "./broadcast.ts"
import { asChainError } from "./chain-error.ts"

/** A call to the core contract, or to another one of the market. */
export interface Call {
  readonly functionName: string
  readonly args: readonly unknown[]
  readonly contract?: { readonly address: Address; readonly abi: Abi }
}

/** Transactions of one wallet go one after another, so that two actions at once don't take the same nonce. */
const queues = new WeakMap<object, Promise<unknown>>()

/**
 * Simulates, sends and waits for one transaction. Throws BerthError with the contract's reason; `unconfirmed` when it was sent, or may have
 * been, and no answer says what became of it: then it must not be sent again unseen.
 */
export async function transact(client: BerthClient, call: Call, doing: string): Promise<TransactionReceipt> {
  const wallet = walletOf(client)
  const before = queues.get(wallet) ?? Promise.resolve()
  const mine = before.catch(() => {}).then(() => send(client, call, doing))
  queues.set(wallet, mine)
  return mine
}

async function send(client: BerthClient, call: Call, doing: string): Promise<TransactionReceipt> {
  const hash = await sent(client, call, doing).catch((error) => {
    throw asChainError(error, doing)
  })
  const receipt = await receiptOf(client, hash, doing)
  if (receipt.status === "success") return receipt
  throw new BerthError("reverted", `${doing}: transaction ${hash} was mined but reverted`, { hint: "try again" })
}

async function sent(client: BerthClient, call: Call, doing: string): Promise<Hex> {
  const wallet = walletOf(client)
  const { account } = wallet
  const { contract = { address: client.deployment.berth, abi: berthAbi }, ...what } = call
  const request = { ...contract, account, ...what } as never
  await client.publicClient.simulateContract(request)
  // A browser's wallet signs and sends in one.
  if (account.type !== "local")
    return wallet.writeContract(request).catch((error) => {
      throw isSilence(error) ? unconfirmed(undefined, doing, error) : error
    })
  const data = encodeFunctionData({ abi: contract.abi, ...what } as never)
  const prepared = await wallet.prepareTransactionRequest({ account, to: contract.address, data } as never)
  const raw = await wallet.signTransaction(prepared as never)
  const hash = keccak256(raw)
  await broadcast(client, { raw, hash }, doing)
  return hash
}
