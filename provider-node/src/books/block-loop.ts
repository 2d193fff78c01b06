import { bytesToHex, type Market, receiptDigest } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { type Countersignature, type Disagreement, proposalToWire, type WireProposal } from "@berth/protocol/wire"
import type { Logger } from "pino"
import type { ChainWatcher } from "../chain/watcher.ts"
import { monotonicMs } from "../clock.ts"
import type { LeaseTable } from "../lease/table.ts"
import { Signal } from "../signal.ts"
import type { Journal } from "../store/journal.ts"
import type { ReceiptStore } from "../store/receipt-store.ts"
import type { Ledger } from "./ledger.ts"
import type { OnStep } from "./steps.ts"
import type { OpenReceipt, TabAccount } from "./tab-account.ts"

export interface BlockLoopOptions {
  readonly market: Market
  readonly privateKey: Uint8Array
  readonly paceMs: number
  readonly paceMaxMs: number
}

/** Where receipts go: the agents' open streams. */
export interface ReceiptPeers {
  connected(tab: string): boolean
  /** Sends at once; false when there is no stream or it still has the last frame to take. */
  send(tab: string, proposal: WireProposal): boolean
}

export interface BlockLoopModules {
  readonly chain: ChainWatcher
  readonly leases: LeaseTable
  readonly ledger: Ledger
  readonly journal: Journal
  readonly receipts: ReceiptStore
  readonly peers: ReceiptPeers
  /** Takes a sample of everything that runs, within a short time limit. */
  readonly sample: () => Promise<void>
  readonly onStep: OnStep
  readonly log: Logger
}

/** A countersignature that was verified and is not stored yet. */
interface Arrived {
  readonly account: TabAccount
  readonly next: TabAccount["books"]
  readonly signature: Uint8Array
}

/**
 * The heart: at each block, for each tab with something to say, records are closed, a receipt is signed, stored, then sent; what
 * comes back is verified and stored. All tabs of a tick share one transaction, all countersignatures that arrive together another.
 */
export class BlockLoop {
  /** A tab's receipt is countersigned and stored. */
  readonly onSigned = new Signal<TabAccount>()
  readonly #options: BlockLoopOptions
  readonly #modules: BlockLoopModules
  readonly #arrived: Arrived[] = []
  #timer: NodeJS.Timeout | undefined
  #urgent: Promise<void> | undefined
  #ticking: Promise<void> | undefined
  #lastTick = Number.NEGATIVE_INFINITY
  #stopped = false
  #off: (() => void) | undefined

  constructor(options: BlockLoopOptions, modules: BlockLoopModules) {
    this.#options = options
    this.#modules = modules
  }

  start(): void {
    this.#off = this.#modules.chain.onHead.on(() => this.#schedule(0))
    this.#schedule(0)
  }

  /** Makes and stores a last receipt of everything, so that a restart bills what ran until now. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#off?.()
    clearTimeout(this.#timer)
    await this.#ticking
    this.commit()
    await this.#tick(true)
  }

  /** Asks for a receipt of this tab now: a lease began or ended, or its agent has come. */
  urge(account: TabAccount): void {
    account.urgent = true
    this.#urgent ??= Promise.resolve().then(async () => {
      this.#urgent = undefined
      if (!this.#stopped) await this.#run(() => this.#proposeAll(false))
    })
  }

  /** The agent of this tab is there and knows our seq: sends the open receipt again, or a new one. */
  connected(account: TabAccount): void {
    if (account.open) account.open.sentAt = undefined
    if (account.open) this.#send(account, account.open)
    else this.urge(account)
  }

  /**
   * A countersignature has arrived. It is committed with all others of this turn of the event loop.
   * @throws ProtocolError when it is not what was sent or not by the tab's signer
   */
  countersigned(account: TabAccount, { seq, signature }: Countersignature): void {
    this.#modules.onStep("received")
    const next = this.#modules.ledger.verify(account, seq, signature)
    if (!next) return
    this.#modules.onStep("verified")
    this.#arrived.push({ account, next, signature })
    if (this.#arrived.length === 1) setImmediate(() => this.#commitSafely())
  }

  /** While the journal can't be written, such as on a full disk, what arrived is kept in memory, and each block tries again. */
  #commitSafely(): void {
    try {
      this.commit()
    } catch (error) {
      this.#modules.log.error({ err: error }, "countersigned receipts could not be stored: trying again at the next block")
    }
  }

  /** The agent vouches for less: goes down to its bound as far as that is forgivable, and asks again at the next block. */
  disagreed(account: TabAccount, { seq, bounds, error }: Disagreement): void {
    const { ledger, leases, receipts, log } = this.#modules
    if (account.open?.proposal.opening.seq !== seq) return
    log.warn(
      { tab: account.tab, seq, code: error?.code, field: error?.field, message: error?.message.slice(0, 300) },
      "the agent will not sign",
    )
    for (const bound of bounds) {
      const lease = leases.ofTab(account.tab).find((l) => l.leaseNo === bound.leaseNo)
      // Once a lease, so it is asked for at once: a newcomer's work waits for it.
      if (lease?.lowerAhead(bound.ahead)) this.urge(account)
      if (!lease?.forgive(bound.cumulativeMs, account.books.leases.get(bound.leaseNo) ?? 0n)) continue
      leases.saveActivity(lease)
      account.lower(bound.leaseNo, ledger.leasesOf(account.tab).find((l) => l.leaseNo === bound.leaseNo)!.claimedMs)
    }
    // One that is refused for ever must not leave a row at each block.
    receipts.dropProposal(account.tab, seq)
    account.open = undefined
  }

  /** Stores the countersignatures that have arrived: one fsync for all of them. */
  commit(): void {
    const { journal, receipts, ledger, onStep } = this.#modules
    // One agent may have signed several receipts of the same books, in any order: its newest one counts, and books never go back.
    const arrived = this.#arrived.splice(0)
    const newest = new Map<TabAccount, Arrived>()
    for (const one of arrived) if (one.next.seq > (newest.get(one.account)?.next ?? one.account.books).seq) newest.set(one.account, one)
    const batch = [...newest.values()]
    if (batch.length === 0) return
    try {
      journal.transaction(() => {
        for (const { account, next, signature } of batch) receipts.countersign(account.tab, next, signature, account.books.seq)
      })
    } catch (error) {
      this.#arrived.unshift(...arrived)
      throw error
    }
    onStep("countersignStored")
    for (const { account, next } of batch) {
      account.adopt(next, monotonicMs(), ledger.leasesOf(account.tab))
      this.onSigned.emit(account)
      if (account.urgent) this.urge(account)
    }
    onStep("closed")
  }

  /** Ticks at a new block but not before the pace, and without blocks at the slowest pace. */
  #schedule(wishMs: number): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    const since = monotonicMs() - this.#lastTick
    this.#timer = setTimeout(() => this.#run(() => this.#tick(false)), Math.max(wishMs, this.#options.paceMs - since, 0))
  }

  /** How long may pass without a block: a newcomer's next receipt has to be signed while it still works on what the last one paid. */
  #slowest(): number {
    return this.#modules.leases.live().reduce((ms, lease) => Math.min(ms, lease.aheadMs / 3), this.#options.paceMaxMs)
  }

  async #run(work: () => Promise<void>): Promise<void> {
    while (this.#ticking) await this.#ticking
    this.#ticking = work()
      .catch((error) => this.#modules.log.error({ err: error }, "the block loop failed; it goes on at the next block"))
      .finally(() => {
        this.#ticking = undefined
      })
    await this.#ticking
  }

  async #tick(last: boolean): Promise<void> {
    this.#lastTick = monotonicMs()
    if (!last) this.#schedule(this.#slowest())
    await this.#modules.sample()
    this.#modules.onStep("metered")
    const { ledger, chain } = this.#modules
    const head = chain.head
    for (const account of ledger.all())
      this.#alone(account, () => {
        const leases = ledger.leasesOf(account.tab)
        account.record(head?.number ?? account.books.block, leases)
        account.touch(leases, monotonicMs())
      })
    this.#modules.onStep("recorded")
    await this.#proposeAll(last)
  }

  async #proposeAll(last: boolean): Promise<void> {
    this.commit()
    const { ledger, journal, receipts, leases, onStep } = this.#modules
    const due = ledger.all().filter((account) => this.#alone(account, () => this.#isDue(account, last)))
    const made = due.flatMap((account) => this.#alone(account, () => this.#make(account)) ?? [])
    this.#sendWaiting(made)
    if (made.length === 0) return
    onStep("signed")
    journal.transaction(() => {
      for (const { account, open } of made) {
        receipts.addProposal(account.tab, open.wire)
        // Nobody listens for days, perhaps, while a standing order pays: one receipt stands for all of that time.
        if (account.open && !account.open.wasSent) receipts.dropProposal(account.tab, account.open.proposal.opening.seq)
        for (const lease of leases.ofTab(account.tab)) if (lease.live) leases.saveActivity(lease)
      }
    })
    onStep("stored")
    for (const { account, open } of made) {
      account.open = open
      account.made(open.proposal.opening.seq, monotonicMs())
      account.urgent = false
      this.#send(account, open)
    }
    onStep("sent")
  }

  /** A receipt that its agent has had for less than two blocks is waited for; without an agent one is made at the slowest pace. */
  #isDue(account: TabAccount, last: boolean): boolean {
    const { ledger, peers, chain } = this.#modules
    const leases = ledger.leasesOf(account.tab)
    if (account.urgent) account.record(chain.head?.number ?? account.books.block, leases)
    account.touch(leases, monotonicMs())
    const { changed, unsigned } = account.hasNews(leases)
    if (!unsigned) account.urgent = false
    if (!changed) return false
    if (last) return true
    const now = monotonicMs()
    if (account.open?.sentAt !== undefined && now - account.open.sentAt < 2 * this.#options.paceMs) return false
    if (account.urgent) return true
    return now - account.proposedAt >= (peers.connected(account.tab) ? this.#options.paceMs * 0.9 : this.#options.paceMaxMs)
  }

  #make(account: TabAccount): { account: TabAccount; open: OpenReceipt } | undefined {
    const { ledger, chain } = this.#modules
    // Without any block ever seen there is no day to write: the use stays pending until the chain answers.
    if (!chain.head && account.books.seq === 0) return undefined
    const proposal = account.propose(chain.head, ledger.leasesOf(account.tab))
    const signature = nativeEcdsa.sign(receiptDigest(this.#options.market, proposal.receipt), this.#options.privateKey)
    const open = { proposal, wire: proposalToWire(proposal, signature), version: account.version, sentAt: undefined, wasSent: false }
    this.#modules.log.debug(
      {
        tab: account.tab,
        seq: proposal.opening.seq,
        amount: proposal.receipt.amount.toString(),
        hash: bytesToHex(proposal.receipt.recordsHash),
      },
      "receipt",
    )
    return { account, open }
  }

  /** One tab's trouble, such as a full day tree, must not stop the others' receipts. */
  #alone<T>(account: TabAccount, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.#modules.log.error({ err: error, tab: account.tab }, "a tab's receipt failed")
      return undefined
    }
  }

  /** Receipts that found no room on their stream. */
  #sendWaiting(made: readonly { account: TabAccount }[]): void {
    const replaced = new Set(made.map((m) => m.account))
    for (const account of this.#modules.ledger.all())
      if (account.open && account.open.sentAt === undefined && !replaced.has(account)) this.#send(account, account.open)
  }

  #send(account: TabAccount, open: OpenReceipt): void {
    if (!this.#modules.peers.send(account.tab, open.wire)) return
    open.sentAt = monotonicMs()
    open.wasSent = true
  }
}
