import { randomBytes } from "node:crypto"
import { type Address, bytesToHex, type Market, ProtocolError, type Quote, quoteDigest, windowAmount } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { expectSize, type QuoteRequest, type QuoteResponse, quoteToWire } from "@berth/protocol/wire"
import type { Ledger } from "../books/ledger.ts"
import { ChainUnavailable } from "../chain/errors.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import type { NodeConfig, OfferConfig } from "../config.ts"
import type { LeaseTable } from "./table.ts"

export interface DeskOptions {
  readonly config: NodeConfig
  readonly market: Market
  readonly node: Address
  readonly privateKey: Uint8Array
}

export interface DeskModules {
  readonly chain: ChainWatcher
  readonly leases: LeaseTable
  readonly ledger: Ledger
}

/** Answers what a lease would cost now, to anybody: signed and binding for minutes. */
export class QuoteDesk {
  /** Takes no new leases. */
  draining = false
  readonly #options: DeskOptions
  readonly #modules: DeskModules
  /** Images that leases had here: no pull before the next start. */
  readonly #images = new Set<string>()

  constructor(options: DeskOptions, modules: DeskModules) {
    this.#options = options
    this.#modules = modules
    modules.leases.onChange.on((lease) => {
      if (lease.state === "ready") this.#images.add(lease.row.deal.privateTerms.image)
    })
  }

  /** @throws ProtocolError `draining`, `not_offered`, `no_capacity`, `chain_unavailable`, `malformed` */
  async quote(request: QuoteRequest): Promise<QuoteResponse> {
    expectSize(request.tenant, 20, "tenant")
    const offer = this.offer(request.class, request.count)
    const free = this.free(offer)
    if (free < request.count) throw new ProtocolError("no_capacity", `${free} of ${offer.count} ${offer.class} are free now`)
    const tenant = bytesToHex(request.tenant)
    const quote = await this.#quoteFor(tenant, offer, request.count)
    const signature = nativeEcdsa.sign(quoteDigest(this.#options.market, quote), this.#options.privateKey)
    return { quote: quoteToWire(quote, signature), freeUnits: free, imagePresent: this.#images.has(request.image) }
  }

  /** The offer that a request is for. @throws ProtocolError `draining`, `not_offered` */
  offer(gpuClass: string, count: number): OfferConfig {
    if (this.draining) throw new ProtocolError("draining", "this node takes no new leases now")
    const offer = this.#options.config.offers.find((o) => o.class === gpuClass)
    if (!offer)
      throw new ProtocolError("not_offered", `this node does not offer ${JSON.stringify(gpuClass.slice(0, 64))}`, { field: "class" })
    if (count < 1 || count > offer.count)
      throw new ProtocolError("not_offered", `this node offers 1 to ${offer.count} of ${offer.class}, not ${count}`, { field: "count" })
    return offer
  }

  free(offer: OfferConfig): number {
    return Math.max(offer.count - this.#modules.leases.unitsInUse(offer.class), 0)
  }

  /** Whether a tenant may work before it signs: not while it owes more than a window, on whichever tab and however long ago. */
  isTrusted(tenant: Address, window: bigint): boolean {
    return this.#modules.ledger.owedBy(tenant) <= window
  }

  async #quoteFor(tenant: Address, offer: OfferConfig, count: number): Promise<Quote> {
    const { config, node } = this.#options
    const now = this.#modules.chain.head?.timestamp
    if (now === undefined) throw new ProtocolError("chain_unavailable", "the node has not seen the chain yet and can't date a quote")
    const window = windowAmount(config.windowMs, count, offer.price)
    const known = this.isTrusted(tenant, window) && (await this.#isKnown(tenant, window))
    return {
      node,
      tenant,
      class: offer.class,
      count,
      price: offer.price,
      meter: 0,
      window: config.windowMs,
      pause: config.pauseMs,
      stop: config.stopMs,
      idle: config.idleMs,
      startPrice: known ? 0n : window,
      pullLimit: BigInt(config.pullLimitBytes),
      volumePrice: 0n,
      retention: config.retentionSeconds,
      expires: now + BigInt(config.quoteSeconds),
      nonce: new Uint8Array(randomBytes(32)),
    }
  }

  /** A tenant is known by what it settled with this operator, confirmed on chain. When the chain can't be asked it is not. */
  async #isKnown(tenant: Address, window: bigint): Promise<boolean> {
    const { knownAfterWindows } = this.#options.config
    if (knownAfterWindows === 0) return true
    try {
      return (await this.#modules.chain.settledBy(tenant)) >= window * BigInt(knownAfterWindows)
    } catch (error) {
      if (error instanceof ChainUnavailable) return false
      throw error
    }
  }
}
