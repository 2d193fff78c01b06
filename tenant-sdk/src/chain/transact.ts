import { type Abi, type Address, encodeFunctionData, type Hex, keccak256, parseTransaction, type TransactionReceipt } from "viem"
import type { BerthClient } from "../client.ts"
import { walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import { berthAbi } from "./abi.ts"
import { broadcast, isSilence, receiptOf, type SignedTransaction, unconfirmed } from "./broadcast.ts"
import { asChainError } from "./chain-error.ts"

/** A call to the core contract, or to another one of the market. */
export interface Call {
  readonly functionName: string
  readonly args: readonly unknown[]
  readonly contract?: { readonly address: Address; readonly abi: Abi }
}

/**
 * Where one transaction is kept from before anybody is given it: asked for again, it is sent again as it is, and no other one is made. Of one
 * thing to do, such as one deposit.
 */
export interface Once {
  kept(): SignedTransaction | undefined
  /** In place of what was kept. Has to be on disk when it returns. */
  keep(transaction: SignedTransaction): void
  /** It did nothing, and never will: the next time another one is made. */
  forget(): void
}

/** Transactions of one wallet go one after another, so that two actions at once don't take the same nonce. */
const queues = new WeakMap<object, Promise<unknown>>()

/**
 * Simulates, sends and waits for one transaction. Throws BerthError with the contract's reason; `unconfirmed` when it was sent, or may have
 * been, and no answer says what became of it: then it must not be sent again unseen.
 * @param call or what makes it, in its turn
 */
export async function transact(
  client: BerthClient,
  call: Call | (() => Promise<Call>),
  doing: string,
  once?: Once,
): Promise<TransactionReceipt> {
  const wallet = walletOf(client)
  const before = queues.get(wallet) ?? Promise.resolve()
  const mine = before.catch(() => {}).then(() => send(client, call, doing, once))
  queues.set(wallet, mine)
  return mine
}

async function send(client: BerthClient, call: Call | (() => Promise<Call>), doing: string, once?: Once): Promise<TransactionReceipt> {
  const earlier = once?.kept()
  const hash = await (earlier ? sentAgain(client, earlier, doing) : sent(client, call, doing, once)).catch((error) => {
    throw asChainError(error, doing)
  })
  const receipt = await receiptOf(client, hash, doing).catch((error) => {
    // Another one of the wallet was mined at its nonce.
    if (error.code === "reverted") once?.forget()
    throw error
  })
  // The wallet's owner paid more for it to be mined sooner: found again it is found there.
  const kept = once?.kept()
  if (kept && receipt.transactionHash !== hash) once?.keep({ raw: kept.raw, hash: receipt.transactionHash })
  if (receipt.status === "success") return receipt
  once?.forget()
  throw new BerthError("reverted", `${doing}: transaction ${hash} was mined but reverted`, { hint: "try again" })
}

async function sent(client: BerthClient, call: Call | (() => Promise<Call>), doing: string, once?: Once): Promise<Hex> {
  const wallet = walletOf(client)
  const { account } = wallet
  if (once && account.type !== "local")
    throw new BerthError("unsupported", `${doing}: a wallet that sends by itself can't keep a transaction before it does`)
  const { contract = { address: client.deployment.berth, abi: berthAbi }, ...what } = typeof call === "function" ? await call() : call
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
  // Kept also when it is refused: what stands between us and the chain may have tried twice, and told of the second time.
  once?.keep({ raw, hash })
  await broadcast(client, { raw, hash }, doing)
  return hash
}

/** What was signed before, mined or pending or never sent: all three are one transaction. */
async function sentAgain(client: BerthClient, transaction: SignedTransaction, doing: string): Promise<Hex> {
  const { raw, hash } = transaction
  const { publicClient } = client
  const silent = (error: unknown): never => {
    throw isSilence(error) ? unconfirmed(hash, doing, error) : error
  }
  const mined = () =>
    publicClient.getTransactionReceipt({ hash }).then(
      () => true,
      (error) => (isSilence(error) ? silent(error) : false),
    )
  if (await mined()) return hash
  const { address } = walletOf(client).account
  const { nonce = 0 } = parseTransaction(raw)
  const next = await publicClient.getTransactionCount({ address, blockTag: "latest" }).catch(silent)
  // Never made anew from here: an RPC of many machines may count a transaction on one and not know it on the next, and the wallet's owner may
  // have sent the same with a higher fee.
  if (next > nonce && !(await mined()))
    throw new BerthError("unconfirmed", `${doing}: ${hash} is not on the chain, but a transaction ${nonce} of ${address} is`, {
      hint: `look in a block explorer what its transaction with nonce ${nonce} did; if it was something else, do this again with another id`,
    })
  await broadcast(client, transaction, doing, { sentBefore: true })
  return hash
}
