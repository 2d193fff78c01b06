/** What the file system under the engine's data has left. Inodes are 0 of 0 where they are made as needed. */
export interface Space {
  readonly freeBytes: number
  readonly totalBytes: number
  readonly freeInodes: number
  readonly totalInodes: number
}

/** What a lease's container keeps on the disk: blocks, and files and folders of whatever size. */
export interface DiskUse {
  readonly bytes: number
  readonly inodes: number
}

/**
 * - `unknown`: never seen, such as an engine in a virtual machine; nothing is decided by it
 * - `low`: below the floor: no new lease but a reservation's, no pull; unused images go, and what ended leases left
 * - `critical`: below half of it: everything is frozen until whoever holds the most has given it back
 */
export type Level = "unknown" | "fine" | "low" | "critical"

/** One lease as far as the disk is concerned. */
export interface LeaseHolding {
  readonly id: string
  readonly live: boolean
  /** It is being ended, or its files are being removed: what it holds will be free soon. */
  readonly leaving: boolean
  /** What it was last seen to hold; undefined: not seen yet. */
  readonly bytes: number | undefined
  /** Seen since the disk became critical. */
  readonly fresh: boolean
}

export interface Judgement {
  /** Live leases above the limit: each is ended. */
  readonly over: readonly string[]
  /** Who has to give up what it holds: a live lease is ended, an ended one's files are removed. */
  readonly relief: string | undefined
}

const GIB = 1024 ** 3
/**
 * Frozen containers write nothing, so there is time to look at all before one is chosen; a tree that takes longer is judged by its last size.
 * Longer than the 30 s after which an engine that says nothing is known to be silent: no lease is chosen because nothing could be read.
 */
const PATIENCE_MS = 40_000

/** Free bytes below which nothing new is let in: 10 GiB or 5 %, whichever is smaller, unless set. */
export function floorOf(space: Space, set: number | undefined): number {
  return set ?? Math.min(10 * GIB, space.totalBytes * 0.05)
}

/** Inodes run out like bytes do, by empty files: there the floor is 2 % of them, and critical half of that. */
export function levelOf(space: Space, floor: number): Level {
  const bytes = floor === 0 ? Number.POSITIVE_INFINITY : space.freeBytes / floor
  const inodes = space.totalInodes === 0 ? Number.POSITIVE_INFINITY : space.freeInodes / (space.totalInodes * 0.02)
  const share = Math.min(bytes, inodes)
  return share < 0.5 ? "critical" : share < 1 ? "low" : "fine"
}

/** Bytes that a lease answers for: its blocks, or its files' share of the inodes if that is more. A million empty files hold no block at all. */
export function chargeOf({ bytes, inodes }: DiskUse, space: Space | undefined): number {
  if (!space || space.totalInodes === 0) return bytes
  return Math.max(bytes, Math.floor(inodes * (space.totalBytes / space.totalInodes)))
}

/**
 * Who has to go. Below half the floor one lease at a time, and the next only when the space is still not there after it: the one that holds
 * the most, running or over. One that holds less than a hundredth of the floor is never chosen: ending it would free nothing. Where none is, and
 * between floor and half of it, see `keptToRemove`.
 */
export function judge(facts: {
  readonly level: Level
  readonly limit: number
  readonly floor: number
  /** False: who was asked last what a lease keeps did not answer. */
  readonly engineUp: boolean
  /** How long it has been critical with an engine that answers, milliseconds. */
  readonly criticalMs: number
  readonly leases: readonly LeaseHolding[]
}): Judgement {
  const { level, limit, floor, engineUp, criticalMs, leases } = facts
  const over = leases.filter((l) => l.live && !l.leaving && (l.bytes ?? 0) > limit).map((l) => l.id)
  if (!engineUp) return { over, relief: undefined }
  if (level === "low") return { over, relief: keptToRemove(leases, floor) }
  if (level !== "critical" || over.length > 0 || leases.some((l) => l.leaving)) return { over, relief: undefined }
  if (criticalMs < PATIENCE_MS && leases.some((l) => l.live && !l.fresh)) return { over, relief: undefined }
  const worst = mostOf(leases)
  return { over, relief: (worst?.bytes ?? 0) >= floor / 100 ? worst?.id : keptToRemove(leases, floor) }
}

const mostOf = (leases: readonly LeaseHolding[]): LeaseHolding | undefined =>
  leases.reduce<LeaseHolding | undefined>((most, l) => ((l.bytes ?? 0) > (most?.bytes ?? 0) ? l : most), undefined)

/**
 * Whose kept files go before their time: the most first, one at a time. Were they kept, a tenant could hold a node below its floor for as long as
 * that is, with many short leases. Many small ones count together, for they are made as easily as few big ones; less than a hundredth of the floor in
 * all is left alone: then it was something else that filled the disk.
 */
function keptToRemove(leases: readonly LeaseHolding[], floor: number): string | undefined {
  const kept = leases.filter((l) => !l.live)
  if (kept.some((l) => l.leaving) || kept.reduce((sum, l) => sum + (l.bytes ?? 0), 0) < floor / 100) return undefined
  return mostOf(kept)?.id
}

/** Fastest writer that is reckoned with: a good NVMe disk takes about this much a second. */
const RATE = 2 * GIB
const SOONEST_MS = 2_000
const LATEST_MS = 30_000
/** A look is followed by a rest of this many times what it took. */
const REST = 4

/**
 * When a lease is to be measured again, milliseconds from the end of the last look. What this costs is bounded: a look walks what the lease has
 * written (blocks in the kernel's cache, mostly: 5 us a file, and a lease is ended at some 1.3 million files), and by the rest of four times its length
 * all looks at a lease take less than a fifth of one core, however many files a tenant makes. For a usual lease it is some milliseconds in 30 s. It comes
 * sooner the less is left to the limit, so that a fast writer of few files gets 2 s beyond it; who makes many, so that a look takes t, gets up to 6 t.
 * Neither gets past the floor: then all are frozen.
 */
export function restOf(tookMs: number, bytes: number, limit: number): number {
  const reach = (Math.max(limit - bytes, 0) / RATE) * 1_000
  return Math.max(Math.min(Math.max(reach, SOONEST_MS), LATEST_MS), tookMs * REST)
}

/** An image that this node pulled. */
export interface PulledImage {
  readonly id: string
  /** Names that our pulls gave it, as `EngineImage.name` has them: by tag or digest. */
  readonly tags: readonly string[]
  /** Wall clock: when a lease last used it. */
  readonly usedAt: number
}

/** The image to remove next: of those that no lease uses the one unused for longest, if that is long enough or the disk is low. */
export function imageToRemove(
  images: readonly PulledImage[],
  { inUse, now, unusedMs, low }: { inUse: ReadonlySet<string>; now: number; unusedMs: number; low: boolean },
): PulledImage | undefined {
  const oldest = images.filter((i) => !inUse.has(i.id)).sort((a, b) => a.usedAt - b.usedAt)[0]
  return oldest && (low || now - oldest.usedAt >= unusedMs) ? oldest : undefined
}

/** `21.3 GiB`, `512 KiB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"]
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1)
  const value = bytes / 1024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}
