import {
  type Address,
  emptyBooks,
  hexToBytes,
  type Market,
  ProtocolError,
  receiptDigest,
  recoverAddress,
  windowAmount,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { checkProposal } from "@berth/protocol/wire"
import type { SeenTab } from "../chain/watcher.ts"
import { monotonicMs } from "../clock.ts"
import type { LiveLease } from "../lease/live-lease.ts"
import type { LeaseTable } from "../lease/table.ts"
import type { OrderStore } from "../store/order-store.ts"
import type { ReceiptStore } from "../store/receipt-store.ts"
import { orderedBy } from "./order.ts"
import { reserveOf, type TabMoney, unsignedOf, usedNow } from "./standing.ts"
import type { ClaimFilter } from "./steps.ts"
import { type BookedLease, TabAccount } from "./tab-account.ts"

export interface LedgerModules {
  readonly receipts: ReceiptStore
  readonly orders: OrderStore
  readonly leases: LeaseTable
  readonly claimFilter: ClaimFilter
}

/** Half of all there are: more than a tab makes in a hundred years. */
const MAX_BELIEVED_SEQ = 2 ** 31

/** All tabs that this node works for, in memory as far as they are in use. */
export class Ledger {
  readonly #market: Market
  readonly #node: Address
  readonly #modules: LedgerModules
  readonly #accounts = new Map<string, TabAccount>()

  constructor(options: { readonly market: Market; readonly node: Address }, modules: LedgerModules) {
    this.#market = options.market
    this.#node = options.node
    this.#modules = modules
    for (const tab of new Set([...modules.leases.all().map((l) => l.row.deal.tab), ...modules.orders.tabs()])) this.find(tab)
  }

  /** Accounts in memory. */
  all(): TabAccount[] {
    return [...this.#accounts.values()]
  }

  find(tab: `0x${string}`): TabAccount | undefined {
    const known = this.#accounts.get(tab)
    if (known) return known
    const row = this.#modules.receipts.tab(tab)
    if (!row) return undefined
    const account = new TabAccount(row)
    const unsigned = this.#modules.receipts.newestAbove(tab, account.books.seq)
    if (unsigned) account.restore(unsigned.records)
    // What was let go after that receipt was made is not asked for again.
    for (const lease of this.leasesOf(tab)) account.lower(lease.leaseNo, lease.claimedMs)
    this.#accounts.set(tab, account)
    account.touch(this.leasesOf(tab), monotonicMs())
    return account
  }

  /**
   * The account of a tab that is open on chain, or of a signer that a reservation names (`reserved`); stored if it is new. One that only
   * reservations paid for becomes a tab like any other when its signer opens it on chain.
   */
  open(tab: `0x${string}`, signer: Address, tenant: Address, reserved = false): TabAccount {
    const known = this.find(tab)
    if (known?.reserved && !reserved) {
      Object.assign(known, { tenant, reserved })
      this.#modules.receipts.saveTab(known)
    }
    if (known) return known
    const books = emptyBooks(hexToBytes(tab), this.#node)
    const account = new TabAccount({ tab, signer, tenant, books, lastSeq: 0, closeAmount: null, reserved })
    this.#modules.receipts.saveTab(account)
    this.#accounts.set(tab, account)
    return account
  }

  /** Forgets a tab in memory; the journal keeps it. */
  forget(tab: string): void {
    this.#accounts.delete(tab)
    this.#modules.leases.forgetTab(tab)
  }

  leasesOf(tab: string): BookedLease[] {
    return this.#modules.leases.ofTab(tab).map((lease) => this.booked(lease))
  }

  /** @param chainTime that of the last block seen, unix seconds: by it standing orders allow more */
  money(account: TabAccount, chain: SeenTab | undefined, nowMs: number, chainTime: bigint | undefined): TabMoney {
    return {
      books: account.books,
      leases: this.leasesOf(account.tab),
      chain,
      ordered: orderedBy(chain, chainTime),
      closeSigned: account.closeAmount !== null,
      unsignedMs: account.unsignedSince === undefined ? undefined : nowMs - account.unsignedSince,
    }
  }

  /**
   * Checks a countersignature against the receipt of its seq, as stored, upon the books as signed.
   * @returns the books that follow; undefined when they are signed already (the same signature sent again)
   * @throws ProtocolError `bad_signature`, `bad_receipt`, `state_lost` when no receipt of this seq was ever stored here
   */
  verify(account: TabAccount, seq: number, signature: Uint8Array) {
    if (seq <= account.books.seq) return undefined
    const leases = this.leasesOf(account.tab)
    const price = (no: number) => {
      const lease = leases.find((l) => l.leaseNo === no)
      if (!lease) throw new ProtocolError("bad_receipt", `receipt ${seq} names lease ${no}, which is not in the journal`)
      return lease.price
    }
    let proposal = account.open?.proposal.opening.seq === seq ? account.open.proposal : undefined
    if (!proposal) {
      const stored = this.#modules.receipts.proposal(account.tab, seq)
      if (!stored) {
        // The signature can't be checked without the receipt: a number that would use up all others is not believed.
        if (seq <= MAX_BELIEVED_SEQ) account.lastSeq = Math.max(account.lastSeq, seq)
        this.#modules.receipts.saveTab(account)
        throw new ProtocolError("state_lost", `this node has no receipt ${seq} of tab ${account.tab}: settle what was signed`)
      }
      proposal = checkProposal(account.books, stored.proposal, price)
    }
    if (recoverAddress(nativeEcdsa, receiptDigest(this.#market, proposal.receipt), signature) !== account.signer)
      throw new ProtocolError("bad_signature", `the countersignature of receipt ${seq} is not by ${account.signer}`, { field: "signature" })
    return proposal.next
  }

  /** Credits used on a tab up to now, signed or not. */
  usedNow(account: TabAccount): bigint {
    return usedNow(account.books, this.leasesOf(account.tab))
  }

  /**
   * Whether a tenant may work before it signs, for a lease of such terms. Each lease may cost its grace, so all that run at a time cost one window of
   * theirs together. That holds for all that ever ran when nobody gets another lease without paying ahead who leaves more behind than fits into the
   * reserve, on whichever tab and however long ago, or who is silent about what runs.
   */
  isTrusted(tenant: Address, terms: { readonly pause: number; readonly count: number; readonly price: bigint }): boolean {
    const reserve = reserveOf("known", terms, windowAmount(terms.pause, terms.count, terms.price))
    return this.owedBy(tenant) <= reserve / 2n && !this.#isSilent(tenant)
  }

  /**
   * Credits that a tenant left unsigned here with leases that are over, on tabs open or over, and time that it ever disputed; but for what its receipts
   * pay ahead and what the chain paid under standing orders. Whoever leaves a debt and comes back with a fresh signer is the same tenant.
   */
  owedBy(tenant: Address): bigint {
    let owed = 0n
    for (const tab of this.#modules.receipts.tabsOf(tenant)) {
      const inUse = this.#accounts.has(tab)
      const { books } = this.find(tab)!
      const leases = this.leasesOf(tab)
      const claimed = this.#modules.orders.claimed(tab).spent
      // What runs has a grace of its own.
      const running = leases.reduce((sum, l) => sum + (l.live && l.ahead === 0n ? unsignedOf(books, l) : 0n), 0n)
      const left = usedNow(books, leases) - running - (claimed > books.amount ? claimed : books.amount)
      owed += leases.reduce((sum, lease) => sum + lease.forgiven, left > 0n ? left : 0n)
      if (!inUse) this.forget(tab)
    }
    return owed
  }

  /** More than half of what one of its running leases may owe is unsigned: an agent that is there signs every few seconds. */
  #isSilent(tenant: Address): boolean {
    return this.#modules.leases.live().some((lease) => {
      const account = this.find(lease.row.deal.tab)
      return account?.tenant === tenant && lease.startPrice === 0n && 2n * unsignedOf(account.books, this.booked(lease)) > lease.grace
    })
  }

  /** A lease with what the books need of it. */
  booked(lease: LiveLease): BookedLease {
    return {
      leaseNo: lease.leaseNo,
      live: lease.live,
      claimedMs: this.#modules.claimFilter(lease.leaseNo, lease.claimedMs),
      price: lease.price,
      ahead: lease.ahead,
      window: lease.window,
      grace: lease.grace,
      reserve: lease.reserve,
      forgiven: lease.forgiven,
      termsHash: lease.termsHash,
    }
  }
}
