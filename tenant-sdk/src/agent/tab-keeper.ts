import { type Books, equalBytes, type Market, ProtocolError } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { errorToWire, type ReceiptDown, type WireProposal } from "@berth/protocol/wire"
import type { ChainView } from "../chain/chain-view.ts"
import { asBerthError } from "../errors.ts"
import type { TabLine } from "../p2p/lease.ts"
import { type Answer, holdReceiptStream } from "../p2p/receipt.ts"
import type { ReceiptRow } from "../store/receipt-rows.ts"
import type { Store } from "../store/store.ts"
import type { TabRow } from "../store/tab-rows.ts"
import type { SignedReceipt } from "./agent.ts"
import { Backoff } from "./backoff.ts"
import { markNow } from "./clock.ts"
import type { Feed } from "./feed.ts"
import { boundsOf, type Case, judge, type KnownLease } from "./judge.ts"
import { knownLease } from "./known-lease.ts"
import type { LeaseBook } from "./lease-book.ts"
import type { StakeWatch } from "./stake-watch.ts"

/** Named moments of the loop, for tests that kill the process at each. */
export type Step = "received" | "checked" | "signed" | "stored" | "answered"

/** What tabs share. */
export interface KeeperModules {
  readonly market: Market
  readonly store: Store
  readonly book: LeaseBook
  readonly chain: ChainView
  readonly stakeWatch: Pick<StakeWatch, "isStaked">
  readonly receipts: Feed<SignedReceipt>
  readonly onStep: (step: Step) => void
  readonly log: (level: "info" | "warn", message: string, fields: object) => void
}

/** Holds one tab's receipt stream open, and checks, countersigns and stores what comes. One receipt at a time. */
export class TabKeeper {
  readonly #modules: KeeperModules
  readonly #signerKey: Uint8Array
  readonly line: TabLine
  #row: TabRow
  #books: Books
  #last: ReceiptRow | undefined
  #stopper: AbortController | undefined
  #loop: Promise<void> = Promise.resolve()
  connected = false
  /** Why the last proposal was refused, until one is signed. */
  dispute: string | undefined

  constructor(row: TabRow, signerKey: Uint8Array, line: TabLine, modules: KeeperModules) {
    this.#row = row
    this.#books = row.books
    this.#signerKey = signerKey
    this.line = line
    this.#modules = modules
    this.#last = modules.store.receipts.last(row.signer)
  }

  get row(): TabRow {
    return this.#row
  }

  get books(): Books {
    return this.#books
  }

  /** Changes what is kept of the tab itself; stored before it returns. */
  change(patch: Partial<Pick<TabRow, "state" | "deposit" | "nextLeaseNo">>): void {
    const row = { ...this.#row, ...patch }
    this.#modules.store.tabs.update(row)
    this.#row = row
  }

  /** Starts the receipt stream, and dials again whenever it breaks. */
  start(): void {
    if (this.#stopper || this.#row.state === "lost" || this.#row.state === "closed") return
    this.#stopper = new AbortController()
    this.#loop = this.#hold(this.#stopper.signal)
  }

  async stop(): Promise<void> {
    this.#stopper?.abort()
    this.#stopper = undefined
    await this.#loop
  }

  async #hold(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff()
    const { log } = this.#modules
    while (!signal.aborted) {
      const about = { node: this.#row.node, signer: this.#row.signer }
      try {
        const last = this.#last && { seq: this.#last.seq, signature: this.#last.countersignature }
        await holdReceiptStream(
          this.line,
          last ? { countersignature: last } : {},
          (down) => this.#answer(down, backoff),
          () => this.#modules.onStep("answered"),
          signal,
        )
      } catch (error) {
        const { code, message } = asBerthError(error)
        if (code === "state_lost") return this.#lost(message)
        if (!signal.aborted) log("warn", "receipt stream broke", { ...about, code, message })
      }
      this.connected = false
      await backoff.wait(signal).catch(() => {})
    }
  }

  #lost(message: string): void {
    this.connected = false
    this.dispute = message
    this.change({ state: "lost" })
    this.#modules.log("warn", "nothing more is signed on this tab", { signer: this.#row.signer, node: this.#row.node, message })
  }

  async #answer(down: ReceiptDown, backoff: Backoff): Promise<Answer> {
    if (down.synced) {
      if (down.synced.seq > this.#books.seq)
        throw new ProtocolError(
          "state_lost",
          `node ${this.#row.node} holds receipt ${down.synced.seq} signed by this tab; this store knows ${this.#books.seq} of them: it is an old copy`,
        )
      this.connected = true
      backoff.reset()
    }
    if (down.status) this.#report(down.status)
    return down.proposal ? this.#decide(down.proposal) : undefined
  }

  #report(status: NonNullable<ReceiptDown["status"]>): void {
    const row = this.#modules.book.ofTab(this.#row.signer).get(status.leaseNo)
    if (row) this.#modules.book.report(row.leaseId, status)
  }

  async #decide(wire: WireProposal): Promise<Answer> {
    const { onStep, log } = this.#modules
    onStep("received")
    const again = this.#signedBefore(wire)
    if (again) return { countersignature: { seq: again.seq, signature: again.countersignature } }
    try {
      return { countersignature: { seq: wire.seq, signature: await this.#countersign(wire) } }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.dispute = error.message
      log("warn", "receipt refused", {
        signer: this.#row.signer,
        node: this.#row.node,
        seq: wire.seq,
        code: error.code,
        message: error.message,
      })
      return { disagreement: { seq: wire.seq, error: errorToWire(error), bounds: boundsOf(this.#case()) } }
    }
  }

  /** Checks, signs and stores, in this order; the signature leaves only after it is on the disk. */
  async #countersign(wire: WireProposal): Promise<Uint8Array> {
    const { chain, onStep, store, receipts } = this.#modules
    if (this.#row.state === "lost") throw new ProtocolError("state_lost", "this tab's books were lost by the agent")
    if (Math.abs(wire.day - chain.today) > 1) await chain.refresh().catch(() => {})
    const { proposal, digest } = judge(this.#case(), wire)
    onStep("checked")
    const countersignature = nativeEcdsa.sign(digest, this.#signerKey)
    onStep("signed")
    const row = { seq: wire.seq, day: wire.day, proposal: wire, countersignature }
    await store.receipts.save(this.#row.signer, row, proposal.next)
    this.#books = proposal.next
    this.#last = row
    this.dispute = undefined
    onStep("stored")
    receipts.push({ ...proposal.receipt, ...proposal.opening, signer: this.#row.signer, records: wire.records.length })
    return countersignature
  }

  /** A node that did not get our answer may ask again for the very receipt that we signed last. */
  #signedBefore(wire: WireProposal): ReceiptRow | undefined {
    const last = this.#last
    if (!last || last.seq !== wire.seq) return undefined
    const { proposal } = last
    const same =
      equalBytes(proposal.nodeSignature, wire.nodeSignature) &&
      proposal.amount === wire.amount &&
      equalBytes(proposal.treeRoot, wire.treeRoot)
    return same ? last : undefined
  }

  #case(): Case {
    const now = markNow()
    const staked = this.#modules.stakeWatch.isStaked(this.#row.node)
    const leases = new Map<number, KnownLease>()
    for (const [no, row] of this.#modules.book.ofTab(this.#row.signer)) leases.set(no, knownLease(row, now, staked))
    return {
      market: this.#modules.market,
      books: this.#books,
      leases,
      today: this.#modules.chain.today,
      ecdsa: nativeEcdsa,
    }
  }
}
