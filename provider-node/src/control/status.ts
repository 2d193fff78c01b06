import { monotonicMs } from "../clock.ts"
import type { Level } from "../disk/judge.ts"
import type { BerthNode } from "../node.ts"
import { isOver, minutesOf, openDays } from "../reservations/reservation.ts"

/** What `berth-node status` and the metrics show. Amounts in credits. */
export interface NodeStatus {
  readonly node: string
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly operator: string | null
  readonly draining: boolean
  readonly chain: { readonly reachable: boolean; readonly block: bigint | null; readonly timestamp: bigint | null }
  readonly engine: {
    readonly up: boolean
    readonly name: string
    readonly version: string
    readonly network: string
    readonly networkDetail: string
  }
  readonly capacity: readonly { readonly class: string; readonly total: number; readonly free: number; readonly price: bigint }[]
  /** `free` and `total` of the engine's file system; null: it can't be seen from here. `pulledImages` are those that this node may remove. */
  readonly disk: {
    readonly level: Level
    readonly freeBytes: number | null
    readonly totalBytes: number | null
    readonly floorBytes: number | null
    readonly leaseLimitBytes: number
    readonly pulledImages: number
  }
  readonly leases: readonly LeaseLine[]
  readonly reservations: readonly ReservationLine[]
  /** Claims' transactions under way, why the last one could not be posted, and what the node's key has for gas, wei; null: not known. */
  readonly claims: { readonly underWay: number; readonly trouble: string | null; readonly gas: bigint | null }
  readonly earnings: Earnings
  readonly connections: number
  readonly receiptStreams: number
  readonly recorder: { readonly configured: number; readonly lag: number; readonly lastTakenMsAgo: number | null }
  readonly memoryMiB: number
}

export interface LeaseLine {
  readonly id: string
  readonly leaseNo: number
  readonly state: string
  readonly reason: string | null
  readonly class: string
  readonly count: number
  readonly activeMs: bigint
  readonly image: string
  /** What it was last seen to keep on the disk; null: not measured yet. */
  readonly diskBytes: number | null
}

/** A reservation whose days are not all resolved. Days are UTC days. */
export interface ReservationLine {
  readonly id: string
  readonly class: string
  readonly gpus: number
  readonly startDay: number
  readonly endDay: number
  readonly inUse: number
  /** Days that are over and not resolved on chain, of which the holder's agent has signed. */
  readonly claimed: number
  /** Those of which nobody has said anything: without a word they go back to the holder, collateral and all. */
  readonly unheard: number
  /** Why it is not served though it is paid for: served days of it are denied; null when it is. */
  readonly denial: string | null
  /** UTC day at whose beginning the first of these lapses; null when there is none. */
  readonly lapsesOn: number | null
}

export interface Earnings {
  /** Countersigned and not yet paid out by the chain, as far as the deposits cover it. */
  readonly signedUnsettled: bigint
  /** Paid by tabs in memory. */
  readonly settled: bigint
  /** Worked and not countersigned. */
  readonly unsigned: bigint
  /** The operator's free credits on chain; null when the chain can't be asked. */
  readonly credits: bigint | null
}

/** Gathers what a node shows of itself. Ended leases are shown for as long as their containers are kept. */
export async function statusOf(node: BerthNode): Promise<NodeStatus> {
  const { chain, engine, handover } = node
  return {
    node: node.key.address,
    peerId: node.host.peerId.toString(),
    addresses: node.host.getMultiaddrs().map(String),
    operator: chain.operator ?? null,
    draining: node.quotes.draining,
    chain: { reachable: chain.reachable, block: chain.head?.number ?? null, timestamp: chain.head?.timestamp ?? null },
    engine: {
      up: node.leaseLoop.engineUp,
      name: engine.name,
      version: engine.version,
      network: engine.network,
      networkDetail: engine.networkDetail,
    },
    capacity: node.config.offers.map((o) => ({ class: o.class, total: o.count, free: node.quotes.free(o), price: o.price })),
    disk: diskOf(node),
    leases: node.leases
      .all()
      .filter((l) => !l.row.removed)
      .map((l) => ({
        id: l.id,
        leaseNo: l.leaseNo,
        state: l.unknown ? `${l.state} (unknown)` : l.state,
        reason: l.row.reason,
        class: l.row.deal.terms.class,
        count: l.row.deal.terms.count,
        activeMs: l.claimedMs,
        image: l.row.deal.privateTerms.image,
        diskBytes: node.disk.bytesOf(l),
      })),
    reservations: reservationsOf(node),
    claims: {
      underWay: node.claimer.underWay,
      trouble: node.claimer.trouble ?? null,
      gas: claims(node) ? await node.reservations.reader.balance(node.key.address).catch(() => null) : null,
    },
    earnings: await earningsOf(node),
    connections: node.host.getConnections().length,
    receiptStreams: node.streams.size,
    recorder: {
      configured: node.config.recorders.length,
      lag: handover.lag,
      lastTakenMsAgo: handover.lastTaken === undefined ? null : Math.round(monotonicMs() - handover.lastTaken),
    },
    memoryMiB: Math.round(process.memoryUsage.rss() / 1024 ** 2),
  }
}

function diskOf({ disk, images, config }: BerthNode): NodeStatus["disk"] {
  const { freeBytes = null, totalBytes = null } = disk.space ?? {}
  const floorBytes = disk.space ? disk.floor : null
  return { level: disk.level, freeBytes, totalBytes, floorBytes, leaseLimitBytes: config.disk.leaseLimitBytes, pulledImages: images.count }
}

/** Whether the node's key may have transactions to pay for. */
function claims({ config, ledger, chain }: BerthNode): boolean {
  return config.reservations.enabled || ledger.all().some((account) => chain.seen(account.signer)?.order)
}

function reservationsOf({ reservations: { book }, leases }: BerthNode): ReservationLine[] {
  const { today } = book
  if (today === undefined) return []
  return book
    .all()
    .filter((r) => !isOver(r, today))
    .map((r) => {
      const { id, class: gpuClass, gpus, startDay, endDay } = r
      const days = openDays(r, today)
      const unheard = days.filter((day) => book.claimsOf(id).every((claim) => minutesOf(claim, day) === undefined))
      const lapsesOn = unheard[0] === undefined ? null : unheard[0] + 1 + r.claimPeriod
      const claimed = days.length - unheard.length
      const denial = book.denial(r) ?? null
      return {
        id,
        class: gpuClass,
        gpus,
        startDay,
        endDay,
        inUse: leases.unitsUnder(id),
        claimed,
        unheard: unheard.length,
        denial,
        lapsesOn,
      }
    })
}

async function earningsOf(node: BerthNode): Promise<Earnings> {
  let signedUnsettled = 0n
  let settled = 0n
  let unsigned = 0n
  for (const account of node.ledger.all()) {
    const tab = node.chain.seen(account.signer)
    const { amount, used } = account.books
    const payable = tab && amount > tab.deposit ? tab.deposit : amount
    const spent = tab?.spent ?? 0n
    if (tab?.status !== "closed" && payable > spent) signedUnsettled += payable - spent
    // A closed tab's slot is empty; what was signed is what its settlements and its close paid.
    settled += tab?.status === "closed" ? used : spent
    const now = node.ledger.usedNow(account)
    // What a standing order's claims were paid needs no signature any more.
    const paid = tab?.order && tab.spent > used ? tab.spent : used
    if (now > paid) unsigned += now - paid
  }
  const credits = await node.chain.credits().catch(() => null)
  return { signedUnsettled, settled, unsigned, credits }
}
