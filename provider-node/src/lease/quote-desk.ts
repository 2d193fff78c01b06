import { randomBytes } from "node:crypto"
import {
  type Address,
  bytesToHex,
  hexToBytes,
  isStakedFor,
  type Market,
  mostAhead,
  ProtocolError,
  type Quote,
  quoteDigest,
  windowAmount,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { expectSize, type QuoteRequest, type QuoteResponse, quoteToWire } from "@berth/protocol/wire"
import type { Ledger } from "../books/ledger.ts"
import { ChainUnavailable } from "../chain/errors.ts"
import type { ReservationReader } from "../chain/reservation-reader.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import { monotonicMs } from "../clock.ts"
import type { NodeConfig, OfferConfig } from "../config.ts"
import type { DiskWatch } from "../disk/disk-watch.ts"
import type { ReservationBook } from "../reservations/book.ts"
import { isReserved, type Reservation, signerOn } from "../reservations/reservation.ts"
import { type LeaseTable, unitsOf } from "./table.ts"

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
  readonly reservations: ReservationBook
  readonly reader: Pick<ReservationReader, "lockable">
  readonly disk: Pick<DiskWatch, "critical" | "expectRoom" | "trouble">
}

/** How long stake, once read, is believed: quotes are many. */
const STAKE_MS = 30_000

/** Answers what a lease would cost now, to anybody: signed and binding for minutes. */
export class QuoteDesk {
  /** Takes no new leases. */
  draining = false
  readonly #options: DeskOptions
  readonly #modules: DeskModules
  /** Images that leases had here: no pull before the next start. */
  readonly #images = new Set<string>()
  /** Stake behind this node as last read. */
  #staked: { readonly at: number; readonly credits: bigint | undefined } = { at: Number.NEGATIVE_INFINITY, credits: undefined }

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
    const held = request.reservation.length > 0 ? this.#reservation(request.reservation) : undefined
    const free = held ? this.freeUnder(held) : this.free(offer)
    this.expectRoom(offer, request.count, held)
    const tenant = bytesToHex(request.tenant)
    const quote = held ? this.#quoteUnder(held, tenant, offer, request.count) : await this.#quoteFor(tenant, offer, request.count)
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

  /** Units that pay-as-you-go may have today: what is reserved is kept free for its holder. */
  free(offer: OfferConfig): number {
    const { leases, reservations } = this.#modules
    return Math.max(offer.count - reservations.reservedToday(offer.class) - unitsOf(leases.payingAsTheyGo(offer.class)), 0)
  }

  /** Units of a reservation that no lease under it uses. */
  freeUnder(r: Reservation): number {
    return Math.max(r.gpus - this.#modules.leases.unitsUnder(r.id), 0)
  }

  /**
   * Why a reservation is not served, for the disk's sake. Below the floor nothing is frozen: a lease that runs is served all the same, but an image for a
   * first one could not be pulled.
   */
  diskTrouble(r: Reservation): string | undefined {
    const { disk, leases } = this.#modules
    return disk.critical || leases.unitsUnder(r.id) === 0 ? disk.trouble : undefined
  }

  /** @throws ProtocolError `no_capacity`, `not_offered` when the reservation is for another class */
  expectRoom(offer: OfferConfig, count: number, held?: Reservation): void {
    if (held && held.class !== offer.class)
      throw new ProtocolError("not_offered", `reservation ${held.id} is of ${held.class}`, { field: "class" })
    this.#modules.disk.expectRoom(held !== undefined)
    const free = held ? this.freeUnder(held) : this.free(offer)
    if (free < count) throw new ProtocolError("no_capacity", `${free} of ${held?.gpus ?? offer.count} ${offer.class} are free now`)
  }

  /** The reservation that a quote is under: its nonce says so. What is nobody's reservation is pay-as-you-go. */
  reservationOf(quote: Pick<Quote, "nonce">): Reservation | undefined {
    return this.#modules.reservations.find(bytesToHex(quote.nonce))
  }

  /** @throws ProtocolError `no_reservation` when it does not run today or `signer` does not sign for today */
  expectHeld(held: Reservation, signer: Address): void {
    const { today } = this.#modules.reservations
    if (today === undefined) throw new ProtocolError("chain_unavailable", "the node has not seen the chain yet and can't tell the day")
    if (!isReserved(held, today))
      throw new ProtocolError("no_reservation", `${held.id} runs from day ${held.startDay} to ${held.endDay - 1}; today is ${today}`)
    this.#expectNotDenied(held)
    if (signerOn(held, today) !== signer)
      throw new ProtocolError("no_reservation", `${signer} does not sign for reservation ${held.id} today`, { field: "signer" })
  }

  /** Who denies days that it had is given none for nothing. */
  #expectNotDenied(held: Reservation): void {
    const denial = this.#modules.reservations.denial(held)
    if (denial) throw new ProtocolError("no_reservation", denial)
  }

  #reservation(id: Uint8Array): Reservation {
    expectSize(id, 32, "reservation")
    const found = this.reservationOf({ nonce: id })
    if (!found) throw new ProtocolError("no_reservation", `no reservation ${bytesToHex(id)} with this node is confirmed on chain`)
    this.#expectNotDenied(found)
    return found
  }

  /** At price 0, and good for this reservation alone: its id is the nonce, so that it is in what both sides sign. */
  #quoteUnder(held: Reservation, tenant: Address, offer: OfferConfig, count: number): Quote {
    return { ...this.#termsOf(offer, count), tenant, price: 0n, startPrice: 0n, nonce: hexToBytes(held.id) }
  }

  async #quoteFor(tenant: Address, offer: OfferConfig, count: number): Promise<Quote> {
    const window = windowAmount(this.#options.config.windowMs, count, offer.price)
    const terms = { ...this.#termsOf(offer, count), price: offer.price }
    const [known, stake] = await Promise.all([this.#isKnown(tenant, window), this.#stake()])
    // What it owes is summed over all tabs that it ever had here: not for whoever a stranger asks in the name of.
    const trusted = known && this.#modules.ledger.isTrusted(tenant, terms)
    const startPrice = trusted ? 0n : mostAhead(terms, isStakedFor(stake, window))
    return { ...terms, tenant, startPrice, nonce: new Uint8Array(randomBytes(32)) }
  }

  /** Tenants look for themselves; a node that asks for what it will not get only has its first receipt refused. */
  async #stake(): Promise<bigint | undefined> {
    if (monotonicMs() - this.#staked.at < STAKE_MS) return this.#staked.credits
    try {
      this.#staked = { at: monotonicMs(), credits: await this.#modules.reader.lockable(this.#options.node) }
    } catch (error) {
      if (!(error instanceof ChainUnavailable)) throw error
    }
    return this.#staked.credits
  }

  /** What every quote of an offer says. */
  #termsOf(offer: OfferConfig, count: number): Omit<Quote, "tenant" | "price" | "startPrice" | "nonce"> {
    const { config, node } = this.#options
    const now = this.#modules.chain.head?.timestamp
    if (now === undefined) throw new ProtocolError("chain_unavailable", "the node has not seen the chain yet and can't date a quote")
    return {
      node,
      class: offer.class,
      count,
      meter: 0,
      window: config.windowMs,
      pause: config.pauseMs,
      stop: config.stopMs,
      idle: config.idleMs,
      pullLimit: BigInt(config.pullLimitBytes),
      volumePrice: 0n,
      retention: config.retentionSeconds,
      expires: now + BigInt(config.quoteSeconds),
    }
  }

  /** A tenant is known by what it settled with this operator, confirmed on chain. What the chain can't be asked is as if it were not. */
  async #isKnown(tenant: Address, window: bigint): Promise<boolean> {
    const { knownAfterWindows } = this.#options.config
    return knownAfterWindows === 0 || (await this.#modules.chain.settledBy(tenant)) >= window * BigInt(knownAfterWindows)
  }
}
