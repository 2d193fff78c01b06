import type { Address, Bundle, LeaseState, Tier } from "@berth/protocol"
import type { Hex } from "viem"
import type { Balance } from "../actions/balance.ts"
import type { CancelAgreement } from "../actions/cancelReservation.ts"
import type { SignedReservationQuote } from "../actions/checkReservationQuote.ts"
import type { Offer, Preference } from "../actions/rankQuotes.ts"
import type { ReservationOffer } from "../actions/requestReservationQuotes.ts"
import type { ReserveResult } from "../actions/reserve.ts"
import type { StandingOrder, StandingOrderTerms } from "../actions/standingOrder.ts"
import type { BundlePiece } from "../bill/assemble-bundle.ts"
import type { Bill } from "../bill/bill.ts"
import type { TabState } from "../store/tab-rows.ts"
import type { WalletActions } from "./wallet-actions.ts"

/** What to run, where and for how much. */
export interface RunOptions {
  readonly image: string
  readonly command?: readonly string[] | undefined
  readonly entrypoint?: readonly string[] | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly workdir?: string | undefined
  readonly memoryMiB?: number | undefined
  readonly readOnly?: boolean | undefined
  /** GPU class, such as `nvidia/rtx-4090` or `cpu/x86-64`; under a reservation its class, whatever this says. */
  readonly class: string
  /** GPUs (vCPUs of `cpu/x86-64`); 1 by default. */
  readonly count?: number | undefined
  /** Under this reservation, by its id or a unique beginning of it: on its node, and paid for already. */
  readonly reservation?: string | undefined
  readonly preference?: Preference | undefined
  /** Only this node. */
  readonly node?: Address | undefined
  /** Hours of work that a newly opened tab is to pay for; 2 by default. */
  readonly hours?: number | undefined
  /** 16 random bytes: the same id gives the same lease, however often it is sent. Made by `run` when absent. */
  readonly id?: Hex | undefined
}

/** What `run` does on the way. */
export type RunProgress =
  | { readonly step: "quotes"; readonly offers: number; readonly refused: readonly { readonly node: Address; readonly reason: string }[] }
  | {
      readonly step: "chosen"
      readonly node: Address
      readonly region: string
      readonly tier: Tier
      readonly price: bigint
      readonly count: number
    }
  | { readonly step: "tab"; readonly node: Address; readonly amount: bigint; readonly action: "opened" | "topped up" | "reused" }
  | { readonly step: "accepted"; readonly leaseId: Hex }

/** A lease as the agent knows it. */
export interface Lease {
  readonly leaseId: Hex
  readonly leaseNo: number
  readonly node: Address
  readonly signer: Address
  readonly image: string
  readonly command: readonly string[]
  readonly class: string
  readonly count: number
  /** Credits per GPU-hour. */
  readonly price: bigint
  /** Unix seconds, chain time. */
  readonly start: bigint
  /** The reservation that pays for it: 0x hex of 32 bytes; undefined for pay-as-you-go. */
  readonly reservation: Hex | undefined
  readonly state: LeaseState
  readonly reason: string
  readonly detail: string
  readonly exitCode: number | undefined
  /** The node's engine does not answer: the state is the last one known. */
  readonly unknown: boolean
  readonly pulledBytes: bigint
  readonly pullTotalBytes: bigint
  /** Countersigned so far. */
  readonly activeMs: bigint
  readonly amount: bigint
}

/** A tab as agent and chain know it, in credits. */
export interface TabInfo {
  readonly signer: Address
  readonly node: Address
  readonly state: TabState
  readonly deposit: bigint
  /** Settled on chain. */
  readonly spent: bigint
  /** Countersigned work. */
  readonly used: bigint
  /** Countersigned in all, the advance included. */
  readonly amount: bigint
  readonly seq: number
  readonly running: number
  readonly ratePerHour: bigint
  /** Whether the receipt stream to the node is up. */
  readonly connected: boolean
  /** Unix seconds; 0 when no close is requested. */
  readonly closeRequestedAt: number
  /** The last disagreement with the node, if the last receipt was refused. */
  readonly dispute: string | undefined
}

/** A reservation that the agent signs for, and what it saw of its days. */
export interface SignedReservation {
  /** 0x hex of 32 bytes. */
  readonly id: Hex
  readonly node: Address
  /** The agent's key for this reservation. It signs on the days on which the chain names it. */
  readonly signer: Address
  /** As last read from the chain; undefined while there is no such reservation. */
  readonly onChain:
    | {
        readonly class: string
        readonly gpus: number
        readonly startDay: number
        /** First UTC day that is not part of it (any more). */
        readonly endDay: number
      }
    | undefined
  /** Days to come, or over and still to be signed for: the agent must run. */
  readonly live: boolean
  /** `stopSigning` was called: nothing is signed for its days. */
  readonly silent: boolean
  /** Why its node was missed at the last look; undefined when it was there. */
  readonly missing: string | undefined
  /** UTC days served in part that nobody has posted, shortly before verifiers may have them paid in full: the agent posts them if it has a wallet with gas. */
  readonly heldBack: readonly number[]
  /** Days in which something was missed, or that were signed for. All others were served in full. */
  readonly days: readonly { readonly day: number; readonly minutes: number; readonly signed: boolean }[]
}

/** A run of days as the signer in force on them signed it. */
export interface SignedDays {
  /** UTC day of the first. */
  readonly firstDay: number
  /** Minutes served on each day of the run. */
  readonly served: readonly number[]
  /** EIP-2098, 64 bytes, over `DayClaim`. */
  readonly signature: Uint8Array
}

/** A receipt that was just countersigned and stored. */
export interface SignedReceipt {
  readonly node: Address
  readonly signer: Address
  readonly seq: number
  readonly day: number
  readonly block: bigint
  readonly gpuMs: bigint
  readonly used: bigint
  readonly amount: bigint
  readonly records: number
}

/** A piece of a container's output. */
export interface LogChunk {
  readonly stream: "stdout" | "stderr"
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint
  readonly data: Uint8Array
}

/** Which of a container's output; all there is, and then the end, by default. */
export interface LogOptions {
  readonly follow?: boolean | undefined
  /** Only the last lines. */
  readonly tail?: number | undefined
  /** Nanoseconds since 1970. */
  readonly sinceNs?: bigint | undefined
  readonly signal?: AbortSignal | undefined
}

/** What the agent is to ask nodes for (`image`: so that they say whether they have it), and which offers are wanted. */
export interface QuotesOptions {
  readonly class: string
  readonly count?: number | undefined
  readonly image?: string | undefined
  readonly node?: Address | undefined
  readonly preference?: Preference | undefined
  /**
   * How long nodes are waited for, milliseconds; then also those are asked that were silent lately. By default 2,000, while none has quoted
   * 10,000, and a node that was silent is left out for a while.
   */
  readonly timeoutMs?: number | undefined
}

/** What came of asking many nodes for a price. */
export interface Auction {
  /** Within the limits, best first. */
  readonly offers: readonly Offer[]
  readonly refused: readonly { readonly node: Address; readonly reason: string }[]
  /** All classes that registered nodes offer. */
  readonly classes: readonly string[]
}

/** Which GPUs the agent is to ask nodes for, for which days; one node or many. */
export interface ReservationQuotesOptions {
  readonly class: string
  /** 1 by default. */
  readonly gpus?: number | undefined
  /** First UTC day; tomorrow by default. */
  readonly startDay?: number | "today" | undefined
  /** Days. */
  readonly term: number
  readonly node?: Address | undefined
  readonly region?: string | undefined
}

/** What came of asking many nodes for the price of a reservation. */
export interface ReservationAuction {
  /** Checked, cheapest first. */
  readonly offers: readonly ReservationOffer[]
  readonly refused: readonly { readonly node: Address; readonly reason: string }[]
}

/** A node's signed quote for the agent to take, and what it may cost. */
export interface AgentReserveOptions extends SignedReservationQuote {
  /** Who signs for served days: this agent by default, or another key, or `nobody`: every day is then paid as served. */
  readonly signer?: Address | "nobody" | undefined
  /** Credits a day at most. */
  readonly maxPricePerDay?: bigint | undefined
  readonly evenIfDearer?: boolean | undefined
}

/** What is done once however often it is asked for. */
export interface WithId {
  /**
   * 16 bytes in hex that the caller chooses. Asked for again with the same id, after an answer that was lost or a crash, it is the same
   * transaction, and its result; with other options it is refused with `usage`.
   */
  readonly id?: Hex | undefined
}

/** Who runs: process, market, and the tenant that it works for (undefined without a wallet). */
export interface AgentInfo {
  readonly pid: number
  readonly tenant: Address | undefined
  readonly chainId: number
  readonly contract: Address
  readonly version: string
  /** Chain time, unix seconds. */
  readonly now: bigint
}

/**
 * The tenant's agent: runs leases, checks and countersigns their receipts, keeps the books. The same in process (`startAgent`) and behind
 * a socket (`connectAgent`). Leases are named by id or by a unique beginning of it.
 */
export interface Agent extends WalletActions {
  info(): Promise<AgentInfo>
  quotes(options: QuotesOptions): Promise<Auction>
  run(options: RunOptions, hooks?: { onProgress?: (p: RunProgress) => void; signal?: AbortSignal }): Promise<Lease>
  leases(options?: { all?: boolean | undefined }): Promise<Lease[]>
  lease(ref: string): Promise<Lease>
  /** The lease now, and at every change until it has ended. */
  watch(ref: string, options?: { signal?: AbortSignal }): AsyncIterable<Lease>
  logs(ref: string, options?: LogOptions): AsyncIterable<LogChunk>
  /** The bytes of a tar. */
  files(ref: string, path: string, options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>
  stop(ref: string): Promise<Lease>
  resume(ref: string): Promise<Lease>
  tabs(): Promise<TabInfo[]>
  /** Receipts as they are countersigned, from now on. */
  receipts(options?: { signal?: AbortSignal }): AsyncIterable<SignedReceipt>
  openTab(options: {
    node: Address
    amount: bigint
    standingOrder?: StandingOrderTerms | undefined
  }): Promise<{ signer: Address; deposit: bigint }>
  standingOrder(options: { tab: string }): Promise<StandingOrder | undefined>
  reservationQuotes(options: ReservationQuotesOptions): Promise<ReservationAuction>
  reserve(options: AgentReserveOptions): Promise<ReserveResult>
  /** The key with which this agent signs for a reservation's days: to be named by `setReservationSigner` after buying it. */
  reservationSigner(options: { id: bigint }): Promise<{ signer: Address }>
  /** On which terms a reservation's node agrees to end it: for `cancelReservation`. @throws BerthError `not_offered`, `unauthorized`, ... */
  agreedCancel(options: { id: bigint; firstDay?: number | undefined }): Promise<CancelAgreement>
  topUp(options: { tab: string; amount: bigint } & WithId): Promise<{ hash: Hex }>
  /**
   * By agreement with the node at once, or `timed`: a request and, after 72 hours of chain time, `finishClose`. Agreed, the node gets `amount`
   * credits in all: what this agent has signed as used, `used`, or more when the chain had paid more by then, ahead of work or under a standing order.
   */
  closeTab(options: { tab: string; timed?: boolean | undefined }): Promise<{ hash: Hex; amount?: bigint; used?: bigint }>
  finishClose(options: { tab: string }): Promise<{ hash: Hex }>
  balance(): Promise<Balance>
  deposit(options: { amount: bigint; to?: Address | undefined } & WithId): Promise<{ hash: Hex; gasUsed: bigint }>
  withdraw(options: { amount: bigint; to?: Address | undefined } & WithId): Promise<{ hash: Hex; gasUsed: bigint }>
  stake(options: { amount: bigint } & WithId): Promise<{ hash: Hex; free: bigint }>
  /** Reservations that this agent signs for. */
  reservations(): Promise<SignedReservation[]>
  /**
   * The key that signs for a reservation's days and for work under it: to be named in `reserve` or `setSigner`. Kept before it returns; asked
   * again it gives the same one. The wallet's own reservations are found without it.
   */
  signFor(options: { id: bigint; node: Address }): Promise<{ signer: Address }>
  /**
   * Signs for the days of a reservation that are over, open and this agent's to sign: what it hands to the node by itself, for whom the node
   * can't be reached. What was signed for a day before is signed again. Empty when there is no such day.
   * @throws BerthError `no_reservation` (none that this agent signs for), `rpc`
   */
  signDays(options: { id: bigint }): Promise<SignedDays[]>
  /**
   * From now on this agent signs for no day of a reservation, or, with `undo`, for its days again. Days that nobody signs for lapse, unless
   * verifiers attest them; after three running the term ends, and what is left comes back without a fee.
   * @returns UTC days that it has signed for already: the node may have their claims, and can post them
   * @throws BerthError `no_reservation` (none that this agent signs for)
   */
  stopSigning(options: { id: bigint; undo?: boolean | undefined }): Promise<{ silent: boolean; signed: number[] }>
  bill(options?: { day?: number | undefined }): Promise<Bill>
  /** The bundle of all tabs, up to and with a day. @throws BerthError `too_large` when no file of it could be read back */
  exportBundle(options?: { day?: number | undefined }): Promise<Bundle>
  /** The same piece by piece, as it crosses the socket. */
  bundle(options?: { day?: number | undefined }): AsyncIterable<BundlePiece>
  /** Ends the agent. Leases run on until their nodes miss its signatures. */
  shutdown(): Promise<void>
}
