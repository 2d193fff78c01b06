import { isRunning } from "@berth/protocol"
import type { Logger } from "pino"
import type { Ledger } from "../books/ledger.ts"
import { type Verdict, verdictOf } from "../books/standing.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import { monotonicMs, wallMs } from "../clock.ts"
import type { NodeConfig } from "../config.ts"
import type { DiskWatch } from "../disk/disk-watch.ts"
import type { ImageKeeper } from "../disk/image-keeper.ts"
import type { ReservationBook } from "../reservations/book.ts"
import { EngineUnavailable, NoSuchLease } from "../runner/errors.ts"
import type { FoundLease, Runner } from "../runner/runner.ts"
import { Signal } from "../signal.ts"
import { isFinal } from "./launch.ts"
import type { LiveLease } from "./live-lease.ts"
import { perform } from "./perform.ts"
import { type Fact, nextAction } from "./reconcile.ts"
import { toldOf } from "./start-failure.ts"
import type { LeaseTable } from "./table.ts"

export interface LeaseLoopModules {
  readonly runner: Runner
  readonly leases: LeaseTable
  readonly ledger: Ledger
  readonly chain: ChainWatcher
  readonly reservations: ReservationBook
  readonly disk: Pick<DiskWatch, "critical" | "expectPull" | "trouble">
  readonly images: Pick<ImageKeeper, "note">
  readonly log: Logger
}

/** Every lease is looked at this often, whatever happened or did not. */
const SWEEP_MS = 60_000
/** While the engine is gone it is asked this often whether it is back. */
const RETRY_MS = 2_000
/** After an action that failed the engine is left alone with that lease for so long. */
const REST_MS = 5_000
/** A healthy lease settles in at most three steps. */
const MAX_STEPS = 8
/** Shown as idle after this long without activity. */
const IDLE_SHOWN_MS = 10_000

/** Level-triggered: compares journal, engine, money and clocks for each lease, and acts on the difference, one lease at a time. */
export class LeaseLoop {
  readonly onEngine = new Signal<boolean>()
  readonly #config: NodeConfig
  readonly #modules: LeaseLoopModules
  readonly #busy = new Map<LiveLease, { again: boolean; readonly abort: AbortController }>()
  readonly #waiting = new Set<LiveLease>()
  /** Monotonic: acting on these failed; they are left alone until then. */
  readonly #resting = new WeakMap<LiveLease, number>()
  readonly #stopping = new AbortController()
  #engineUp = true
  #sweeper: NodeJS.Timeout | undefined

  constructor(config: NodeConfig, modules: LeaseLoopModules) {
    this.#config = config
    this.#modules = modules
  }

  get engineUp(): boolean {
    return this.#engineUp
  }

  /** Reads what the engine has. Whatever takes long of what follows, a pull or a stop, goes on in the background: nobody waits for it to be served. */
  async start(): Promise<void> {
    void this.#settleAll(await this.#look())
  }

  /** Lets go. Containers keep running; a pull is given up and begun again by the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#sweeper)
    for (const { abort } of this.#busy.values()) abort.abort()
    const deadline = monotonicMs() + 5_000
    while (this.#busy.size > 0 && monotonicMs() < deadline) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** One look at all leases. What the engine has under our label and the journal does not know is removed. */
  async sweep(): Promise<void> {
    await this.#settleAll(await this.#look())
  }

  /** @returns what the engine has; undefined when it did not say */
  async #look(): Promise<FoundLease[] | undefined> {
    clearTimeout(this.#sweeper)
    try {
      // Again and again: a firewall that was reloaded since has forgotten the rules that keep tenants out of the operator's network.
      await this.#modules.runner.open()
      const found = await this.#modules.runner.list()
      this.#setEngine(true)
      return found
    } catch (error) {
      this.#lookFailed(error)
      return undefined
    } finally {
      this.#sweepLater()
    }
  }

  #lookFailed(error: unknown): void {
    if (!(error instanceof EngineUnavailable)) this.#modules.log.error({ err: error }, "looking at the engine failed")
    else this.#setEngine(false)
  }

  /** The next sweep does not wait for what this one began: a pull may take half an hour. */
  #sweepLater(ms = this.#engineUp ? SWEEP_MS : RETRY_MS): void {
    clearTimeout(this.#sweeper)
    if (!this.#stopping.signal.aborted) this.#sweeper = setTimeout(() => void this.sweep(), ms)
  }

  async #settleAll(found: FoundLease[] | undefined): Promise<void> {
    if (!found) return
    const { leases, log } = this.#modules
    const facts = new Map(found.map((f) => [f.leaseId, f.state]))
    const known = leases.all().filter((l) => !l.row.removed)
    const strays = found.filter((f) => !leases.find(f.leaseId))
    try {
      leases.wipe()
      // One that is not in the list may have been made since: it is asked for by itself before it counts as lost.
      await Promise.all([...known.map((l) => this.settle(l, facts.get(l.id))), this.#removeStrays(strays)])
    } catch (error) {
      // The journal could not be written, such as on a full disk: the next sweep tries again.
      log.error({ err: error }, "a sweep failed")
    }
  }

  /** The disk is nearly full: who was given a while to end writes on in it, frozen or not, for the engine resumes what it stops. */
  killStopping(): void {
    const { leases, runner, log } = this.#modules
    for (const lease of leases.live())
      if (lease.state === "stopping")
        runner.stop(lease.id, 0).catch((error) => log.warn({ err: error, lease: lease.id }, "a stopping lease could not be killed at once"))
  }

  /** Cheap check of every running lease against money and clocks, after each sample. */
  guard(): void {
    for (const lease of this.#modules.leases.live()) {
      if (this.#busy.has(lease) || (this.#resting.get(lease) ?? 0) > monotonicMs()) continue
      const { do: verdict } = this.verdict(lease)
      const fits =
        lease.state === "paused" ? verdict === "pause" : isRunning(lease.state) ? verdict === "run" : verdict !== "run" && verdict !== "end"
      if (!fits && this.#engineUp) void this.settle(lease)
      else this.#showIdle(lease)
    }
  }

  verdict(lease: LiveLease): Verdict {
    const { ledger, chain } = this.#modules
    const account = ledger.find(lease.row.deal.tab)
    if (!account) return { do: "wait" }
    const now = monotonicMs()
    const { pause, stop, idle } = lease.row.deal.terms
    return verdictOf(
      {
        leaseNo: lease.leaseNo,
        state: lease.state,
        startPrice: lease.startPrice,
        pauseMs: pause,
        stopMs: stop,
        idleMs: idle,
        endWish: lease.endWish,
        uncovered: !this.#modules.reservations.covers(lease),
        inactiveMs: now - lease.lastActiveAt,
        pausedMs: lease.pausedAt === undefined ? undefined : now - lease.pausedAt,
        diskShort: this.#modules.disk.critical,
      },
      ledger.money(account, chain.seen(account.signer), now, chain.head?.timestamp),
    )
  }

  /** Brings one lease to where it should be. Calls for the same lease are done one after the other. */
  async settle(lease: LiveLease, fact?: Fact): Promise<void> {
    const running = this.#busy.get(lease)
    if (running) {
      running.again = true
      // Whoever is pulling an image for a lease that shall end stops doing so.
      if (lease.endWish) running.abort.abort()
      return
    }
    const job = { again: false, abort: new AbortController() }
    this.#busy.set(lease, job)
    try {
      for (let step = 0; step < MAX_STEPS && !this.#stopping.signal.aborted; step++) {
        job.again = false
        const known = step === 0 && fact ? fact : await this.#ask(lease)
        const action = nextAction(this.#journal(lease), known, this.verdict(lease))
        if (!action && !job.again) break
        if (action) await perform(lease, action, this.#config, this.#modules, job.abort.signal)
      }
    } catch (error) {
      await this.#failed(lease, error)
    } finally {
      this.#busy.delete(lease)
    }
    if (job.again && !this.#stopping.signal.aborted && this.#engineUp) void this.settle(lease)
    else this.#waitForEnd(lease)
  }

  async #ask(lease: LiveLease): Promise<Fact> {
    try {
      const state = await this.#modules.runner.inspect(lease.id)
      this.#setEngine(true)
      return state
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error
      await this.#silent(lease)
      return { status: "unreachable" }
    }
  }

  /** The engine's refusal ends a lease that has not run yet; its silence ends nothing. */
  async #failed(lease: LiveLease, error: unknown): Promise<void> {
    const { leases, log } = this.#modules
    if (error instanceof EngineUnavailable) return this.#silent(lease)
    this.#resting.set(lease, monotonicMs() + REST_MS)
    if (lease.endWish && !isRunning(lease.state) && lease.state !== "paused")
      return leases.change(lease, { state: "ended", reason: lease.endWish })
    const startup = lease.state === "accepted" || lease.state === "pulling" || lease.state === "starting"
    if (startup && isFinal(error)) {
      log.warn({ err: error, lease: lease.id }, "a lease could not be started")
      leases.change(lease, { state: "ended", reason: "failed_to_start", detail: toldOf(error, lease.row.deal.privateTerms.image) })
    } else if (!this.#stopping.signal.aborted)
      log.error({ err: error, lease: lease.id }, "acting on a lease failed; it is looked at again within a minute")
  }

  /** The engine was silent of one lease: only its silence when it is asked itself is that of all, or one container that hangs would stop every meter. */
  async #silent(lease: LiveLease): Promise<void> {
    this.#resting.set(lease, monotonicMs() + REST_MS)
    try {
      await this.#modules.runner.ping()
      this.#setEngine(true)
      this.#sweepLater(REST_MS)
    } catch (error) {
      this.#lookFailed(error)
    }
  }

  /** Hears of a container's end at once; the sweep would find it within a minute. */
  #waitForEnd(lease: LiveLease): void {
    if (
      this.#waiting.has(lease) ||
      !this.#engineUp ||
      this.#stopping.signal.aborted ||
      !(isRunning(lease.state) || lease.state === "paused")
    )
      return
    this.#waiting.add(lease)
    this.#modules.runner
      .wait(lease.id, this.#stopping.signal)
      .then((exit) => exit as Fact)
      .catch((error): Fact | undefined => (error instanceof NoSuchLease ? { status: "missing" } : undefined))
      .then((fact) => {
        this.#waiting.delete(lease)
        if (this.#stopping.signal.aborted) return
        if (fact) void this.settle(lease, fact)
        else void this.#silent(lease)
      })
  }

  #journal(lease: LiveLease) {
    const { state, endWish, removed, endedAt, deal } = lease.row
    const overMs = endedAt === null ? 0 : wallMs() - endedAt
    return {
      state,
      endWish,
      removed,
      prepared: lease.prepared !== undefined,
      retentionOver: endedAt !== null && (lease.discarded || overMs >= deal.retention * 1_000),
    }
  }

  #showIdle(lease: LiveLease): void {
    const quiet = monotonicMs() - lease.lastActiveAt
    if (lease.state === "ready" && quiet >= IDLE_SHOWN_MS) this.#modules.leases.change(lease, { state: "idle" })
    else if (lease.state === "idle" && quiet < IDLE_SHOWN_MS) this.#modules.leases.change(lease, { state: "ready" })
  }

  async #removeStrays(strays: readonly FoundLease[]): Promise<void> {
    const { runner, log } = this.#modules
    try {
      for (const { leaseId } of strays) {
        log.warn({ lease: leaseId }, "a container with our label that the journal does not know: removed")
        await runner.remove(leaseId)
        await runner.removeVolume(leaseId)
      }
    } catch (error) {
      this.#lookFailed(error)
    }
  }

  #setEngine(up: boolean): void {
    if (up === this.#engineUp) return
    this.#engineUp = up
    const { leases, log } = this.#modules
    if (up) log.info("the container engine answers again")
    else log.warn("the container engine does not answer: leases are unknown, none is ended, none is billed")
    for (const lease of leases.live()) {
      lease.unknown = !up
      lease.lastActiveAt = monotonicMs()
      lease.interruptMeter()
      leases.onChange.emit(lease)
    }
    this.onEngine.emit(up)
    if (!up) this.#sweepLater()
  }
}
