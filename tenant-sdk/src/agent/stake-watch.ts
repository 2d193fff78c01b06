import { type Address, formatCredits, isStakedFor } from "@berth/protocol"
import type { NodeStakes } from "../chain/node-stakes.ts"
import { asBerthError } from "../errors.ts"
import type { LeaseBook } from "./lease-book.ts"

export interface StakeWatchModules {
  readonly stakes: NodeStakes
  readonly book: LeaseBook
  readonly log: (level: "info" | "warn", message: string, fields: object) => void
}

/** Stake leaves a node in one transaction: until the next look a window more may be paid ahead, which is what a window is. */
export const STAKE_LOOK_MS = 60_000

/**
 * Decides to which nodes whole windows are paid ahead, by the stake that the chain last said is behind them: at each auction, and once a minute
 * behind the nodes that are paid ahead now. Without an answer the last one holds; without any, no stake is known.
 */
export class StakeWatch {
  readonly #m: StakeWatchModules
  readonly #everyMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(modules: StakeWatchModules, everyMs: number) {
    this.#m = modules
    this.#everyMs = everyMs
  }

  /** Whether the stake behind a node is enough for all that this agent has running there, and `more` credits of windows. */
  isStaked(node: Address, more = 0n): boolean {
    return isStakedFor(this.#m.stakes.of(node), this.#m.book.windowsAhead(node) + more)
  }

  /** Looks once, and then again and again. */
  async start(): Promise<void> {
    await this.look()
    this.#timer = setInterval(() => void this.look(), this.#everyMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Behind every node that is paid ahead. */
  async look(): Promise<void> {
    await Promise.all(this.#m.book.nodesPaidAhead().map((node) => this.#lookAt(node)))
  }

  async #lookAt(node: Address): Promise<void> {
    const { stakes, log } = this.#m
    const before = this.isStaked(node)
    try {
      const stake = formatCredits(await stakes.look(node))
      const after = this.isStaked(node)
      if (after !== before) log("info", after ? "a node is paid windows ahead" : "a node is no longer paid windows ahead", { node, stake })
    } catch (error) {
      log("warn", "the stake behind a node could not be read", { node, message: asBerthError(error).message })
    }
  }
}
