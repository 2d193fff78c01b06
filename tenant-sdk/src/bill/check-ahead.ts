import type { BundleTab } from "@berth/protocol"
import type { Settlement } from "../chain/settlements.ts"
import type { CheckedTab, LeaseSpan, Rebuilt } from "./check-tab.ts"
import type { Finding } from "./finding.ts"

/** How long a lease can go on without a record beyond what its terms let it rest, milliseconds: nodes look at the chain and at their leases now and then. */
const SLACK_MS = 600_000
/** The same before its first record: its image must be pulled. */
const PULL_MS = 3_600_000

/** What a receipt asked, or a settlement paid, above what was used by then. */
export interface Ahead {
  readonly receipt: Rebuilt
  /** Credits. */
  readonly ahead: bigint
  /** In which block it was settled; undefined for what was only signed. */
  readonly settledIn?: bigint
}

/** Unix seconds of blocks by number. What the chain does not have (yet) is not in it. */
export type BlockTimes = ReadonlyMap<bigint, bigint>

/** Everything that was ahead of the work: in each day's last receipt, and as it was settled. Pure. */
export function aheadsOf(tab: BundleTab, checked: CheckedTab, settlements: readonly Settlement[]): Ahead[] {
  const signed = tab.statements.flatMap((s) => {
    const receipt = checked.bySeq.get(s.seq)
    return receipt && s.amount > s.used ? [{ receipt, ahead: s.amount - s.used }] : []
  })
  const settled = settlements.flatMap((s) => {
    const receipt = checked.byHash.get(s.recordsHash)
    return receipt && s.amount > receipt.used ? [{ receipt, ahead: s.amount - receipt.used, settledIn: s.block }] : []
  })
  return [...signed, ...settled]
}

/** Blocks whose times decide: of receipts that ask more than leases which have records later on explain, and of when the others were last heard of. */
export function blocksThatDecide({ leases }: CheckedTab, aheads: readonly Ahead[]): bigint[] {
  const blocks = aheads
    .filter(({ receipt, ahead }) => ahead > windowsOf(leases, (l) => ranAt(l, receipt)))
    .flatMap(({ receipt }) => [receipt.block, ...leases.filter((l) => wasOpen(l, receipt)).map((l) => l.lastBlock)])
  return [...new Set(blocks)]
}

/**
 * Holds what was ahead to one window of each lease that can have run then: that has a record in that receipt or a later one, or whose last one is no longer
 * ago than its terms let a lease rest before it is ended. Nothing in chain or bundle says when a lease ended. Pure.
 */
export function checkAhead(tab: BundleTab, { leases }: CheckedTab, aheads: readonly Ahead[], times: BlockTimes): Finding[] {
  return aheads.flatMap(({ receipt, ahead, settledIn }): Finding[] => {
    const most = windowsOf(leases, (l) => ranAt(l, receipt) || mayRest(l, receipt, times))
    if (ahead <= most) return []
    const { seq, day } = receipt
    const what = settledIn === undefined ? `receipt ${seq} asks` : `receipt ${seq} was settled with`
    return [
      {
        ...{ severity: "error", kind: settledIn === undefined ? "advance" : "settlement", node: tab.node, signer: tab.signer, day, seq },
        ...(settledIn !== undefined && { block: settledIn }),
        message: `${what} ${ahead} credits ahead of the work; one window of each lease that can have run then is ${most}`,
        ...{ expected: `at most ${most}`, actual: `${ahead}` },
      },
    ]
  })
}

function windowsOf(leases: readonly LeaseSpan[], counts: (lease: LeaseSpan) => boolean): bigint {
  return leases.reduce((sum, lease) => (counts(lease) ? sum + lease.window : sum), 0n)
}

function wasOpen(lease: LeaseSpan, receipt: Rebuilt): boolean {
  return lease.openedSeq <= receipt.seq
}

function ranAt(lease: LeaseSpan, receipt: Rebuilt): boolean {
  return wasOpen(lease, receipt) && lease.lastSeq >= receipt.seq
}

function mayRest(lease: LeaseSpan, receipt: Rebuilt, times: BlockTimes): boolean {
  const [then, last] = [times.get(receipt.block), times.get(lease.lastBlock)]
  if (!wasOpen(lease, receipt) || then === undefined || last === undefined) return false
  return (then - last) * 1_000n <= BigInt(lease.restMs + (lease.worked ? SLACK_MS : PULL_MS))
}
