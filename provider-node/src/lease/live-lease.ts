import {
  amountOf,
  hexToBytes,
  type LeaseReason,
  type LeaseState,
  MS_PER_HOUR,
  mostAhead,
  publicTermsHash,
  windowAmount,
} from "@berth/protocol"
import type { LeaseStatus } from "@berth/protocol/wire"
import { reserveOf } from "../books/standing.ts"
import { monotonicMs } from "../clock.ts"
import { Meter, type Sample } from "../runner/meter.ts"
import type { LeaseRow } from "./lease.ts"

/** What a newcomer may dispute, ms a unit: as much as two honest clocks and a sample can differ. It pays ahead so that the node risks nothing. */
const NEWCOMER_FORGIVEN_MS = 2_000

/** A lease in memory: its row, its meter, and what is known only while the node runs. */
export class LiveLease {
  readonly row: LeaseRow
  readonly #termsHash: Uint8Array
  #meter: Meter
  #lastTotal: number
  /** Its agent pays a few seconds ahead and no window: to it, too little stake is behind this node. */
  #paidShort = false
  /** Monotonic: when work was last seen, or when the lease came to be in this process. */
  lastActiveAt: number
  /** Monotonic: since when it is paused; undefined while it is not. */
  pausedAt: number | undefined
  /** The image of the container that was made ahead; empty when that was tried in vain. It is the lease's image from the start on. */
  prepared: string | undefined
  /** Its files go before their time, because the disk is nearly full: true once that was decided. */
  discarded = false
  pulledBytes = 0n
  pullTotalBytes = 0n
  /** The engine did not answer when last asked: the state is the last one known. */
  unknown = false

  constructor(row: LeaseRow, nowMs: number) {
    this.row = row
    this.#termsHash = publicTermsHash(row.deal.terms)
    this.#meter = this.#newMeter()
    this.#lastTotal = this.#meter.activeMs
    this.lastActiveAt = nowMs
    // Since when is not kept: found paused, it has been so for as long as we know.
    if (row.state === "paused") this.pausedAt = nowMs
  }

  get id() {
    return this.row.deal.leaseId
  }

  get leaseNo(): number {
    return this.row.deal.terms.leaseNo
  }

  get state(): LeaseState {
    return this.row.state
  }

  get live(): boolean {
    return this.row.state !== "ended"
  }

  /** It is being ended, or what it wrote is being removed. */
  get leaving(): boolean {
    return this.live ? this.row.endWish !== null : this.discarded
  }

  get price(): bigint {
    return this.row.deal.terms.price
  }

  get termsHash(): Uint8Array {
    return this.#termsHash
  }

  /** Credits of one window with every unit busy. */
  get window(): bigint {
    const { window, count } = this.row.deal.terms
    return windowAmount(window, count, this.price)
  }

  /** Credits that a known tenant may owe for this lease: `pause` ms with every unit busy. */
  get grace(): bigint {
    const { pause, count } = this.row.deal.terms
    return windowAmount(pause, count, this.price)
  }

  get startPrice(): bigint {
    return this.row.deal.startPrice
  }

  /** Credits that are asked ahead of the work: the start price, or as much of it as the agent pays. */
  get ahead(): bigint {
    const short = mostAhead(this.row.deal.terms, false)
    return this.#paidShort && short < this.startPrice ? short : this.startPrice
  }

  /** How long that lasts with every unit busy, milliseconds; Infinity for a known tenant, which pays nothing ahead. */
  get aheadMs(): number {
    if (this.ahead === 0n) return Number.POSITIVE_INFINITY
    return Number((this.ahead * MS_PER_HOUR) / (this.price * BigInt(this.row.deal.terms.count)))
  }

  /** Credits of the end of its grace, or of what it pays ahead, at which it is paused. */
  get reserve(): bigint {
    return this.startPrice === 0n
      ? reserveOf("known", this.row.deal.terms, this.grace)
      : reserveOf("newcomer", this.row.deal.terms, this.ahead)
  }

  /**
   * The agent pays `most` credits ahead. Goes down to what is paid to a node without stake, in one step and not below it: an agent that
   * offered ever less would have a receipt signed and stored for each credit.
   * @returns whether less is asked from now on
   */
  lowerAhead(most: bigint): boolean {
    const before = this.ahead
    if (most >= before) return false
    this.#paidShort = true
    return this.ahead < before
  }

  /** Active milliseconds that the node claims for this lease. Never below what was signed: only what is unsigned is ever let go. */
  get claimedMs(): bigint {
    return this.live ? BigInt(this.#meter.activeMs) - this.row.forgivenMs : this.row.activeMs
  }

  /** Credits of the time that was let go: no longer claimed, but remembered of the tenant. */
  get forgiven(): bigint {
    return amountOf(this.row.forgivenMs, this.price)
  }

  /** Its container has just been started by us: metering begins here, with no CPU used yet. */
  started(): void {
    this.#meter.interrupt()
    this.#meter.add({ atMs: monotonicMs(), cpuNs: 0n })
    this.lastActiveAt = monotonicMs()
  }

  meter(sample: Sample, nowMs: number): void {
    this.#meter.add(sample)
    if (this.#meter.activeMs === this.#lastTotal) return
    this.#lastTotal = this.#meter.activeMs
    this.lastActiveAt = nowMs
  }

  /** What happens until the next sample was seen by nobody and is billed to nobody: the engine was lost, or the lease is paused. */
  interruptMeter(): void {
    this.#meter.interrupt()
  }

  /**
   * Lets go of disputed time, down to `boundMs` but not below what was signed, and altogether at most one window: a tenant that always disputes gets
   * no more than one that never signs. A newcomer gets a clock's error only, or each new wallet would get a window for nothing.
   * @returns whether anything was let go
   */
  forgive(boundMs: bigint, signedMs: bigint): boolean {
    const claimed = this.claimedMs
    const target = boundMs > signedMs ? boundMs : signedMs
    if (target >= claimed) return false
    const { window, count } = this.row.deal.terms
    const most = this.startPrice > 0n ? Math.min(window, NEWCOMER_FORGIVEN_MS) : window
    if (this.row.forgivenMs + claimed - target > BigInt(most) * BigInt(count)) return false
    this.row.forgivenMs += claimed - target
    if (!this.live) this.row.activeMs = target
    return true
  }

  status(): LeaseStatus {
    const { state, reason, detail, exitCode, imageId, deal } = this.row
    return {
      leaseId: hexToBytes(deal.leaseId),
      leaseNo: deal.terms.leaseNo,
      state,
      reason: reason ?? "",
      exited: exitCode !== null,
      exitCode: exitCode ?? 0,
      detail,
      activeMs: this.claimedMs,
      pulledBytes: this.pulledBytes,
      pullTotalBytes: this.pullTotalBytes,
      imageId,
      unknown: this.unknown,
    }
  }

  get endWish(): LeaseReason | null {
    return this.row.endWish
  }

  #newMeter(): Meter {
    return new Meter({ count: this.row.deal.terms.count, baseMs: Number(this.row.activeMs + this.row.forgivenMs) })
  }
}
