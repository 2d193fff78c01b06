import { ProtocolError } from "@berth/protocol"
import type { Logger } from "pino"
import { monotonicMs } from "../clock.ts"
import type { NodeConfig } from "../config.ts"
import type { LiveLease } from "../lease/live-lease.ts"
import type { LeaseTable } from "../lease/table.ts"
import { RunnerError } from "../runner/errors.ts"
import type { Runner } from "../runner/runner.ts"
import { Signal } from "../signal.ts"
import type { ImageKeeper } from "./image-keeper.ts"
import { floorOf, judge, type Level, levelOf, type Space, sizeText } from "./judge.ts"
import { LeaseSizes } from "./lease-sizes.ts"

export interface DiskWatchModules {
  readonly runner: Pick<Runner, "diskUse">
  /** What is left; null: not known. */
  readonly space: () => Promise<Space | null>
  readonly leases: LeaseTable
  readonly images: ImageKeeper
  readonly log: Logger
}

/** The free space is one system call: half the floor (5 GiB) is more than a disk writes in this time. */
const LOOK_MS = 500

/**
 * Keeps tenants from filling the disk. Level-triggered, apart from the loops that bill: reads the free space twice a second, measures each lease as
 * often as `restOf` says, and acts on what `judge` decides. When it gets critical all containers are frozen (the lease loop reads `critical`), so that
 * finding out who holds the most is no race against who writes the fastest. What can't be read decides nothing.
 */
export class DiskWatch {
  /** A lease shall end, or its files shall go: look at it. */
  readonly onWish = new Signal<LiveLease>()
  readonly onLevel = new Signal<Level>()
  readonly #limit: number
  readonly #setFloor: number | undefined
  readonly #modules: DiskWatchModules
  readonly #sizes: LeaseSizes
  #space: Space | undefined
  #level: Level = "unknown"
  /** Monotonic: since when it is critical and the engine has answered. Who was seen before that may hold more by now. */
  #criticalAt = 0
  #engineUp = true
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #stopped = false

  constructor({ leaseLimitBytes, floorBytes }: NodeConfig["disk"], modules: DiskWatchModules) {
    this.#limit = leaseLimitBytes
    this.#setFloor = floorBytes
    this.#modules = modules
    const { runner, log } = modules
    this.#sizes = new LeaseSizes(leaseLimitBytes, { runner, space: () => this.#space, onEngine: (up) => this.#heard(up), log })
  }

  get level(): Level {
    return this.#level
  }

  get critical(): boolean {
    return this.#level === "critical"
  }

  get space(): Space | undefined {
    return this.#space
  }

  /** Bytes; 0 as long as nothing is known. */
  get floor(): number {
    return this.#space ? Math.floor(floorOf(this.#space, this.#setFloor)) : 0
  }

  /** What a lease was last seen to keep; null: not seen yet. */
  bytesOf(lease: LiveLease): number | null {
    return this.#sizes.of(lease).bytes ?? null
  }

  /** Why nothing new may begin here now; undefined: it may. */
  get trouble(): string | undefined {
    if (this.#level !== "low" && this.#level !== "critical") return undefined
    return `this node's disk has ${this.#left()} left and keeps ${sizeText(this.floor)} free: ask another node, or later`
  }

  /**
   * A reservation's holder is let in below the floor: it has paid for the day, and what is short there is others' doing.
   * @throws ProtocolError `no_capacity` below the floor; for who holds a reservation: below half of it
   */
  expectRoom(reserved: boolean): void {
    if (this.trouble && (this.critical || !reserved)) throw new ProtocolError("no_capacity", this.trouble)
  }

  /** @throws RunnerError `DISK_LOW` below the floor */
  expectPull(reference: string): void {
    if (this.trouble) throw new RunnerError("DISK_LOW", `${reference} is not pulled: ${this.trouble}`)
  }

  /** Looks once, then goes on in the background. */
  async start(): Promise<void> {
    await this.#look()
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#round
    this.#sizes.stop()
    await this.#modules.images.stop()
  }

  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#round = this.#look().finally(() => this.#schedule())
    }, LOOK_MS)
  }

  async #look(): Promise<void> {
    const { space, images, log } = this.#modules
    try {
      const seen = await space()
      // Not to be seen any more is no reason to let go of what was known.
      if (seen) this.#setSpace(seen)
      const holders = this.#holders()
      for (const lease of holders) this.#sizes.measure(lease, this.critical ? this.#criticalAt : undefined)
      // Nobody is asked of any more, so that nobody would hear that the engine is back.
      if (holders.every((lease) => this.#sizes.of(lease).final)) this.#heard(true)
      this.#decide()
      images.collect(this.#level === "low" || this.critical)
    } catch (error) {
      log.error({ err: error }, "looking at the disk failed; it is looked at again at once")
    }
  }

  #setSpace(space: Space): void {
    this.#space = space
    const level = levelOf(space, floorOf(space, this.#setFloor))
    if (level === this.#level) return
    const before = this.#level
    this.#level = level
    if (level === "critical") this.#criticalAt = monotonicMs()
    const facts = { left: this.#left(), floor: sizeText(this.floor) }
    if (level === "critical")
      this.#modules.log.error(facts, "the disk is nearly full: all leases are frozen until whoever holds most is gone")
    else if (level === "low")
      this.#modules.log.warn(
        facts,
        "the disk is below its floor: no new leases and no pulls, and files of ended leases go. Free some, or lower disk.floorBytes",
      )
    else if (before !== "unknown") this.#modules.log.info(facts, "the disk has room again")
    this.onLevel.emit(level)
  }

  /** Of the engine, or nothing of it. While it is silent it may not have frozen anything, so that all are looked at anew when it is back. */
  #heard(up: boolean): void {
    if (up && !this.#engineUp) this.#criticalAt = monotonicMs()
    this.#engineUp = up
  }

  /** Leases whose containers may hold something. */
  #holders(): LiveLease[] {
    return this.#modules.leases.all().filter((l) => !l.row.removed && l.state !== "accepted" && l.state !== "pulling")
  }

  #decide(): void {
    const byId = new Map(this.#holders().map((lease) => [lease.id as string, lease]))
    const { over, relief } = judge({
      level: this.#level,
      limit: this.#limit,
      floor: this.floor,
      engineUp: this.#engineUp,
      criticalMs: monotonicMs() - this.#criticalAt,
      leases: [...byId.values()].map((lease) => {
        const { bytes: seen, unreadable, at } = this.#sizes.of(lease)
        const bytes = unreadable === undefined ? seen : Math.max(seen ?? 0, this.#limit + 1)
        return { id: lease.id, live: lease.live, leaving: lease.leaving, bytes, fresh: at >= this.#criticalAt }
      }),
    })
    for (const id of over) this.#end(byId.get(id)!, "disk_limit", `the limit is ${sizeText(this.#limit)}`)
    if (this.critical) this.#endPulls()
    const worst = relief === undefined ? undefined : byId.get(relief)
    if (worst?.live) this.#end(worst, "disk_full", "no other lease kept as much")
    else if (worst) this.#discard(worst)
  }

  /** What is being pulled is not anybody's use yet, but it fills the disk all the same. */
  #endPulls(): void {
    for (const lease of this.#modules.leases.live())
      if (!lease.endWish && (lease.state === "accepted" || lease.state === "pulling"))
        this.#end(lease, "disk_full", "it had not started yet: ask another node")
  }

  #discard(lease: LiveLease): void {
    const kept = sizeText(this.bytesOf(lease) ?? 0)
    this.#modules.log.warn(
      { lease: lease.id, kept, level: this.#level },
      "the disk is short of room: the files of a lease that has ended go before their time",
    )
    lease.discarded = true
    this.onWish.emit(lease)
  }

  #end(lease: LiveLease, reason: "disk_limit" | "disk_full", why: string): void {
    const { unreadable } = this.#sizes.of(lease)
    const detail =
      unreadable === undefined
        ? `it kept ${sizeText(this.bytesOf(lease) ?? 0)} on the node's disk; ${why}`
        : `what it keeps on the node's disk can't be measured, which counts as too much: ${unreadable}; ${why}`
    this.#modules.log.warn({ lease: lease.id, reason, detail }, "a lease is ended for the disk's sake")
    this.#modules.leases.wishEnd(lease, reason, detail)
    this.onWish.emit(lease)
  }

  #left(): string {
    const { freeBytes = 0, freeInodes = 0, totalInodes = 0 } = this.#space ?? {}
    const files = totalInodes > 0 && freeInodes < totalInodes * 0.02 ? ` and room for ${freeInodes} files` : ""
    return `${sizeText(freeBytes)}${files}`
  }
}
