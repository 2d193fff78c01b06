import { type Address, type Books, dayOf, type Proposal, priced, propose, type TermsLeaf, type Usage } from "@berth/protocol"
import type { WireProposal } from "@berth/protocol/wire"
import { advanceOf, type LeaseMoney } from "./standing.ts"

/** A lease as its tab's books see it. */
export interface BookedLease extends LeaseMoney {
  readonly termsHash: Uint8Array
}

/** A receipt made and not yet countersigned. A newer one replaces it wholly. */
export interface OpenReceipt {
  readonly proposal: Proposal
  readonly wire: WireProposal
  /** {@link TabAccount.version} of the use that it covers. */
  readonly version: number
  /** Monotonic: when it was sent on the stream that is up now; undefined when it was not. */
  sentAt: number | undefined
  /** It was sent, on whichever stream: the agent may have signed it. */
  wasSent: boolean
}

/** More records than this in one unsigned receipt are joined to one a lease, so that it always fits a frame. */
const MAX_PENDING = 3_000

/** One tab in memory: the books as countersigned, what was used since, and the receipt that waits for a signature. No I/O. */
export class TabAccount {
  readonly tab: `0x${string}`
  readonly signer: Address
  tenant: Address
  books: Books
  /** The highest seq ever stored or seen: the next one is above. */
  lastSeq: number
  closeAmount: bigint | null
  /** Only reservations pay for what runs on it: there is no such tab on chain as far as we know. */
  reserved: boolean
  open: OpenReceipt | undefined
  /** Monotonic: when the last receipt was made. */
  proposedAt = Number.NEGATIVE_INFINITY
  /** A receipt is wanted now and not at the next block: a lease began or ended. */
  urgent = false
  /** Monotonic: since when the oldest of what is unsigned has been. */
  unsignedSince: number | undefined
  /** Counts changes of what is pending. */
  version = 0
  #pending: Usage[] = []
  /** When each receipt upon these books was made: any of them may still be signed. */
  readonly #madeAt = new Map<number, number>()

  constructor(row: Pick<TabAccount, "tab" | "signer" | "tenant" | "books" | "lastSeq" | "closeAmount" | "reserved">) {
    this.tab = row.tab
    this.signer = row.signer
    this.tenant = row.tenant
    this.books = row.books
    this.lastSeq = row.lastSeq
    this.closeAmount = row.closeAmount
    this.reserved = row.reserved
  }

  /** Use that is not signed, in the order of (block, leaseNo). */
  get pending(): readonly Usage[] {
    return this.#pending
  }

  /** Takes up the records of a receipt that was made before a restart and not signed. */
  restore(usages: readonly Usage[]): void {
    this.#pending = usages.map((u) => ({
      block: u.block,
      leaseNo: u.leaseNo,
      cumulativeMs: u.cumulativeMs,
      requests: u.requests,
      tokens: u.tokens,
    }))
    this.#dropSigned()
  }

  /** Closes one record per lease that worked since the last one. Blocks never run backwards, whatever the chain does. */
  record(headBlock: bigint, leases: readonly BookedLease[]): void {
    const block = this.#blockFor(headBlock)
    for (const lease of leases) {
      const last = this.#pending.findLast((u) => u.leaseNo === lease.leaseNo)
      const before = last?.cumulativeMs ?? this.books.leases.get(lease.leaseNo) ?? 0n
      if (lease.claimedMs <= before) continue
      this.version++
      const usage = { block, leaseNo: lease.leaseNo, cumulativeMs: lease.claimedMs, requests: 0, tokens: 0n }
      if (last?.block === block) this.#pending[this.#pending.indexOf(last)] = usage
      else this.#pending.push(usage)
    }
    if (this.#pending.length > MAX_PENDING) this.#joinPending(block)
    this.#pending.sort((a, b) => (a.block < b.block ? -1 : a.block > b.block ? 1 : a.leaseNo - b.leaseNo))
  }

  /** A lease's claim went down to `ms`: what was recorded above goes. */
  lower(leaseNo: number, ms: bigint): void {
    let before = this.books.leases.get(leaseNo) ?? 0n
    this.version++
    this.#pending = this.#pending.flatMap((u) => {
      if (u.leaseNo !== leaseNo) return [u]
      const cumulativeMs = u.cumulativeMs < ms ? u.cumulativeMs : ms
      if (cumulativeMs <= before) return []
      before = cumulativeMs
      return [{ ...u, cumulativeMs }]
    })
  }

  /** Terms that no countersigned receipt holds yet. A lease that ended without ever working needs none. */
  newTerms(leases: readonly BookedLease[]): TermsLeaf[] {
    return leases
      .filter((l) => !this.books.leases.has(l.leaseNo) && (l.live || this.#pending.some((u) => u.leaseNo === l.leaseNo)))
      .map((l) => ({ leaseNo: l.leaseNo, publicTermsHash: l.termsHash }))
  }

  /** Whether a receipt made now would say more than the last signed one, and more than the open one. */
  hasNews(leases: readonly BookedLease[]): { readonly unsigned: boolean; readonly changed: boolean } {
    const terms = this.newTerms(leases)
    const advance = advanceOf(leases)
    const work = this.#pending.length > 0 || terms.length > 0
    const unsigned = work || (this.books.seq > 0 && this.books.amount !== this.books.used + advance)
    if (!this.open) return { unsigned, changed: unsigned }
    const { terms: openTerms, receipt, opening } = this.open.proposal
    const same = this.open.version === this.version && openTerms.length === terms.length && receipt.amount - opening.used === advance
    return { unsigned, changed: unsigned && !same }
  }

  /** Starts or stops the clock that pauses and stops: it runs while work or terms are unsigned. */
  touch(leases: readonly BookedLease[], nowMs: number): void {
    if (this.#pending.length === 0 && this.newTerms(leases).length === 0) this.unsignedSince = undefined
    else this.unsignedSince ??= nowMs
  }

  /** The receipt over everything since the last countersigned one. Its seq is used up even if it is never signed. `advance`: credits. */
  propose(
    head: { readonly number: bigint; readonly timestamp: bigint } | undefined,
    leases: readonly BookedLease[],
    advance = advanceOf(leases),
  ): Proposal {
    const price = new Map(leases.map((l) => [l.leaseNo, l.price]))
    this.lastSeq += 1
    const day = head ? dayOf(head.timestamp) : this.books.day
    return propose(this.books, {
      seq: this.lastSeq,
      day: Math.max(day, this.books.day),
      block: this.#blockFor(head?.number ?? this.books.block),
      advance,
      terms: this.newTerms(leases),
      records: priced(this.books, this.#pending, (no) => price.get(no)!),
    })
  }

  /** A receipt of this seq is on its way to the agent. */
  made(seq: number, nowMs: number): void {
    this.proposedAt = nowMs
    this.#madeAt.set(seq, nowMs)
  }

  /**
   * Goes on from books that both have signed. What was used since stays pending, and has been since that receipt was made: else a tenant that
   * always signs its oldest one late would be given twice the time.
   */
  adopt(next: Books, nowMs: number, leases: readonly BookedLease[]): void {
    const madeAt = this.#madeAt.get(next.seq) ?? this.unsignedSince ?? nowMs
    this.#madeAt.clear()
    this.books = next
    this.lastSeq = Math.max(this.lastSeq, next.seq)
    this.open = undefined
    this.unsignedSince = undefined
    this.#dropSigned()
    this.touch(leases, madeAt)
  }

  #dropSigned(): void {
    this.version++
    this.#pending = this.#pending.filter((u) => u.cumulativeMs > (this.books.leases.get(u.leaseNo) ?? 0n) && u.block >= this.books.block)
  }

  #joinPending(block: bigint): void {
    const last = new Map(this.#pending.map((u) => [u.leaseNo, u]))
    this.#pending = [...last.values()].map((u) => ({ ...u, block }))
  }

  #blockFor(headBlock: bigint): bigint {
    const last = this.#pending.at(-1)?.block ?? 0n
    return [headBlock, this.books.block, last].reduce((a, b) => (a > b ? a : b))
  }
}
