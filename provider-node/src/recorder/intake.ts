import { type Address, type DayTree, dayOf, type Ecdsa, type Market, ProtocolError } from "@berth/protocol"
import type { CountersignedReceipt } from "@berth/protocol/wire"
import { ChainUnavailable } from "../chain/errors.ts"
import type { TabFunds } from "./batches.ts"
import { type Asker, Questions } from "./questions.ts"
import type { RateLimit } from "./rate-limit.ts"
import { type ReservedDays, unbacked } from "./reserved.ts"
import type { OnStep } from "./steps.ts"
import type { RecorderDatabase } from "./store/database.ts"
import type { Marks } from "./store/marks.ts"
import type { ReceiptStore } from "./store/receipts.ts"
import { checkSubmission, type Submission, treeAfter } from "./submission.ts"

/** Receipts of days further back are not taken: their settlement is long over. */
export const OLDEST_DAYS = 30
/** Records of days further back are not anchored any more; their statement still settles. */
const ANCHOR_DAYS = 3
/** Bytes of entries that may wait for an anchor. */
const MAX_WAITING_BYTES = 100e6
/** How long the chain's word on a tab holds, ms. An open tab's close is seen by its event. */
const KNOWN_TAB_MS = 3_600_000
const UNKNOWN_TAB_MS = 2_000
/** What a submission that fails costs its peer, in good ones. */
const REJECT_COST = 20
/** So many records cost as much as a receipt does by itself: signatures to recover here, hashes there. */
const RECORDS_A_RECEIPT = 64

interface Tab {
  readonly signer: Address
  readonly node: Address
}

type TabState = TabFunds["state"]

export interface IntakeParts {
  readonly market: Market
  readonly ecdsa: Ecdsa
  readonly db: RecorderDatabase
  readonly receipts: ReceiptStore
  readonly marks: Marks
  /** What is taken of nodes that named this recorder, and of all others: a crowd of identities that cost nothing uses up its own alone. */
  readonly limits: { readonly named: RateLimit; readonly others: RateLimit }
  readonly onlyNamed: boolean
  readonly onStep: OnStep
  /** Funds of tabs, from the chain. */
  readonly fundsOf: (tabs: readonly Tab[]) => Promise<TabFunds[]>
  /** What vouches for receipts whose tab the chain does not have. */
  readonly reserved: ReservedDays
  /** Latest chain time, unix seconds. */
  readonly chainTime: () => bigint
}

/** Who hands in receipts. */
export interface Peer {
  readonly id: string
  /** The address of its key: that of the node that it is, if it is one. */
  readonly node: Address | undefined
}

/** Takes countersigned receipts from strangers: checks, then stores all of a request in one transaction. */
export class Intake {
  readonly #parts: IntakeParts
  readonly #tabs: Questions<Tab, TabState>
  readonly counts = { accepted: 0, rejected: 0 }

  constructor(parts: IntakeParts) {
    this.#parts = parts
    const states = async (tabs: readonly Tab[]) => (await parts.fundsOf(tabs)).map(({ state }) => state)
    this.#tabs = new Questions(states, (state) => (state === "none" ? UNKNOWN_TAB_MS : KNOWN_TAB_MS))
  }

  /** @returns how many were taken (or were here already), and the first that was refused with `field` = `submit[i].<field>` */
  async submit({ id, node }: Peer, wires: readonly CountersignedReceipt[]): Promise<{ accepted: number; error?: ProtocolError }> {
    const { limits, marks } = this.#parts
    const named = node !== undefined && marks.isNamed(node)
    const limit = named ? limits.named : limits.others
    if (!limit.take(id, costOf(wires)))
      return { accepted: 0, error: new ProtocolError("rate_limited", "too many receipts: wait some seconds and send them again") }
    let error: ProtocolError | undefined
    const refuse = (index: number, cause: unknown) => {
      this.counts.rejected++
      if (!(cause instanceof ProtocolError)) throw cause
      limit.charge(id, REJECT_COST)
      const field = `submit[${index}]${cause.field ? `.${cause.field}` : ""}`
      error ??= new ProtocolError(cause.code, cause.message, { field, cause })
    }
    const signed: { submission: Submission; index: number }[] = []
    for (const [index, wire] of wires.entries()) {
      try {
        signed.push({ submission: this.#checked(wire), index })
      } catch (cause) {
        refuse(index, cause)
      }
    }
    let backing: (submission: Submission) => Backing
    try {
      backing = await this.#learn(
        { id, named },
        signed.map((s) => s.submission),
      )
    } catch (cause) {
      if (cause instanceof ProtocolError) return { accepted: 0, error: cause }
      if (!(cause instanceof ChainUnavailable)) throw cause
      return {
        accepted: 0,
        error: new ProtocolError("chain_unavailable", "this recorder can't read the chain now: send them again", { cause }),
      }
    }
    let accepted = 0
    this.#parts.db.transaction(() => {
      for (const { submission, index } of signed) {
        try {
          this.#store(submission, backing(submission))
          accepted++
        } catch (cause) {
          refuse(index, cause)
        }
      }
    })
    this.#parts.onStep("stored")
    this.counts.accepted += accepted
    return error ? { accepted, error } : { accepted }
  }

  /** The tab was closed on chain: nothing of it is taken any more. */
  closed(signer: Address, node: Address): void {
    this.#tabs.tell(keyOf({ signer, node }), "closed")
  }

  #checked(wire: CountersignedReceipt): Submission {
    const { ecdsa, market, marks, onlyNamed } = this.#parts
    const submission = checkSubmission(ecdsa, market, wire)
    const { day } = submission.receipt
    const today = dayOf(this.#parts.chainTime())
    if (day > today + 1) throw new ProtocolError("bad_receipt", `day ${day} is in the future: today is ${today}`, { field: "day" })
    if (day < today - OLDEST_DAYS) throw new ProtocolError("stale", `day ${day} is more than ${OLDEST_DAYS} days ago`, { field: "day" })
    if (onlyNamed && !marks.isNamed(submission.node))
      throw new ProtocolError("unauthorized", `node ${submission.node} did not name this recorder in its profile`, { field: "node" })
    return submission
  }

  /** What backs each of these, as the chain says. */
  async #learn(asker: Asker, submissions: readonly Submission[]): Promise<(submission: Submission) => Backing> {
    const states = await this.#tabs.answers(
      asker,
      new Map(submissions.map(({ signer, node }) => [keyOf({ signer, node }), { signer, node }])),
    )
    const stateOf = (submission: Submission) => states.get(keyOf(submission))!
    const tabless = submissions.filter((s) => stateOf(s) === "none")
    const vouched = await this.#parts.reserved.vouching(asker, tabless)
    return (submission) => backingOf(submission, stateOf(submission), vouched.has(submission))
  }

  #store(s: Submission, backing: Backing): void {
    const { receipts } = this.#parts
    const stored = receipts.statement(s.node, s.signer, s.receipt.day)
    const known = receipts.hasEntry(s.entry.tab, s.entry.seq)
    if (known && stored && stored.seq >= s.opening.seq) return
    const isNewest = !stored || s.opening.seq > stored.seq
    const put = (tree: DayTree | undefined) => {
      // An older one that was not here yet is anchored all the same; the newest stays the statement.
      if (isNewest) receipts.putStatement(s, tree, backing === "tab" ? "open" : "reserved")
    }
    try {
      put(treeAfter(s, stored?.tree))
    } catch (error) {
      // Both have signed its amount, which is paid whatever its records are: a tenant that signs two receipts of the same books, and hands in one
      // here, must not have the other refused for it.
      put(undefined)
      throw error
    }
    if (known || s.receipt.day < dayOf(this.#parts.chainTime()) - ANCHOR_DAYS) return
    if (receipts.waitingBytes() >= MAX_WAITING_BYTES)
      throw new ProtocolError("rate_limited", "too many records wait for their anchor: send them again later")
    receipts.putEntry(s.entry, s.receipt.day)
  }
}

type Backing = "tab" | "reservation"

/** What keeps a stranger from having us pay for its anchor. @throws ProtocolError `closing`, `no_reservation`, `no_tab` */
function backingOf(submission: Submission, state: TabState, vouched: boolean): Backing {
  const { signer, node } = submission
  if (state === "open") return "tab"
  if (state === "closed") throw new ProtocolError("closing", `the tab of ${signer} at ${node} is closed`, { field: "signer" })
  if (vouched) return "reservation"
  throw unbacked(submission)
}

/** In receipts of few records. */
function costOf(wires: readonly CountersignedReceipt[]): number {
  const records = wires.reduce((sum, { proposal }) => sum + (proposal ? proposal.records.length + proposal.terms.length : 0), 0)
  return Math.max(1, wires.length) + Math.floor(records / RECORDS_A_RECEIPT)
}

function keyOf({ signer, node }: Tab): string {
  return `${signer}/${node}`
}
