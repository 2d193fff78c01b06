import { randomBytes } from "node:crypto"
import { type Address, bytesToHex, formatCredits, hexToBytes, isEnded, recoverAddress, windowAmount } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { SignedQuote } from "@berth/protocol/wire"
import type { Hex } from "viem"
import { type Offer, rankQuotes, whyNot } from "../actions/rankQuotes.ts"
import { aheadOf, requestQuotes } from "../actions/requestQuotes.ts"
import type { BerthClient } from "../client.ts"
import { asBerthError, BerthError } from "../errors.ts"
import { askLease } from "../p2p/lease.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { Auction, QuotesOptions, RunOptions, RunProgress } from "./agent.ts"
import { clientIdOf, quotedAdvance, signLease } from "./lease-terms.ts"
import type { LeaseWatches } from "./lease-watches.ts"
import type { ReservationKeeper } from "./reservation-keeper.ts"
import type { ReservationSet } from "./reservation-set.ts"
import { requestReservedQuote } from "./reserved-offer.ts"
import { expectRunOptions } from "./run-options.ts"
import type { TabKeeper } from "./tab-keeper.ts"
import type { TabSet, TabSetModules } from "./tab-set.ts"

/** Hours of work that a new tab pays for. Small: what is in a tab is locked until it is closed. */
const DEFAULT_HOURS = 2
/** How long a node may take to see a tab that was just opened: confirmations on its side. */
const NEW_TAB_MS = 60_000
/** A node that did not answer is left out of auctions for this long, so that a dead one does not slow every run. */
const SILENT_MS = 30_000
/** Tabs that one run puts money into. A node that quotes and then refuses locks what was opened with it: some of them could lock all there is. */
const MOST_FUNDED = 2
/** The node is at fault or full, not the request: the next best one is asked. */
const NEXT_NODE: ReadonlySet<string> = new Set([
  "no_capacity",
  "draining",
  "not_offered",
  "quote_expired",
  "unreachable",
  "engine_unavailable",
  "rate_limited",
])
/** The node, not the request, is why there is no lease under a reservation. */
const NODES_FAULT: ReadonlySet<string> = new Set([
  "no_capacity",
  "draining",
  "not_offered",
  "unreachable",
  "timeout",
  "engine_unavailable",
  "internal",
])
/** Worth waiting for under a reservation. */
const SOON: ReadonlySet<string> = new Set(["no_reservation", "no_capacity", "chain_unavailable", "engine_unavailable"])
/** Codes after which we can't know whether the node took the lease. */
const UNSURE: ReadonlySet<string> = new Set(["timeout", "unreachable", "cancelled", "internal"])

type Report = (progress: RunProgress) => void

/** Turns what a tenant wants into a lease on some node. */
export class Runner {
  readonly #m: TabSetModules
  readonly #tabs: TabSet
  readonly #watches: LeaseWatches
  readonly #reservations: ReservationSet
  readonly #running = new Map<Hex, Promise<LeaseRow>>()
  readonly #silent = new Map<Address, number>()

  constructor(modules: TabSetModules, tabs: TabSet, watches: LeaseWatches, reservations: ReservationSet) {
    this.#m = modules
    this.#tabs = tabs
    this.#watches = watches
    this.#reservations = reservations
  }

  /** The same id gives the same lease: while it is being opened, and for ever after. */
  run(options: RunOptions, report: Report, signal?: AbortSignal): Promise<LeaseRow> {
    expectRunOptions(options)
    const id = options.id !== undefined ? clientIdOf(options.id) : bytesToHex(randomBytes(16))
    const running = this.#running.get(id)
    if (running) return running
    const made = this.#run({ ...options, id }, report, signal).finally(() => this.#running.delete(id))
    this.#running.set(id, made)
    return made
  }

  async auction(options: QuotesOptions & { signal?: AbortSignal | undefined }): Promise<Auction> {
    const refused: { node: Address; reason: string }[] = []
    const now = performance.now()
    const known = this.#m.client.directory.list().map((n) => n.node)
    const awake = known.filter((n) => (this.#silent.get(n) ?? 0) < now)
    const nodes = options.node ? [options.node] : known.length > 0 && awake.length > 0 && awake.length < known.length ? awake : undefined
    const quoted = await requestQuotes(this.#m.client as BerthClient, {
      class: options.class,
      ...(options.count !== undefined && { count: options.count }),
      ...(options.image !== undefined && { image: options.image }),
      ...(nodes && { nodes }),
      ...(options.signal && { signal: options.signal }),
      onRefused: ({ node }, error) => {
        if (error.code === "timeout" || error.code === "unreachable") this.#silent.set(node, now + SILENT_MS)
        refused.push({ node, reason: error.message })
      },
    })
    const offers = quoted.map((offer) => ({ ...offer, ahead: this.#aheadOf(offer) }))
    for (const { info } of offers) this.#silent.delete(info.node)
    const preference = options.preference ?? {}
    for (const offer of offers) {
      const reason = whyNot(offer, preference)
      if (reason) refused.push({ node: offer.info.node, reason: `${offer.info.node} ${reason}` })
    }
    const classes = [...new Set(this.#m.client.directory.list().flatMap((n) => n.offers.map((o) => o.class)))].sort()
    return { offers: rankQuotes(offers, preference), refused, classes }
  }

  /** The stake has to cover this lease and those that run there already. */
  #aheadOf({ quote }: Offer): bigint {
    const window = quote.startPrice > 0n ? windowAmount(quote.window, quote.count, quote.price) : 0n
    return aheadOf(quote, this.#m.stakeWatch.isStaked(quote.node, window))
  }

  async #run(options: RunOptions & { id: Hex }, report: Report, signal?: AbortSignal): Promise<LeaseRow> {
    const before = this.#m.book.byClientId(options.id)
    if (before) return before.progress.state === "quoted" ? this.#send(before) : before
    if (options.reservation !== undefined) return this.#runReserved(options, options.reservation, report, signal)
    const auction = await this.auction({ ...options, signal })
    report({ step: "quotes", offers: auction.offers.length, refused: auction.refused })
    if (auction.offers.length === 0) throw noQuote(options, auction)
    let last: BerthError | undefined
    let funded = 0
    const counting: Report = (progress) => {
      if (progress.step === "tab" && progress.action !== "reused") funded++
      report(progress)
    }
    for (const offer of auction.offers) {
      const { region, tier, node } = offer.info
      report({ step: "chosen", node, region, tier, price: offer.quote.price, count: offer.quote.count })
      try {
        return await this.#open(options, offer, counting)
      } catch (error) {
        last = asBerthError(error)
        this.#m.log("warn", "lease not opened", { node, code: last.code, message: last.message })
        if (!NEXT_NODE.has(last.code) || this.#m.book.byClientId(options.id) || funded >= MOST_FUNDED) throw last
      }
    }
    throw last!
  }

  async #open(options: RunOptions & { id: Hex }, offer: Offer, report: Report): Promise<LeaseRow> {
    return this.#openOn(await this.#fund(offer, options, report), options, offer, report)
  }

  async #openOn(tab: TabKeeper, options: RunOptions & { id: Hex }, offer: Offer, report: Report): Promise<LeaseRow> {
    const { signer, nextLeaseNo } = tab.row
    tab.change({ nextLeaseNo: nextLeaseNo + 1 })
    const row = signLease({
      market: this.#m.market,
      offer,
      signerKey: this.#tabs.keyOf(signer),
      leaseNo: nextLeaseNo,
      start: this.#m.chain.now,
      clientId: options.id,
      options,
    })
    this.#m.book.add(row)
    const lease = await this.#send(row)
    report({ step: "accepted", leaseId: lease.leaseId })
    return lease
  }

  /** On the node of a reservation, on books of its own and without money. What the node refuses is remembered of its day. */
  async #runReserved(options: RunOptions & { id: Hex }, ref: string, report: Report, signal?: AbortSignal): Promise<LeaseRow> {
    const keeper = await this.#reservations.findNow(ref)
    const limit = AbortSignal.any([AbortSignal.timeout(NEW_TAB_MS), ...(signal ? [signal] : [])])
    for (;;) {
      try {
        const offer = await this.#reservedOffer(keeper, options, limit)
        const { node, region, tier } = offer.info
        report({ step: "chosen", node, region, tier, price: offer.quote.price, count: offer.quote.count })
        return await this.#openOn(this.#reservations.tabOf(keeper, this.#tabs), options, offer, report)
      } catch (error) {
        const ours = asBerthError(error)
        if (NODES_FAULT.has(ours.code)) keeper.refused(ours.message)
        // Just made, and not confirmed at the node yet; or others still make way.
        if (!SOON.has(ours.code) || limit.aborted || this.#m.book.byClientId(options.id)) throw ours
        await this.#m.chain.nextBlock(limit).catch(() => {})
      }
    }
  }

  async #reservedOffer(keeper: ReservationKeeper, options: RunOptions, signal: AbortSignal): Promise<Offer> {
    const reserved = keeper.reserved ?? (await this.#reservations.reader.read(keeper.row.id))
    if (!reserved)
      throw new BerthError("no_reservation", `reservation ${keeper.row.id} is not on chain`, { hint: "berth reserve makes one" })
    const tenant = this.#m.client.wallet?.account.address ?? keeper.signer
    return requestReservedQuote(this.#m.client, { tenant, reserved, count: options.count ?? 1, image: options.image }, signal)
  }

  /** Sends an opening that is stored. Sent twice it gives the same lease; refused, it is forgotten. */
  async #send(row: LeaseRow): Promise<LeaseRow> {
    const tab = this.#tabs.get(row.signer)
    try {
      const answer = await this.#sendOnce(tab, row)
      const node = recoverAddress(nativeEcdsa, hexToBytes(row.leaseId), answer.nodeSignature)
      if (node !== tab.row.node) throw new BerthError("bad_signature", `node ${tab.row.node} did not sign lease ${row.leaseId}`)
      this.#m.book.accepted(row.leaseId, answer.nodeSignature)
      if (answer.leases[0]) this.#m.book.report(row.leaseId, answer.leases[0])
    } catch (error) {
      const ours = asBerthError(error)
      if (!UNSURE.has(ours.code)) this.#m.book.remove(row.leaseId)
      throw ours
    }
    // The books of a reservation have a stream from their first lease on.
    tab.start()
    this.#watches.start(row.leaseId)
    return this.#m.book.get(row.leaseId)
  }

  async #sendOnce(tab: TabKeeper, row: LeaseRow) {
    const { leaseNo, privateTerms, signature } = row
    const open = {
      leaseNo,
      start: row.terms.start,
      clientId: hexToBytes(row.clientId),
      privateTerms,
      quote: SignedQuote.decode(row.quote),
      signature,
    }
    const limit = AbortSignal.timeout(NEW_TAB_MS)
    for (;;) {
      try {
        return await askLease(tab.line, { open })
      } catch (error) {
        const isNew = tab.books.seq === 0 && this.#m.book.ofTab(row.signer).size === 1
        if (asBerthError(error).code !== "no_tab" || !isNew || limit.aborted) throw error
        await this.#m.chain.nextBlock(limit).catch(() => {})
      }
    }
  }

  /** A tab that pays for this lease beside what runs on it already: the one there is, topped up, or a new one. */
  async #fund(offer: Offer, options: RunOptions, report: Report): Promise<TabKeeper> {
    const { quote } = offer
    const one = { price: quote.price, count: quote.count, window: quote.window, pause: quote.pause, startPrice: quote.startPrice }
    const hourly = quote.price * BigInt(quote.count)
    const wanted = (BigInt(Math.ceil((options.hours ?? DEFAULT_HOURS) * 3_600)) * hourly) / 3_600n
    const there = this.#tabs.openWith(quote.node)
    if (!there) {
      const least = atLeast(one)
      const amount = wanted > least ? wanted : least
      const tab = await this.#tabs.open(quote.node, amount)
      report({ step: "tab", node: quote.node, amount, action: "opened" })
      return tab
    }
    const needed = this.#m.book
      .running(there.row.signer)
      .reduce((sum, l) => sum + atLeast({ ...l.terms, startPrice: quotedAdvance(l) }), atLeast(one))
    const left = there.row.deposit - there.books.used
    if (left >= needed) {
      report({ step: "tab", node: quote.node, amount: left, action: "reused" })
      return there
    }
    const amount = (wanted > needed ? wanted : needed) - left
    await this.#tabs.topUp(there, amount)
    report({ step: "tab", node: quote.node, amount, action: "topped up" })
    return there
  }

  /** Leases that were asked for when a former agent died: those that the node has are ours, the others never began. */
  async recover(): Promise<void> {
    for (const row of this.#m.book.running()) if (row.nodeSignature !== undefined) this.#watches.start(row.leaseId)
    const unsure = this.#m.book.running().filter((row) => row.nodeSignature === undefined)
    for (const row of unsure) {
      const tab = this.#tabs.get(row.signer)
      const known = await askLease(tab.line, { list: {} }).catch(() => undefined)
      if (known?.leases.some((l) => bytesToHex(l.leaseId) === row.leaseId)) await this.#send(row).catch(() => {})
      else if (!known) this.#watches.start(row.leaseId)
      else if (!isEnded(row.progress.state))
        this.#m.book.gone(row.leaseId, "failed_to_start", "the agent ended before the node accepted it")
    }
  }
}

/** What a node wants to see on a tab before it runs a lease: the advance, its grace (pause) and one window more. */
function atLeast(t: { price: bigint; count: number; window: number; pause: number; startPrice: bigint }): bigint {
  return t.startPrice + windowAmount(t.pause + 2 * t.window, t.count, t.price)
}

/** When nobody even answered: what is sold at all. */
function hintOf(classes: readonly string[]): string {
  return classes.length > 0 ? `nodes offer ${classes.join(", ")}` : "no node is registered on this market"
}

function noQuote(options: RunOptions, auction: Auction): BerthError {
  const reasons = [...new Set(auction.refused.map((r) => r.reason))].slice(0, 5)
  const max = options.preference?.maxPrice
  return new BerthError(
    "no_quote",
    `no node offers ${options.count ?? 1} of ${options.class}${max === undefined ? "" : ` up to ${formatCredits(max)} an hour`}${reasons.length > 0 ? `: ${reasons.join("; ")}` : ""}`,
    { hint: reasons.length > 0 ? "loosen the limits, or try later" : hintOf(auction.classes) },
  )
}
