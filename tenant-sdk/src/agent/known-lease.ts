import { type Address, bytesToHex, mostAhead, publicTermsHash, windowAmount } from "@berth/protocol"
import { SignedQuote } from "@berth/protocol/wire"
import type { LeaseRow } from "../store/lease-rows.ts"
import { type ClockMark, elapsedMs } from "./clock.ts"
import type { KnownLease } from "./judge.ts"

/** What of a lease never changes, worked out once: receipts come by the thousand a second. */
interface Constant {
  readonly termsHash: Uint8Array
  readonly node: Address
  /** Credits of one window, if its quote asked for anything ahead. */
  readonly window: bigint
  /** Credits ahead at most, to a node with enough stake and to any other. */
  readonly staked: bigint
  readonly unstaked: bigint
}

const constants = new WeakMap<object, Constant>()

/** A lease as a receipt is judged by it. `staked`: whether its node is paid whole windows ahead. */
export function knownLease(row: LeaseRow, now: ClockMark, staked: boolean): KnownLease {
  const { price, count } = row.terms
  const constant = constantOf(row)
  const ahead = row.ended ? 0n : staked ? constant.staked : constant.unstaked
  return { leaseNo: row.leaseNo, price, count, termsHash: constant.termsHash, elapsedMs: ranAtMost(row, now), ahead }
}

/** Credits of one window of a lease that is paid ahead, and to whom; undefined for a lease that is not, or not any more. */
export function windowAhead(row: LeaseRow): { readonly node: Address; readonly window: bigint } | undefined {
  if (row.ended) return undefined
  const { node, window } = constantOf(row)
  return window > 0n ? { node, window } : undefined
}

function constantOf(row: LeaseRow): Constant {
  const known = constants.get(row.terms)
  if (known) return known
  const { startPrice: asked, node } = SignedQuote.decode(row.quote)
  const { window, count, price } = row.terms
  const upTo = (most: bigint) => (asked < most ? asked : most)
  const made = {
    termsHash: publicTermsHash(row.terms),
    node: bytesToHex(node),
    window: asked > 0n ? windowAmount(window, count, price) : 0n,
    staked: upTo(mostAhead(row.terms, true)),
    unstaked: upTo(mostAhead(row.terms, false)),
  }
  constants.set(row.terms, made)
  return made
}

/** A node that was asked to stop and goes on, or says that it does, gets one window more: enough to stop in, and all that it can take. */
function ranAtMost({ sent, ended, stopAsked, terms }: LeaseRow, now: ClockMark): number {
  const ms = elapsedMs(sent, ended ?? now)
  return stopAsked ? Math.min(ms, elapsedMs(sent, stopAsked) + terms.window) : ms
}
