import { randomBytes } from "node:crypto"
import { type Address, bytesToHex, formatCredits, windowAmount } from "@berth/protocol"
import type { Hex } from "viem"
import { type Offer, rankQuotes, whyNot } from "../actions/rankQuotes.ts"
import { aheadOf, requestQuotes } from "../actions/requestQuotes.ts"
import type { BerthClient } from "../client.ts"
import { asBerthError, BerthError } from "../errors.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { Auction, QuotesOptions, RunOptions, RunProgress } from "./agent.ts"
import { fundTab, type TabProgress } from "./funding.ts"
import { clientIdOf, signLease } from "./lease-terms.ts"
import type { LeaseWatches } from "./lease-watches.ts"
import { NEW_TAB_MS, Openings } from "./openings.ts"
import type { ReservationKeeper } from "./reservation-keeper.ts"
import type { ReservationSet } from "./reservation-set.ts"
import { requestReservedQuote } from "./reserved-offer.ts"
import { expectRunOptions } from "./run-options.ts"
import type { TabKeeper } from "./tab-keeper.ts"
import type { TabSet, TabSetModules } from "./tab-set.ts"

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
type Report = (progress: RunProgress) => void

/** Turns what a tenant wants into a lease on some node. */
export class Runner {
  readonly #m: TabSetModules
  readonly #tabs: TabSet
  readonly #reservations: ReservationSet
  readonly #openings: Openings
  readonly #running = new Map<Hex, Running>()
  readonly #silent = new Map<Address, number>()

  constructor(modules: TabSetModules, tabs: TabSet, watches: LeaseWatches, reservations: ReservationSet) {
    this.#m = modules
    this.#tabs = tabs
    this.#openings = new Openings(modules, tabs, watches)
    this.#reservations = reservations
  }

  /**
   * The same id gives the same lease: while it is being opened, and for ever after. It is given up when each one who asked for it has, and
   * then nothing is left to run: no money is moved any more, and what its node accepted is stopped.
   */
  async run(options: RunOptions, report: Report, signal?: AbortSignal): Promise<LeaseRow> {
    expectRunOptions(options)
    const id = options.id !== undefined ? clientIdOf(options.id) : bytesToHex(randomBytes(16))
    let running = this.#running.get(id)
    // One that is given up can't be joined.
    for (; running?.stopper.signal.aborted; running = this.#running.get(id)) await running.made.catch(() => {})
    running ??= this.#begin({ ...options, id }, report)
    const { stopper, callers, made } = running
    const caller = {}
    callers.add(caller)
    const leave = () => {
      callers.delete(caller)
      if (callers.size === 0) stopper.abort()
    }
    if (signal?.aborted) leave()
    signal?.addEventListener("abort", leave, { once: true })
    return made.finally(() => signal?.removeEventListener("abort", leave))
  }

  #begin(options: RunOptions & { id: Hex }, report: Report): Running {
    const stopper = new AbortController()
    const made = this.#run(options, report, stopper.signal).finally(() => this.#running.delete(options.id))
    const running = { made, stopper, callers: new Set<object>() }
    this.#running.set(options.id, running)
    return running
  }

  /** Leases that were asked for when a former agent died. */
  recover(): Promise<void> {
    return this.#openings.recover()
  }

  stop(): Promise<void> {
    return this.#openings.stop()
  }

  async auction(options: QuotesOptions & { signal?: AbortSignal | undefined }): Promise<Auction> {
    const refused: { node: Address; reason: string }[] = []
    const now = performance.now()
    const known = this.#m.client.directory.list().map((n) => n.node)
    const awake = known.filter((n) => (this.#silent.get(n) ?? 0) < now)
    const skipSilent = options.timeoutMs === undefined && awake.length > 0 && awake.length < known.length
    const nodes = options.node ? [options.node] : skipSilent ? awake : undefined
    const quoted = await requestQuotes(this.#m.client as BerthClient, {
      class: options.class,
      ...(options.count !== undefined && { count: options.count }),
      ...(options.image !== undefined && { image: options.image }),
      ...(nodes && { nodes }),
      ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
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

  async #run(options: RunOptions & { id: Hex }, report: Report, signal: AbortSignal): Promise<LeaseRow> {
    const before = this.#before(options.id)
    if (before) return before.progress.state === "quoted" ? this.#openings.send(before, true, signal) : before
    if (options.reservation !== undefined) return this.#runReserved(options, options.reservation, report, signal)
    const auction = await this.auction({ ...options, signal })
    expectWanted(signal, [])
    report({ step: "quotes", offers: auction.offers.length, refused: auction.refused })
    if (auction.offers.length === 0) throw noQuote(options, auction)
    let last: BerthError | undefined
    const funded: TabProgress[] = []
    for (const offer of auction.offers) {
      const { region, tier, node } = offer.info
      report({ step: "chosen", node, region, tier, price: offer.quote.price, count: offer.quote.count })
      try {
        const row = await this.#tabs.alone(node, () => this.#fundAndSign(options, offer, { report, funded, signal }))
        return await this.#open(row, report, signal)
      } catch (error) {
        last = asBerthError(error)
        if (signal.aborted) throw last.code === "cancelled" ? withTabs(last, funded) : cancelled(funded, last)
        this.#m.log("warn", "lease not opened", { node, code: last.code, message: last.message })
        if (!NEXT_NODE.has(last.code) || this.#m.book.byClientId(options.id) || funded.length >= MOST_FUNDED) throw last
      }
    }
    throw last!
  }

  /** The lease that an id gave before. One that no node ever took is forgotten: the id is free. */
  #before(id: Hex): LeaseRow | undefined {
    const row = this.#m.book.byClientId(id)
    const { state, reason, activeMs } = row?.progress ?? {}
    if (row?.nodeSignature !== undefined || state !== "ended" || reason !== "failed_to_start" || activeMs !== 0n) return row
    this.#m.book.remove(row!.leaseId)
    return undefined
  }

  /** Alone with the node's tab, so that runs at the same time don't count on the same credits. */
  async #fundAndSign(options: RunOptions & { id: Hex }, offer: Offer, { report, funded, signal }: Doing): Promise<LeaseRow> {
    expectWanted(signal, funded)
    const { tab, progress } = await fundTab({ tabs: this.#tabs, book: this.#m.book }, offer, options)
    if (progress.action !== "reused") funded.push(progress)
    report(progress)
    expectWanted(signal, funded)
    return this.#sign(tab, options, offer)
  }

  #sign(tab: TabKeeper, options: RunOptions & { id: Hex }, offer: Offer): LeaseRow {
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
    return row
  }

  async #open(row: LeaseRow, report: Report, signal: AbortSignal): Promise<LeaseRow> {
    const lease = await this.#openings.send(row, false, signal)
    report({ step: "accepted", leaseId: lease.leaseId })
    return lease
  }

  /** On the node of a reservation, on books of its own and without money. What the node refuses is remembered of its day. */
  async #runReserved(options: RunOptions & { id: Hex }, ref: string, report: Report, signal: AbortSignal): Promise<LeaseRow> {
    const keeper = await this.#reservations.findNow(ref)
    const limit = AbortSignal.any([AbortSignal.timeout(NEW_TAB_MS), signal])
    for (;;) {
      try {
        const offer = await this.#reservedOffer(keeper, options, limit)
        const { node, region, tier } = offer.info
        report({ step: "chosen", node, region, tier, price: offer.quote.price, count: offer.quote.count })
        expectWanted(signal, [])
        return await this.#open(this.#sign(this.#reservations.tabOf(keeper, this.#tabs), options, offer), report, signal)
      } catch (error) {
        const ours = asBerthError(error)
        if (signal.aborted) throw ours.code === "cancelled" ? ours : cancelled([], ours)
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
}

/** A run that is under way, and who waits for it. */
interface Running {
  readonly made: Promise<LeaseRow>
  readonly stopper: AbortController
  readonly callers: Set<object>
}

interface Doing {
  readonly report: Report
  /** Tabs that this run put money into. */
  readonly funded: TabProgress[]
  readonly signal: AbortSignal
}

function expectWanted(signal: AbortSignal, funded: readonly TabProgress[]): void {
  if (signal.aborted) throw cancelled(funded)
}

function cancelled(funded: readonly TabProgress[], cause?: BerthError): BerthError {
  return withTabs(new BerthError("cancelled", "the run was cancelled: no lease was opened", { cause }), funded)
}

/** What a run that was given up has left behind. */
function withTabs(error: BerthError, funded: readonly TabProgress[]): BerthError {
  if (funded.length === 0 || error.message.includes(KEPT)) return error
  const tabs = funded.map(({ node, amount, action }) => `with node ${node} (${action} with ${formatCredits(amount)})`)
  return new BerthError("cancelled", `${error.message}; ${KEPT} ${tabs.join(" and ")}`, {
    hint: error.hint ?? "the next run there uses it; berth close gives back what is in it",
    cause: error,
  })
}

const KEPT = "kept: the tab"

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
