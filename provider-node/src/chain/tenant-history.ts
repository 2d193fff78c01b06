import type { Address } from "@berth/protocol"
import type { Logger } from "pino"
import { monotonicMs } from "../clock.ts"
import { ChainUnavailable } from "./errors.ts"
import type { ChainReader } from "./reader.ts"

/** How long what was read of a tenant is believed. */
const BELIEVED_MS = 30_000
/** How long a question waits for the events of a long chain, the first time: a quote is wanted in seconds. */
const PATIENCE_MS = 2_000
/** Blocks that are read again each time: a chain that was rearranged under a confirmed block is believed then. */
const AGAIN = 64n
/** Open tabs of one tenant that are looked at; what it settled on more of them does not count. */
const MOST_OPEN = 200
/** Tenants that are remembered. */
const MOST_TENANTS = 10_000

interface Tab {
  readonly signer: Address
  readonly node: Address
  /** Credits, of a tab that is closed: that is final. */
  spent?: bigint
}

/**
 * What tenants have settled with any node of one operator. The tabs are read from events, once, and then only what is new; what a tab has spent is read
 * from the contract. A tab's `spent` only grows: whatever could not be read, the sum is never above what was settled.
 */
export class TenantHistory {
  readonly #reader: ChainReader
  readonly #log: Logger
  readonly #believedMs: number
  readonly #nodes = new Set<Address>()
  readonly #tabs = new Map<Address, Map<string, Tab>>()
  readonly #sums = new Map<Address, { readonly at: number; readonly settled: bigint }>()
  #next: bigint | undefined
  #reading: Promise<boolean> | undefined
  #trouble = false
  #stopped = false

  constructor(modules: { readonly reader: ChainReader; readonly log: Logger }, believedMs = BELIEVED_MS) {
    this.#reader = modules.reader
    this.#log = modules.log
    this.#believedMs = believedMs
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#reading
  }

  /** Credits that a tenant has settled with the operator's nodes as of a block, as far as could be read: what could not is in the log. */
  async settledBy(tenant: Address, operator: Address, block: bigint): Promise<bigint> {
    const known = this.#sums.get(tenant)
    if (known && monotonicMs() - known.at < this.#believedMs) return known.settled
    const upToDate = await inTime(this.readTo(operator, block))
    try {
      const settled = await this.#sum(this.#tabs.get(tenant), block)
      if (this.#sums.size >= MOST_TENANTS) this.#sums.clear()
      if (!upToDate) return settled
      this.#sums.set(tenant, { at: monotonicMs(), settled })
      if (this.#trouble) this.#log.info("the history of tenants can be read again")
      this.#trouble = false
      return settled
    } catch (error) {
      this.#failed(error)
      return known?.settled ?? 0n
    }
  }

  /** Reads which tabs were opened up to a block; a reading that is under way is joined. Returns whether all was read. */
  readTo(operator: Address, block: bigint): Promise<boolean> {
    // Once a block: strangers ask for quotes in the name of as many tenants as they like.
    if (!this.#reading && this.#next !== undefined && this.#next > block) return Promise.resolve(true)
    this.#reading ??= this.#read(operator, block).finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read(operator: Address, block: bigint): Promise<boolean> {
    const { startBlock } = this.#reader.deployment
    const from = this.#next === undefined || this.#next - AGAIN < startBlock ? startBlock : this.#next - AGAIN
    try {
      for await (const { found, to } of this.#reader.openings(operator, this.#nodes, from, block)) {
        for (const node of found.nodes) this.#nodes.add(node)
        for (const { tenant, signer, node } of found.tabs) this.#add(tenant, { signer, node })
        this.#next = to + 1n
        if (this.#stopped) return false
      }
      return true
    } catch (error) {
      this.#failed(error)
      return false
    }
  }

  #add(tenant: Address, tab: Tab): void {
    const tabs = this.#tabs.get(tenant) ?? new Map<string, Tab>()
    const key = `${tab.signer}/${tab.node}`
    if (!tabs.has(key)) tabs.set(key, tab)
    this.#tabs.set(tenant, tabs)
  }

  async #sum(tabs: ReadonlyMap<string, Tab> | undefined, block: bigint): Promise<bigint> {
    const all = [...(tabs?.values() ?? [])]
    const open = all.filter((t) => t.spent === undefined).slice(-MOST_OPEN)
    const spent = await Promise.all(
      open.map(async (tab) => {
        const seen = await this.#reader.tab(tab.signer, tab.node, block)
        if (seen.status === "closed") tab.spent = seen.spent
        return seen.status === "closed" ? 0n : seen.spent
      }),
    )
    return [...spent, ...all.map((t) => t.spent ?? 0n)].reduce((sum, s) => sum + s, 0n)
  }

  #failed(error: unknown): void {
    if (!(error instanceof ChainUnavailable)) throw error
    if (!this.#trouble) this.#log.warn({ err: error }, "the history of tenants can't be read: those that are not known yet stay unknown")
    this.#trouble = true
  }
}

/** False when it takes too long; it goes on. */
async function inTime(reading: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, false)
  })
  return Promise.race([reading, late]).finally(() => clearTimeout(timer))
}
