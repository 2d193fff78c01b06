import {
  type Address,
  bytesToHex,
  type LeaseTerms,
  leaseId,
  type Market,
  ProtocolError,
  type PublicTerms,
  privateTermsHash,
  type Quote,
  quoteDigest,
  recoverAddress,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { expectSize, type LeaseOpen, quoteFromWire } from "@berth/protocol/wire"
import type { Ledger } from "../books/ledger.ts"
import { fundsNeeded } from "../books/standing.ts"
import type { TabAccount } from "../books/tab-account.ts"
import { ChainUnavailable } from "../chain/errors.ts"
import type { ChainWatcher, SeenTab } from "../chain/watcher.ts"
import { monotonicMs, wallMs } from "../clock.ts"
import type { OfferConfig } from "../config.ts"
import type { ReservationBook } from "../reservations/book.ts"
import type { LeaseDeal } from "./lease.ts"
import { LiveLease } from "./live-lease.ts"
import { readPrivateTerms } from "./private-terms.ts"
import type { DeskOptions, QuoteDesk } from "./quote-desk.ts"
import type { LeaseTable } from "./table.ts"

export interface LeaseDeskModules {
  readonly chain: ChainWatcher
  readonly leases: LeaseTable
  readonly ledger: Ledger
  readonly quotes: QuoteDesk
  readonly reservations: ReservationBook
}

/** A tab as a session proves it. */
export interface TabRef {
  readonly signer: Address
  readonly tab: `0x${string}`
  readonly tabBytes: Uint8Array
}

/** A start may lie this far from chain time, seconds: blocks are seen late, and an open is sent again after a fault. */
const START_SLACK = 3_600n
const HOUR_MS = 3_600_000
/** Leases of a tab that end before anything of them was signed: an agent that works signs the terms within a second. */
const MAX_UNSIGNED_AN_HOUR = 8
/** Ended leases of a tab whose containers are kept, or that ended within the hour. */
const MAX_ENDED = 500

/** Opens leases: what binds this node, checked against the chain before it is signed. */
export class LeaseDesk {
  readonly #options: DeskOptions
  readonly #modules: LeaseDeskModules

  constructor(options: DeskOptions, modules: LeaseDeskModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * Takes a lease, or finds the one that the same terms opened before. Stored before it returns; started by the lease loop.
   * @throws ProtocolError for every check that fails
   */
  async open(ref: TabRef, open: LeaseOpen): Promise<LiveLease> {
    const { quote, signature } = quoteFromWire(open.quote ?? missing("quote"))
    expectSize(open.clientId, 16, "clientId")
    expectSize(open.signature, 64, "signature")
    const agreed = termsOf(ref, open, quote, this.#market)
    const id = leaseId(this.#market, agreed)
    const idHex = bytesToHex(id)
    const known = this.#modules.leases.ofTab(ref.tab).find((l) => l.id === idHex)
    if (known) return known
    if (recoverAddress(nativeEcdsa, id, open.signature) !== ref.signer)
      throw new ProtocolError("bad_signature", "the lease terms are not signed by the tab's signer", { field: "signature" })
    this.#checkQuote(quote, signature)
    if (!startIsNear(open.start, this.#modules.chain.head?.timestamp ?? open.start))
      throw new ProtocolError("terms_mismatch", `start ${open.start} is more than an hour away from the chain's time`, { field: "start" })
    const privateTerms = readPrivateTerms(open.privateTerms, this.#options.config.localRegistries)
    const offer = this.#modules.quotes.offer(quote.class, quote.count)
    this.#expectMeasure(ref.tab)
    const held = this.#modules.quotes.reservationOf(quote)
    if (held) this.#modules.quotes.expectHeld(held, ref.signer)
    const chainTab = held ? undefined : await this.#payingTab(ref, quote, offer)
    // From here on nothing is awaited: two opens can't both take the last unit.
    const again = this.#modules.leases.ofTab(ref.tab).find((l) => l.id === idHex)
    if (again) return again
    if (this.#modules.leases.ofTab(ref.tab).some((l) => l.leaseNo === open.leaseNo))
      throw new ProtocolError("terms_mismatch", `this tab has another lease ${open.leaseNo}`, { field: "leaseNo" })
    this.#modules.quotes.expectRoom(offer, quote.count, held)
    const deal: LeaseDeal = {
      leaseId: idHex,
      tab: ref.tab,
      signer: ref.signer,
      terms: agreed.terms,
      privateTerms,
      startPrice: quote.startPrice,
      pullLimit: quote.pullLimit,
      retention: quote.retention,
      nodeSignature: nativeEcdsa.sign(id, this.#options.privateKey),
      devices: this.#devices(offer, quote.count),
      ...(held && { reservation: held.id }),
    }
    return this.#take(deal, held?.holder ?? quote.tenant, chainTab)
  }

  /** The tab that pays for a lease as it goes, and that the quote is good for. */
  async #payingTab(ref: TabRef, quote: Quote, offer: OfferConfig): Promise<SeenTab> {
    // Quotes at price 0 are for reservations: one that we don't know (any more) must not become work for nothing.
    if (quote.price < offer.price && quote.price === 0n)
      throw new ProtocolError("no_reservation", "the quote is under a reservation that this node does not know", { field: "nonce" })
    const chainTab = await this.tab(ref)
    if (chainTab.tenant !== quote.tenant)
      throw new ProtocolError("quote_mismatch", "the quote was given to another tenant than the tab's", { field: "tenant" })
    if (quote.startPrice === 0n && !this.#modules.ledger.isTrusted(quote.tenant, quote))
      throw new ProtocolError("quote_expired", "work of this tenant has gone unsigned since the quote was given: ask for a new one")
    return chainTab
  }

  /** Free devices. Those of a lease that has to make way are not free before its container has ended. */
  #devices(offer: OfferConfig, count: number): string[] {
    if (offer.devices.length === 0) return []
    const used = this.#modules.leases.devicesInUse()
    const free = offer.devices.filter((uuid) => !used.has(uuid)).slice(0, count)
    if (free.length < count) throw new ProtocolError("no_capacity", "the devices are being freed: try again in some seconds")
    return free
  }

  /** Who pays for what runs on a tab, new to us: its tenant on chain, or the holder of a reservation that names its signer today. */
  async account(ref: TabRef): Promise<TabAccount> {
    const { ledger, reservations } = this.#modules
    const held = reservations.heldBy(ref.signer)
    return ledger.find(ref.tab) ?? ledger.open(ref.tab, ref.signer, held?.holder ?? (await this.tab(ref)).tenant, held !== undefined)
  }

  /** The tab as the chain has it, open. @throws ProtocolError `no_tab`, `closing`, `chain_unavailable` */
  async tab(ref: TabRef): Promise<SeenTab> {
    try {
      const tab = await this.#modules.chain.tab(ref.signer)
      if (tab.status === "none") throw new ProtocolError("no_tab", "no tab of this signer with this node is confirmed on chain")
      if (tab.status !== "open") throw new ProtocolError("closing", "the tab is closing or closed: open another with a new signer")
      return tab
    } catch (error) {
      if (error instanceof ChainUnavailable)
        throw new ProtocolError("chain_unavailable", "this node can't read the chain now", { cause: error })
      throw error
    }
  }

  get #market(): Market {
    return this.#options.market
  }

  #checkQuote(quote: Quote, signature: Uint8Array): void {
    const now = this.#modules.chain.head?.timestamp ?? 0n
    if (quote.expires < now) throw new ProtocolError("quote_expired", `the quote expired at ${quote.expires}, it is ${now}`)
    if (recoverAddress(nativeEcdsa, quoteDigest(this.#market, quote), signature) !== this.#options.node)
      throw new ProtocolError("quote_mismatch", "the quote is not one that this node signed", { field: "signature" })
  }

  /** An open costs nothing but a signature; rows, containers and volumes are ours. */
  #expectMeasure(tab: LeaseDeal["tab"]): void {
    const { leases, ledger } = this.#modules
    const over = leases.ofTab(tab).filter((l) => !l.live)
    const recent = over.filter((l) => wallMs() - (l.row.endedAt ?? 0) < HOUR_MS)
    const signed = ledger.find(tab)?.books.leases
    if (recent.filter((l) => !signed?.has(l.leaseNo)).length >= MAX_UNSIGNED_AN_HOUR)
      throw new ProtocolError("rate_limited", `${MAX_UNSIGNED_AN_HOUR} leases of this tab ended within the hour without one signature`)
    if (recent.length >= MAX_ENDED || over.filter((l) => !l.row.removed).length >= MAX_ENDED)
      throw new ProtocolError("rate_limited", `the files of ${MAX_ENDED} leases of this tab are still kept: try later`)
  }

  /** @param chainTab absent under a reservation: nothing of it is paid by a deposit */
  #take(deal: LeaseDeal, tenant: Address, chainTab: SeenTab | undefined): LiveLease {
    const { ledger, leases, chain } = this.#modules
    const account = ledger.open(deal.tab, deal.signer, tenant, chainTab === undefined)
    if (account.closeAmount !== null) throw new ProtocolError("closing", "this node has signed the close of this tab")
    const row = {
      deal,
      state: "accepted" as const,
      reason: null,
      detail: "",
      exitCode: null,
      endWish: null,
      imageId: "",
      activeMs: 0n,
      forgivenMs: 0n,
      endedAt: null,
      removed: false,
    }
    if (!chainTab) return leases.add(row)
    const candidate = new LiveLease(row, monotonicMs())
    const needed = fundsNeeded(account.books, [...ledger.leasesOf(deal.tab), ledger.booked(candidate)])
    if (needed > chainTab.deposit)
      throw new ProtocolError("no_funds", `the tab holds ${chainTab.deposit} credits, this lease and what runs need ${needed}: top up`)
    chain.watch(deal.signer, chainTab)
    return leases.add(row)
  }
}

function termsOf(ref: TabRef, open: LeaseOpen, quote: Quote, market: Market): LeaseTerms {
  if (open.leaseNo < 1) throw new ProtocolError("terms_mismatch", "leases are counted from 1", { field: "leaseNo" })
  const terms: PublicTerms = {
    tab: ref.tabBytes,
    leaseNo: open.leaseNo,
    class: quote.class,
    count: quote.count,
    price: quote.price,
    meter: quote.meter,
    start: open.start,
    window: quote.window,
    pause: quote.pause,
    stop: quote.stop,
    idle: quote.idle,
  }
  return { terms, clientId: open.clientId, privateHash: privateTermsHash(open.privateTerms), quoteHash: quoteDigest(market, quote) }
}

function startIsNear(start: bigint, now: bigint): boolean {
  return start <= now + START_SLACK && start >= now - START_SLACK
}

function missing(field: string): never {
  throw new ProtocolError("malformed", `${field} is missing`, { field })
}
