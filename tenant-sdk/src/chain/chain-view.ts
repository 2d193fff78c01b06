import { dayOf } from "@berth/protocol"
import type { PublicClient } from "viem"
import { asChainError } from "./chain-error.ts"

/** The chain's head as last seen. An RPC that does not answer leaves the last view: silence is not a stop of the clock's day. */
export class ChainView {
  readonly #publicClient: PublicClient
  #head: { number: bigint; timestamp: bigint } | undefined
  #seenAt = 0
  #timer: NodeJS.Timeout | undefined
  #reading: Promise<void> | undefined
  readonly #waiters = new Set<() => void>()

  constructor(publicClient: PublicClient) {
    this.#publicClient = publicClient
  }

  /** Reads the head once (throws BerthError `rpc` when it can't) and then again at every polling interval. */
  async start(): Promise<void> {
    await this.refresh()
    this.#timer = setInterval(() => void this.refresh().catch(() => {}), this.#publicClient.pollingInterval)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** Chain time, unix seconds: the head's, and while the RPC is silent for more than a minute its clock carried on by ours. */
  get now(): bigint {
    const silent = performance.now() - this.#seenAt
    const extra = silent > SILENT_MS ? BigInt(Math.floor(silent / 1_000)) : 0n
    return (this.#head?.timestamp ?? 0n) + extra
  }

  get today(): number {
    return dayOf(this.now)
  }

  get block(): bigint {
    return this.#head?.number ?? 0n
  }

  /** Resolves at the next new block. */
  nextBlock(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#waiters.delete(done)
        signal.removeEventListener("abort", onAbort)
        resolve()
      }
      const onAbort = () => {
        this.#waiters.delete(done)
        reject(signal.reason)
      }
      signal.addEventListener("abort", onAbort, { once: true })
      this.#waiters.add(done)
    })
  }

  async #read(): Promise<void> {
    try {
      const { number, timestamp } = await this.#publicClient.getBlock({ includeTransactions: false })
      const isNew = this.#head?.number !== number
      this.#head = { number: number!, timestamp }
      this.#seenAt = performance.now()
      if (isNew) for (const done of [...this.#waiters]) done()
    } catch (error) {
      throw asChainError(error, "reading the newest block")
    }
  }
}

const SILENT_MS = 60_000
