import { amountBetween, type Books, type LeaseReason, type LeaseState, windowAmount } from "@berth/protocol"

/** What a lease may do now. `wait`: not started yet and not to be started yet. */
export type Verdict =
  | { readonly do: "run" }
  | { readonly do: "wait" }
  | { readonly do: "pause"; readonly reason: LeaseReason }
  | { readonly do: "end"; readonly reason: LeaseReason }

/** One lease as far as money is concerned. */
export interface LeaseMoney {
  readonly leaseNo: number
  readonly live: boolean
  readonly claimedMs: bigint
  readonly price: bigint
  /** Credits that are asked ahead of the work; 0 for a known tenant. */
  readonly ahead: bigint
  /** Credits of one window, every unit busy. */
  readonly window: bigint
  /** Credits that a known tenant may owe: what `pause` ms of the same work cost. */
  readonly grace: bigint
  /** Credits of the end of what may be worked at which no work is begun any more: {@link reserveOf}. */
  readonly reserve: bigint
  /** Credits of time that was disputed and let go. */
  readonly forgiven: bigint
}

/** A tab as far as money is concerned. */
export interface TabMoney {
  readonly books: Books
  readonly leases: readonly LeaseMoney[]
  /** Credits in the tab on chain, and whether it takes work; undefined when never seen: nothing is then known against it. */
  readonly chain: { readonly status: "none" | "open" | "closing" | "closed"; readonly deposit: bigint } | undefined
  /** What the tab's standing order lets this node claim by itself now, cumulative and within the deposit; undefined without one. */
  readonly ordered: bigint | undefined
  /** This node has signed the tab's close. */
  readonly closeSigned: boolean
  /** How long something has been unsigned, ms; undefined when all is signed. */
  readonly unsignedMs: number | undefined
}

export interface LeaseStanding {
  readonly leaseNo: number
  readonly state: LeaseState
  readonly startPrice: bigint
  readonly pauseMs: number
  readonly stopMs: number
  readonly idleMs: number
  readonly endWish: LeaseReason | null
  /** It is paid for by a reservation, and that covers it no longer: another day, signer or holder. */
  readonly uncovered: boolean
  /** How long without any activity, ms. */
  readonly inactiveMs: number
  readonly pausedMs: number | undefined
  /** The disk is nearly full: nothing may write until there is room again. */
  readonly diskShort: boolean
}

/** A newcomer's first receipt is signed in a second, or never: its units are kept from others for no longer than this. */
const UNPAID_MS = 30_000

/**
 * A lease is paused so long before the end of what it may work, or nobody could keep it from working beyond: until the next sample is taken and the
 * engine has paused it some tenths of a second pass, and two seconds of quiet are metered only when work goes on after them. For a known tenant
 * there is as much again, for what its other leases left unsigned.
 */
const RESERVE_MS = { known: 10_000, newcomer: 4_000 } as const

/**
 * Credits of the end of what a lease may work at which it is paused: so many seconds, every unit busy, but never more than a quarter.
 * @param covered credits that it may work for: a known tenant's grace, or what a newcomer pays ahead
 */
export function reserveOf(
  who: keyof typeof RESERVE_MS,
  lease: { readonly count: number; readonly price: bigint },
  covered: bigint,
): bigint {
  const most = windowAmount(RESERVE_MS[who], lease.count, lease.price)
  return most < covered / 4n ? most : covered / 4n
}

/** Credits that a lease has worked for since the last signature. */
export function unsignedOf(books: Books, { leaseNo, claimedMs, price }: LeaseMoney): bigint {
  const credits = amountBetween(books.leases.get(leaseNo) ?? 0n, claimedMs, price)
  return credits > 0n ? credits : 0n
}

/** Credits that a known tenant's lease would cost the node if it never signed again: what it disputed is lost already. */
function atRisk(books: Books, lease: LeaseMoney): bigint {
  return unsignedOf(books, lease) + lease.forgiven
}

/** Credits used on a tab up to now: what is signed, and all use since. */
export function usedNow(books: Books, leases: readonly LeaseMoney[]): bigint {
  return leases.reduce((sum, l) => sum + amountBetween(books.leases.get(l.leaseNo) ?? 0n, l.claimedMs, l.price), books.used)
}

/** Credits ahead of the work, of all newcomers' leases that are not over. */
export function advanceOf(leases: readonly LeaseMoney[]): bigint {
  return leases.reduce((sum, l) => sum + (l.live ? l.ahead : 0n), 0n)
}

/**
 * What the deposit must cover for all live leases to go on: what was used, what is ahead, the grace of those that are not asked to pay
 * ahead, and one window.
 */
export function fundsNeeded(books: Books, leases: readonly LeaseMoney[]): bigint {
  const live = leases.filter((l) => l.live)
  return live.reduce((sum, l) => sum + l.window + (l.ahead === 0n ? l.grace : 0n), usedNow(books, leases) + advanceOf(leases))
}

/**
 * Whether a lease works under the tab's standing order, with or without anybody's signature: up to what the order allows now. One that does not
 * work begins when all live leases of the tab have a window more of it, or each second's allowance would start and pause it.
 */
function isOrdered({ leaseNo }: LeaseStanding, { books, leases, ordered }: TabMoney, works: boolean): boolean {
  if (ordered === undefined) return false
  // What a reservation pays for costs nothing here: an order has no say in it.
  if (leases.find((l) => l.leaseNo === leaseNo)?.price === 0n) return false
  const used = usedNow(books, leases)
  return works ? used < ordered : leases.reduce((sum, l) => sum + (l.live ? l.window : 0n), used) <= ordered
}

/**
 * The rules of 5-formats.md in one place. A newcomer works only on what it has signed for, is paused where that ends, and is not kept
 * paused for longer than `pause`; a known tenant is paused at `pause` without a signature, and before a lease has worked for so long unsigned, and
 * stopped at `stop`. What a standing order covers needs no signature; where it ends the lease is paused, and stopped when it was paused for `stop`.
 */
export function verdictOf(lease: LeaseStanding, tab: TabMoney): Verdict {
  if (lease.endWish) return { do: "end", reason: lease.endWish }
  if (lease.uncovered) return { do: "end", reason: "expired" }
  if (tab.closeSigned || tab.chain?.status === "closing" || tab.chain?.status === "closed") return { do: "end", reason: "expired" }
  const started = lease.state !== "accepted" && lease.state !== "pulling" && lease.state !== "starting"
  const works = started && lease.pausedMs === undefined
  const ordered = isOrdered(lease, tab, works)
  const unsigned = tab.unsignedMs ?? 0
  // An order's time may yet bring what lacks: its lease is given the time of the pause, not that of the absence before.
  const waits = tab.ordered !== undefined && started && (lease.pausedMs ?? 0) < lease.stopMs
  if (!ordered && !waits && unsigned >= lease.stopMs) return { do: "end", reason: "no_signature" }
  if (works && lease.inactiveMs >= lease.idleMs) return { do: "end", reason: "idle" }

  const unsignedVerdict = ordered ? undefined : verdictOnSignature(lease, tab, { started, waits, unsigned })
  if (unsignedVerdict) return unsignedVerdict

  if (lease.diskShort && started)
    return (lease.pausedMs ?? 0) >= lease.stopMs ? { do: "end", reason: "disk_full" } : { do: "pause", reason: "disk_full" }
  if (tab.chain?.status === "open" && fundsNeeded(tab.books, tab.leases) > tab.chain.deposit) {
    if (lease.pausedMs !== undefined && lease.pausedMs >= lease.stopMs) return { do: "end", reason: "no_funds" }
    return { do: "pause", reason: "no_funds" }
  }
  return { do: "run" }
}

/** What the lack of a signature means for a lease that no order covers; undefined when none lacks. */
function verdictOnSignature(
  lease: LeaseStanding,
  tab: TabMoney,
  { started, waits, unsigned }: { readonly started: boolean; readonly waits: boolean; readonly unsigned: number },
): Verdict | undefined {
  const pause = { do: "pause", reason: "no_signature" } as const
  const pausedMs = lease.pausedMs ?? 0
  if (lease.startPrice === 0n) {
    // Time without work costs nothing, and may go on to `pause`. Work is counted: it survives a restart, and begins before its first receipt.
    if (!isGraceUsed(lease, tab)) return unsigned >= lease.pauseMs ? pause : undefined
    return pausedMs >= lease.stopMs ? { do: "end", reason: "no_signature" } : pause
  }
  const paid = tab.books.leases.has(lease.leaseNo)
  if (paid && !isWorkedOff(tab)) return undefined
  const patience = paid ? lease.pauseMs : Math.min(lease.pauseMs, UNPAID_MS)
  const waited = paid && started ? Math.min(unsigned, pausedMs) : unsigned
  if (!waits && waited >= patience) return { do: "end", reason: "no_signature" }
  return paid || started ? pause : { do: "wait" }
}

/** Whether a known tenant's lease has worked off its grace, but for what must be left of it. */
function isGraceUsed({ leaseNo }: LeaseStanding, { books, leases }: TabMoney): boolean {
  const lease = leases.find((l) => l.leaseNo === leaseNo)
  if (!lease) return false
  const most = lease.grace - lease.reserve
  // Where minutes cost less than a credit, the first one is no reason to wait for a signature.
  return atRisk(books, lease) > (most > 1n ? most : 1n)
}

/** Whether a tab's newcomers have worked off what they paid ahead, but for what must be left of it. Others' leases on it use nothing of that. */
function isWorkedOff({ books, leases }: TabMoney): boolean {
  const newcomers = leases.filter((l) => l.ahead > 0n)
  const used = newcomers.reduce((sum, l) => sum + unsignedOf(books, l), 0n)
  const reserve = newcomers.reduce((sum, l) => sum + (l.live && books.leases.has(l.leaseNo) ? l.reserve : 0n), 0n)
  return used + reserve >= books.amount - books.used
}
