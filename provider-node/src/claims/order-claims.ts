import { type Address, bytesToHex, dayOf, halvesOf, hexToBytes, type Market, type Proposal, receiptDigest } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { proposalToWire } from "@berth/protocol/wire"
import { decodeFunctionData, encodeFunctionData, type Hex } from "viem"
import type { Ledger } from "../books/ledger.ts"
import { orderedBy } from "../books/order.ts"
import type { TabAccount } from "../books/tab-account.ts"
import type { ChainReader, Head } from "../chain/reader.ts"
import type { ChainWatcher, SeenTab } from "../chain/watcher.ts"
import { monotonicMs } from "../clock.ts"
import type { LeaseTable } from "../lease/table.ts"
import type { PendingClaim } from "../store/claim-outbox.ts"
import type { Journal } from "../store/journal.ts"
import type { OrderStore } from "../store/order-store.ts"
import type { ReceiptStore } from "../store/receipt-store.ts"
import type { ClaimCall, ClaimSource, DueClaim } from "./claimer.ts"
import type { OnClaimStep } from "./steps.ts"

export interface OrderClaimsOptions {
  readonly market: Market
  readonly node: Address
  readonly privateKey: Uint8Array
  /** An agent that has signed nothing for so long is not there. */
  readonly absentMs: number
  /** Credits: a claim of less is not worth its gas. */
  readonly claimMin: bigint
}

export interface OrderClaimsModules {
  readonly chain: ChainWatcher
  readonly reader: ChainReader
  readonly ledger: Ledger
  readonly leases: LeaseTable
  readonly journal: Journal
  readonly receipts: ReceiptStore
  readonly orders: OrderStore
  readonly onStep: OnClaimStep
}

/** Seconds of chain time after a close request in which its leases have surely ended; after it, what there is by then is claimed. */
const ENDING_S = 3_600n

/**
 * Claims under standing orders: work that a tab's order allows and its signer has not signed for. Once a UTC day, and when a close was requested,
 * for which there are 72 hours. It claims what was used and nothing ahead, by a receipt like any other: whoever countersigns a later one signs
 * the same total, of which the chain then pays the rest.
 */
export class OrderClaims implements ClaimSource {
  readonly #options: OrderClaimsOptions
  readonly #modules: OrderClaimsModules
  /** By tab: the number of the receipt that was made for its last claim. */
  readonly #lastMade = new Map<string, number>()

  constructor(options: OrderClaimsOptions, modules: OrderClaimsModules) {
    this.#options = options
    this.#modules = modules
  }

  async *due(isFree: (subject: Hex) => boolean): AsyncGenerator<DueClaim> {
    const { chain, ledger, orders } = this.#modules
    for (const account of ledger.all()) {
      const { head } = chain
      const tab = chain.seen(account.signer)
      if (tab?.order) orders.note(account.tab)
      // As for days: only by what was read at the block up to which transactions are decided.
      if (!head || !tab?.order || tab.block !== chain.confirmed || !this.#isTime(account, tab, head)) continue
      if (this.#gain(account, tab, head) < this.#options.claimMin || !isFree(account.tab)) continue
      yield { subject: account.tab, target: this.#options.market.contract, make: () => this.#make(account, tab, head) }
    }
  }

  async posted({ subject, data }: PendingClaim): Promise<void> {
    const { chain, reader, ledger, orders } = this.#modules
    const account = ledger.find(subject as TabAccount["tab"])
    if (!account || chain.confirmed === undefined) return
    const { spent } = await reader.tab(account.signer, this.#options.node, chain.confirmed)
    // A tab that was closed since says 0: what was paid before stays paid.
    const before = orders.claimed(account.tab).spent
    orders.setClaimed(account.tab, { day: dayIn(data), spent: spent > before ? spent : before })
  }

  /** An agent that is there signs for the work, which is worth more than a claim: the recorder settles it with many others. */
  #isTime(account: TabAccount, tab: SeenTab, head: Head): boolean {
    if (account.closeAmount !== null || account.unsignedSince === undefined) return false
    if (monotonicMs() - account.unsignedSince < this.#options.absentMs) return false
    if (tab.status === "closing") {
      const live = this.#modules.ledger.leasesOf(account.tab).some((lease) => lease.live)
      return !live || head.timestamp - tab.closeRequestedAt >= ENDING_S
    }
    const last = this.#modules.orders.claimed(account.tab).day
    return tab.status === "open" && dayOf(head.timestamp) > Math.max(account.books.day, last, dayOf(tab.order!.from))
  }

  /** Credits that only a claim brings: above what was paid, and above what is signed and needs a settlement only. */
  #gain(account: TabAccount, tab: SeenTab, head: Head): bigint {
    const ordered = orderedBy(tab, head.timestamp) ?? 0n
    const used = this.#modules.ledger.usedNow(account)
    const { amount } = account.books
    return (used < ordered ? used : ordered) - (tab.spent > amount ? tab.spent : amount)
  }

  #make(account: TabAccount, { spent }: SeenTab, head: Head): ClaimCall {
    const proposal = this.#receipt(account, head)
    const { receipt, opening } = proposal
    const about = { seq: opening.seq, amount: receipt.amount.toString(), spent: spent.toString() }
    return { data: this.#callOf(account.signer, proposal), about }
  }

  /** Over all use up to now, signed by us alone and stored like any that is sent: its number is never used again. */
  #receipt(account: TabAccount, head: Head): Proposal {
    const { ledger, leases, journal, receipts, onStep } = this.#modules
    const booked = ledger.leasesOf(account.tab)
    account.record(head.number, booked)
    const proposal = account.propose(head, booked, 0n)
    const signature = this.#sign(proposal)
    const { seq } = proposal.opening
    const before = this.#lastMade.get(account.tab)
    journal.transaction(() => {
      receipts.addProposal(account.tab, proposalToWire(proposal, signature))
      // Nobody is sent it but the chain, which has it in the call. A claim that fails is made anew each minute, for as long as the gas lacks.
      if (before !== undefined) receipts.dropProposal(account.tab, before)
      for (const lease of leases.ofTab(account.tab)) if (lease.live) leases.saveActivity(lease)
    })
    this.#lastMade.set(account.tab, seq)
    onStep("claimStored")
    return proposal
  }

  #sign(proposal: Proposal): Uint8Array {
    return nativeEcdsa.sign(receiptDigest(this.#options.market, proposal.receipt), this.#options.privateKey)
  }

  #callOf(signer: Address, proposal: Proposal): Uint8Array {
    const { receipt, opening } = proposal
    const { treeRoot, previousDayRecordsHash, tab: _tab, ...numbers } = opening
    const records = { ...numbers, treeRoot: bytesToHex(treeRoot), previousDayRecordsHash: bytesToHex(previousDayRecordsHash) }
    const [r, vs] = halvesOf(this.#sign(proposal))
    const args = [signer, receipt.node, receipt.day, receipt.gpuMs, receipt.amount, records, r, vs] as const
    return hexToBytes(encodeFunctionData({ abi: berthAbi, functionName: "claimStandingOrder", args }))
  }
}

/** The day of a claim is that of its receipt, whenever it was mined: the next day's is another. */
function dayIn(data: Uint8Array): number {
  const call = decodeFunctionData({ abi: berthAbi, data: bytesToHex(data) })
  if (call.functionName !== "claimStandingOrder") throw new Error(`a claim under a standing order calls ${call.functionName}`)
  return call.args[2]
}
