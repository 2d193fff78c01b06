import { type LeaseReason, type LeaseState, mayBecome } from "@berth/protocol"
import type { Logger } from "pino"
import type { Hex } from "viem"
import { monotonicMs, wallMs } from "../clock.ts"
import type { LeaseId } from "../runner/runner.ts"
import { Signal } from "../signal.ts"
import type { LeaseStore } from "../store/lease-store.ts"
import type { LeaseRow } from "./lease.ts"
import { LiveLease } from "./live-lease.ts"

/** What may change of a lease at once. */
export interface LeaseChange {
  readonly state?: LeaseState
  readonly reason?: LeaseReason | null
  readonly detail?: string
  readonly exitCode?: number | null
  readonly imageId?: string
}

/** The node's leases in memory, every change stored before anybody hears of it. */
export class LeaseTable {
  readonly onChange = new Signal<LiveLease>()
  readonly #store: LeaseStore
  readonly #log: Logger
  readonly #byId = new Map<LeaseId, LiveLease>()
  readonly #byTab = new Map<string, LiveLease[]>()
  /** False at first: what a process that was killed left in the log is not known. */
  #wiped = false

  constructor(modules: { store: LeaseStore; log: Logger }) {
    this.#store = modules.store
    this.#log = modules.log
    for (const row of this.#store.load()) this.ofTab(row.deal.tab)
  }

  find(id: LeaseId): LiveLease | undefined {
    return this.#byId.get(id)
  }

  all(): LiveLease[] {
    return [...this.#byId.values()]
  }

  live(): LiveLease[] {
    return this.all().filter((lease) => lease.live)
  }

  /** All leases that a tab ever had, by leaseNo. */
  ofTab(tab: string): readonly LiveLease[] {
    const known = this.#byTab.get(tab)
    if (known) return known
    const leases = this.#store.ofTab(tab).map((row) => new LiveLease(row, monotonicMs()))
    // Anybody may prove to be the signer of a tab that there is not: nothing is kept of those.
    if (leases.length > 0) this.#byTab.set(tab, leases)
    for (const lease of leases) this.#byId.set(lease.id, lease)
    return leases
  }

  /** Tabs in memory. */
  get tabs(): number {
    return this.#byTab.size
  }

  /** Forgets a tab without live leases, so that the memory of a node does not grow with its past. */
  forgetTab(tab: string): void {
    const leases = this.#byTab.get(tab)
    if (!leases?.every((lease) => !lease.live && lease.row.removed)) return
    this.#byTab.delete(tab)
    for (const lease of leases) this.#byId.delete(lease.id)
  }

  /** Stores a new lease. */
  add(row: LeaseRow): LiveLease {
    const leases = this.ofTab(row.deal.tab) as LiveLease[]
    this.#store.insert(row)
    const lease = new LiveLease(row, monotonicMs())
    leases.push(lease)
    leases.sort((a, b) => a.leaseNo - b.leaseNo)
    this.#byTab.set(row.deal.tab, leases)
    this.#byId.set(lease.id, lease)
    this.onChange.emit(lease)
    return lease
  }

  /** Changes a lease, stores it, tells. A state that may not follow is a fault of ours and changes nothing. */
  change(lease: LiveLease, change: LeaseChange): void {
    const { row } = lease
    const state = change.state ?? row.state
    if (!mayBecome(row.state, state)) {
      this.#log.error({ lease: lease.id, from: row.state, to: state }, "a lease may not change so")
      return
    }
    row.activeMs = lease.claimedMs
    if (state === "ended" && row.state !== "ended") row.endedAt = wallMs()
    lease.pausedAt = state === "paused" ? (lease.pausedAt ?? monotonicMs()) : undefined
    Object.assign(row, change)
    this.#store.update(row)
    this.#log.info(
      { lease: lease.id, state, reason: row.reason ?? undefined, detail: row.detail || undefined, exitCode: row.exitCode ?? undefined },
      "lease",
    )
    this.onChange.emit(lease)
  }

  /** Decides that a lease shall end. The first reason stays, and the detail that its tenant is told. */
  wishEnd(lease: LiveLease, reason: LeaseReason, detail = lease.row.detail): void {
    if (!lease.live || lease.row.endWish) return
    lease.row.endWish = reason
    lease.row.detail = detail
    this.#store.update(lease.row)
  }

  /** Container and volume are gone: what its tenant ran is forgotten. */
  setRemoved(lease: LiveLease): void {
    this.#store.remove(lease.row)
    this.#wiped = false
  }

  /** Sees that what was forgotten is in no file of ours any more; while somebody else reads the journal, the next call does. */
  wipe(): void {
    this.#wiped ||= this.#store.wipe()
  }

  /** Keeps the meter's standing as of a receipt; call inside that receipt's transaction. */
  saveActivity(lease: LiveLease): void {
    lease.row.activeMs = lease.claimedMs
    this.#store.update(lease.row)
  }

  /** Leases of a class that pay as they go, in the order in which they were opened: paused ones keep their units. */
  payingAsTheyGo(gpuClass: string): LiveLease[] {
    return this.live().filter(({ row: { deal } }) => deal.terms.class === gpuClass && !deal.reservation)
  }

  /** Units that leases under a reservation use. */
  unitsUnder(reservation: Hex): number {
    return unitsOf(this.live().filter((lease) => lease.row.deal.reservation === reservation))
  }

  devicesInUse(): Set<string> {
    return new Set(this.live().flatMap((lease) => [...lease.row.deal.devices]))
  }
}

export function unitsOf(leases: readonly LiveLease[]): number {
  return leases.reduce((sum, lease) => sum + lease.row.deal.terms.count, 0)
}
