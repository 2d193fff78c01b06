import { setTimeout as sleep } from "node:timers/promises"
import {
  BaseError,
  type Hash,
  type Hex,
  HttpRequestError,
  InternalRpcError,
  ResourceUnavailableRpcError,
  SocketClosedError,
  TimeoutError,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
  WebSocketRequestError,
} from "viem"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { asChainError } from "./chain-error.ts"

/** A signed transaction. Its hash is known before anybody was given it, and sent twice it is still one. */
export interface SignedTransaction {
  readonly raw: Hex
  readonly hash: Hash
}

/** How long a transaction that was sent is looked after. */
export interface Patience {
  /** Milliseconds until it is mined. */
  readonly minedMs: number
  /** Milliseconds for which an RPC that does not answer is asked again. */
  readonly silentMs: number
}

const PATIENCE: Patience = { minedMs: 180_000, silentMs: 60_000 }
const FIRST_WAIT_MS = 250
const MOST_WAIT_MS = 5_000

type Reader = Pick<BerthClient, "publicClient">

/**
 * Gives a signed transaction to the chain's RPC, again while that does not answer: an answer may be lost though the transaction was not.
 * @param options `sentBefore`: it may have been given to the chain already, by us
 * @throws BerthError `unconfirmed`, or what the RPC said
 */
export async function broadcast(
  { publicClient }: Reader,
  { raw, hash }: SignedTransaction,
  doing: string,
  { patience = PATIENCE, sentBefore = false }: { readonly patience?: Patience; readonly sentBefore?: boolean } = {},
): Promise<void> {
  const known = () =>
    publicClient.getTransaction({ hash }).then(
      () => true,
      (error) => {
        if (isUnanswered(error)) throw error
        return false
      },
    )
  let unanswered = sentBefore
  await whileSilent(hash, doing, patience.silentMs, async () => {
    try {
      await publicClient.sendRawTransaction({ serializedTransaction: raw })
    } catch (error) {
      if (isUnanswered(error)) {
        unanswered = true
        throw error
      }
      // `already known`, `nonce too low`: an earlier try came through whose answer did not. Without one it is another program's of the same wallet,
      // to the byte: what it does is done once, and not by us.
      if (!unanswered) throw error
      // Too little money for it, say: it may be what the earlier try spent.
      if (!(await known())) throw unconfirmed(hash, doing, error)
    }
  })
}

/**
 * Waits until a transaction is mined, also while the RPC does not answer for a while.
 * @throws BerthError `unconfirmed`; `reverted` when another one of the wallet took its place
 */
export async function receiptOf(
  { publicClient }: Reader,
  hash: Hash,
  doing: string,
  { minedMs, silentMs }: Patience = PATIENCE,
): Promise<TransactionReceipt> {
  let isOther = false
  const onReplaced = ({ reason }: { reason: string }) => {
    isOther = reason !== "repriced"
  }
  const until = performance.now() + minedMs
  // While blocks can't be read viem says nothing until its time is over: it gets ours in pieces.
  const piece = async () => {
    const timeout = Math.max(1, Math.min(silentMs / 4, until - performance.now()))
    try {
      return await publicClient.waitForTransactionReceipt({ hash, timeout, onReplaced })
    } catch (error) {
      if (!(error instanceof WaitForTransactionReceiptTimeoutError)) throw error
      await publicClient.getBlockNumber()
      if (performance.now() >= until) throw error
      return undefined
    }
  }
  let receipt: TransactionReceipt | undefined
  while (!receipt) receipt = await whileSilent(hash, doing, silentMs, piece)
  if (!isOther) return receipt
  throw new BerthError("reverted", `${doing}: transaction ${receipt.transactionHash} of the same wallet took the place of ${hash}`, {
    hint: "try again, if it was not meant to be cancelled",
  })
}

/** Does it again while nobody answers, but not for longer than that. */
async function whileSilent<T>(hash: Hash, doing: string, silentMs: number, work: () => Promise<T>): Promise<T> {
  let until: number | undefined
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(MOST_WAIT_MS, 2 * wait)) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof WaitForTransactionReceiptTimeoutError) throw unconfirmed(hash, doing, error)
      if (!isUnanswered(error)) throw asChainError(error, doing)
      until ??= performance.now() + silentMs
      if (performance.now() > until) throw unconfirmed(hash, doing, error)
      await sleep(wait)
    }
  }
}

/** Whether nobody answered, or only somebody in between: then what was sent may have arrived. */
export function isSilence(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false
  const silent = error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError)
  const status = silent instanceof HttpRequestError ? silent.status : undefined
  return silent !== null && (status === undefined || status >= 500 || status === 429 || status === 408)
}

/** Also an answer that says only that something went wrong on the way to it: a gateway's, or of a line that broke. */
function isUnanswered(error: unknown): boolean {
  if (isSilence(error)) return true
  if (!(error instanceof BaseError)) return false
  return (
    error.walk(
      (e) =>
        e instanceof InternalRpcError ||
        e instanceof ResourceUnavailableRpcError ||
        e instanceof SocketClosedError ||
        e instanceof WebSocketRequestError,
    ) !== null
  )
}

/** It must not look like something to try again: that would do it twice. */
export function unconfirmed(hash: Hash | undefined, doing: string, cause: unknown): BerthError {
  const what = hash ? `transaction ${hash} was sent` : "the wallet did not answer; a transaction may have been sent"
  return new BerthError("unconfirmed", `${doing}: ${what}; look whether it was mined before sending again`, {
    hint: "berth account balance and berth tabs show what came of it, or a block explorer; what was sent with an id can be asked for again with it",
    cause,
  })
}
