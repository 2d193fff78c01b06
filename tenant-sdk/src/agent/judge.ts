import {
  type Books,
  type Ecdsa,
  equalBytes,
  type Market,
  type Proposal,
  ProtocolError,
  receiptDigest,
  recoverAddress,
} from "@berth/protocol"
import { checkProposal, type LeaseBound, type WireProposal } from "@berth/protocol/wire"

/** What the agent knows of one lease at the time of a proposal. */
export interface KnownLease {
  readonly leaseNo: number
  /** Credits per GPU-hour, as signed. */
  readonly price: bigint
  readonly count: number
  readonly termsHash: Uint8Array
  /** Own monotonic milliseconds in which it can have run at most: since its opening was sent, until its end was known. */
  readonly elapsedMs: number
  /** Credits that are paid ahead for it at most; 0 once it has ended. */
  readonly ahead: bigint
}

export interface Case {
  readonly market: Market
  /** As of the last countersigned receipt. */
  readonly books: Books
  readonly leases: ReadonlyMap<number, KnownLease>
  /** By the agent's own view of the chain. */
  readonly today: number
  readonly ecdsa: Ecdsa
}

/** Two clocks without discipline drift apart by at most some 100 ppm; samples are a second apart. */
const DRIFT_PER_MILLE = 1n
const SLACK_MS = 1_000n

/**
 * Decides about a node's proposal: returns it recomputed when it may be signed. Pure.
 * @throws ProtocolError `stale`, `bad_receipt`, `malformed` (does not follow from the books), `bad_signature` (not by the node),
 * `no_lease`, `terms_mismatch` (not what was signed), `overclaim` (more time or advance than can be)
 */
export function judge(at: Case, wire: WireProposal): { proposal: Proposal; digest: Uint8Array } {
  const lease = (leaseNo: number): KnownLease => {
    const known = at.leases.get(leaseNo)
    if (known) return known
    throw new ProtocolError("no_lease", `receipt ${wire.seq} bills lease ${leaseNo}, which this agent did not sign`, { field: "records" })
  }
  const proposal = checkProposal(at.books, wire, (leaseNo) => lease(leaseNo).price)
  const digest = receiptDigest(at.market, proposal.receipt)
  if (recoverAddress(at.ecdsa, digest, wire.nodeSignature) !== at.books.node.toLowerCase())
    throw new ProtocolError("bad_signature", `receipt ${wire.seq} is not signed by node ${at.books.node}`, { field: "nodeSignature" })
  for (const terms of wire.terms) {
    if (equalBytes(terms.publicTermsHash, lease(terms.leaseNo).termsHash)) continue
    throw new ProtocolError("terms_mismatch", `receipt ${wire.seq} opens lease ${terms.leaseNo} with other terms than were signed`, {
      field: "terms",
    })
  }
  checkDay(at, wire)
  checkTime(at, wire)
  checkAdvance(at, wire)
  return { proposal, digest }
}

/** How far the agent would sign, by its own clock and what it pays ahead. The node may lower its claim to it. */
export function boundsOf(at: Pick<Case, "books" | "leases">): LeaseBound[] {
  return [...at.leases.values()].map((lease) => ({
    leaseNo: lease.leaseNo,
    cumulativeMs: max(at.books.leases.get(lease.leaseNo) ?? 0n, boundOf(lease)),
    ahead: lease.ahead,
  }))
}

function checkDay(at: Case, wire: WireProposal): void {
  if (Math.abs(wire.day - at.today) <= 1) return
  throw new ProtocolError("bad_receipt", `receipt ${wire.seq} is of day ${wire.day}; the chain is at day ${at.today}`, { field: "day" })
}

function checkTime(at: Case, wire: WireProposal): void {
  for (const record of wire.records) {
    const bound = boundOf(at.leases.get(record.leaseNo)!)
    if (record.cumulativeMs <= bound) continue
    throw new ProtocolError(
      "overclaim",
      `receipt ${wire.seq} claims ${record.cumulativeMs} ms for lease ${record.leaseNo}, which can have run ${bound} ms`,
      { field: "cumulativeMs" },
    )
  }
}

function checkAdvance(at: Case, wire: WireProposal): void {
  const bound = [...at.leases.values()].reduce((sum, lease) => sum + lease.ahead, 0n)
  const advance = wire.amount - wire.used
  if (advance <= bound) return
  throw new ProtocolError("overclaim", `receipt ${wire.seq} asks ${advance} credits ahead; ${bound} are paid ahead of what runs`, {
    field: "amount",
  })
}

function boundOf(lease: KnownLease): bigint {
  const ms = BigInt(Math.ceil(lease.elapsedMs))
  return (ms + (ms * DRIFT_PER_MILLE) / 1_000n + SLACK_MS) * BigInt(lease.count)
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
