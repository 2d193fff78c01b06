import type { Address, LeaseReason, LeaseState, PrivateTerms, PublicTerms } from "@berth/protocol"
import type { Hex } from "viem"
import type { LeaseId } from "../runner/runner.ts"

/** What was agreed when a lease was opened. Never changes, but that of the private terms only the image is left once the lease is removed. */
export interface LeaseDeal {
  readonly leaseId: LeaseId
  /** 0x hex of the tab's id. */
  readonly tab: `0x${string}`
  readonly signer: Address
  readonly terms: PublicTerms
  readonly privateTerms: PrivateTerms
  /** Credits that a newcomer pays ahead; 0 for a known tenant. As the node's quote said, so that both sides hold the same. */
  readonly startPrice: bigint
  readonly pullLimit: bigint
  /** Seconds that container and volume are kept after the end. */
  readonly retention: number
  /** The node's own signature of the lease's id: the answer to the same `open` sent again. */
  readonly nodeSignature: Uint8Array
  /** Device UUIDs; empty for the CPU class. */
  readonly devices: readonly string[]
  /** The reservation that pays for it; absent for pay-as-you-go. */
  readonly reservation?: Hex
}

/** A lease as the journal holds it. `ended` is final. */
export interface LeaseRow {
  deal: LeaseDeal
  state: LeaseState
  reason: LeaseReason | null
  detail: string
  exitCode: number | null
  /** Why it shall end, once decided: kept, so that a restart goes on with ending it. */
  endWish: LeaseReason | null
  imageId: string
  /** Active milliseconds as of the last receipt made: where metering goes on after a restart. */
  activeMs: bigint
  /** Milliseconds that the tenant disputed and the node let go: not in `activeMs`, remembered of the tenant. */
  forgivenMs: bigint
  endedAt: number | null
  /** Container and volume are gone. */
  removed: boolean
}
