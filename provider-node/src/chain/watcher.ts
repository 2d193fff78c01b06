import type { Address } from "@berth/protocol"
import type { Logger } from "pino"
import { Signal } from "../signal.ts"
import { ChainUnavailable } from "./errors.ts"
import type { ChainReader, ChainTab, Head, StandingOrder } from "./reader.ts"
import { TenantHistory } from "./tenant-history.ts"

export interface WatcherOptions {
  readonly node: Address
  readonly pollMs: number
  /** Blocks under the head that are taken for final. */
  readonly confirmations: number
}

/** A tab as last seen, and the confirmed block it was seen at. */
export interface SeenTab extends ChainTab {
  readonly block: bigint
  /** Undefined when the tab was opened without one. */
  readonly order: StandingOrder | undefined
}

/** Tabs read again at each block in one go; more wait for the next block. */
const TABS_A_BLOCK = 500

/**
 * Follows the chain and never lets its silence out: when the RPC is gone, heads and tabs stay as last seen and `reachable` says so.
 * Tabs are read at `confirmations` under the head, and again at each new block for as long as they are watched.
 */
export class ChainWatcher {
  readonly onHead = new Signal<Head>()
  /** A watched tab was read again. */
  readonly onTab = new Signal<Address>()
  readonly #reader: ChainReader
  readonly #options: WatcherOptions
  readonly #log: Logger
  readonly #tabs = new Map<Address, SeenTab>()
  readonly #watched = new Set<Address>()
  /** Of watched tabs: an order is read once, it never changes. */
  readonly #orders = new Map<Address, StandingOrder | undefined>()
  readonly #history: TenantHistory
  #head: Head | undefined
  #operator: Address | undefined
  #reachable = false
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> | undefined
  #stopped = false

  constructor(options: WatcherOptions, modules: { reader: ChainReader; log: Logger }) {
    this.#options = options
    this.#reader = modules.reader
    this.#log = modules.log
    this.#history = new TenantHistory(modules)
  }

  /** The last block seen; undefined before the first. */
  get head(): Head | undefined {
    return this.#head
  }

  /** The last block that is taken for final; undefined before the first was seen. */
  get confirmed(): bigint | undefined {
    return this.#head && this.#confirmed()
  }

  get reachable(): boolean {
    return this.#reachable
  }

  /** Who is paid for this node's work; undefined while not registered or not seen. */
  get operator(): Address | undefined {
    return this.#operator
  }

  /** Polls once and goes on in the background. Does not wait for a chain that is gone. */
  async start(): Promise<void> {
    await this.poll()
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#polling
    await this.#history.stop()
  }

  /** From now on this tab is read at every block; `seen` is what was read just now. */
  watch(signer: Address, seen?: SeenTab): void {
    this.#watched.add(signer)
    if (seen) this.#tabs.set(signer, seen)
  }

  unwatch(signer: Address): void {
    this.#watched.delete(signer)
    this.#tabs.delete(signer)
    this.#orders.delete(signer)
  }

  /** The tab as last seen at a confirmed block; undefined when never seen. */
  seen(signer: Address): SeenTab | undefined {
    return this.#tabs.get(signer)
  }

  /** The tab as seen, else read now. @throws ChainUnavailable */
  async tab(signer: Address): Promise<SeenTab> {
    const seen = this.#tabs.get(signer)
    if (seen?.status === "open") return seen
    const tab = await this.#read(signer)
    if (tab.status !== "none") return tab
    // Opened a moment ago, in a block that was not polled yet.
    await this.poll()
    return this.#confirmed() === tab.block ? tab : this.#read(signer)
  }

  /** Credits settled with this node's operator, confirmed, as far as the chain could be read. 0 while the node is not registered. */
  async settledBy(tenant: Address): Promise<bigint> {
    return this.#operator ? this.#history.settledBy(tenant, this.#operator, this.#confirmed()) : 0n
  }

  credits(): Promise<bigint> {
    return this.#operator ? this.#reader.credits(this.#operator) : Promise.resolve(0n)
  }

  /** Asks for the head now; a poll that is under way is joined. */
  poll(): Promise<void> {
    this.#polling ??= this.#pollOnce().finally(() => {
      this.#polling = undefined
    })
    return this.#polling
  }

  async #pollOnce(): Promise<void> {
    try {
      const head = await this.#reader.head()
      this.#setReachable(true)
      if (head.number === this.#head?.number && head.timestamp === this.#head.timestamp) return
      this.#head = { number: head.number, timestamp: head.timestamp }
      if (!this.#operator) await this.#findOperator()
      this.onHead.emit(this.#head)
      await this.#readWatched()
    } catch (error) {
      if (!(error instanceof ChainUnavailable)) throw error
      this.#setReachable(false, error)
    }
  }

  /** And begins with the history of its tenants, before a quote waits for it. */
  async #findOperator(): Promise<void> {
    const block = this.#confirmed()
    this.#operator = (await this.#reader.operatorOf(this.#options.node, block))?.operator
    if (!this.#operator) return
    this.#history.readTo(this.#operator, block).catch((error) => this.#log.error({ err: error }, "reading the history of tenants failed"))
  }

  async #readWatched(): Promise<void> {
    const confirmed = this.#confirmed()
    const seenAt = (signer: Address) => this.#tabs.get(signer)?.block ?? -1n
    const due = [...this.#watched].filter((signer) => seenAt(signer) !== confirmed)
    if (due.length > TABS_A_BLOCK) due.sort((a, b) => Number(seenAt(a) - seenAt(b))).splice(TABS_A_BLOCK)
    await Promise.all(due.map((signer) => this.#read(signer)))
  }

  async #read(signer: Address): Promise<SeenTab> {
    const block = this.#confirmed()
    const read = await this.#reader.tab(signer, this.#options.node, block)
    const tab = { ...read, block, order: await this.#order(signer, read.status, block) }
    if (this.#watched.has(signer)) {
      this.#tabs.set(signer, tab)
      this.onTab.emit(signer)
    }
    return tab
  }

  async #order(signer: Address, status: ChainTab["status"], block: bigint): Promise<StandingOrder | undefined> {
    if (status === "none") this.#orders.delete(signer)
    if (status === "none" || status === "closed") return undefined
    if (this.#orders.has(signer)) return this.#orders.get(signer)
    const order = await this.#reader.order(signer, this.#options.node, block)
    if (this.#watched.has(signer)) this.#orders.set(signer, order)
    return order
  }

  #confirmed(): bigint {
    if (!this.#head) throw new ChainUnavailable("No block was seen yet: the node has not reached its RPC.")
    const block = this.#head.number - BigInt(this.#options.confirmations)
    const first = this.#reader.deployment.startBlock
    if (block > first) return block
    // A chain that was begun anew under us has no such block: then its newest is the best there is.
    return first > this.#head.number ? this.#head.number : first
  }

  #setReachable(reachable: boolean, error?: Error): void {
    if (reachable === this.#reachable) return
    this.#reachable = reachable
    if (reachable) this.#log.info("the chain answers")
    else
      this.#log.warn(
        { err: error, lastBlock: this.#head?.number.toString() },
        "the chain does not answer; going on with what was last seen",
      )
  }

  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.poll()
        .catch((error) => this.#log.error({ err: error }, "watching the chain failed"))
        .finally(() => this.#schedule())
    }, this.#options.pollMs)
  }
}
