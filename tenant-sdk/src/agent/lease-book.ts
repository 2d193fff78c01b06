import { type Address, bytesToHex, isEnded, LEASE_STATES, type LeaseState, type PrivateTerms } from "@berth/protocol"
import { type LeaseStatus, SignedQuote } from "@berth/protocol/wire"
import type { Hex } from "viem"
import { BerthError } from "../errors.ts"
import type { LeaseRow, LeaseRows } from "../store/lease-rows.ts"
import type { TabRow } from "../store/tab-rows.ts"
import type { Lease } from "./agent.ts"
import { markNow } from "./clock.ts"
import { Feed } from "./feed.ts"
import { windowAhead } from "./known-lease.ts"

/** Every lease that the agent ever asked for, as in its store. Each change is stored before it is told. */
export class LeaseBook {
  readonly #rows: LeaseRows
  readonly #leases = new Map<Hex, LeaseRow>()
  /** By signer and lease number, for the receipts: thousands a second. */
  readonly #byTab = new Map<Address, Map<number, LeaseRow>>()
  /** By node: credits of one window of all leases there that are paid ahead. Kept up to date, because each receipt asks. */
  readonly #windows = new Map<Address, bigint>()
  readonly changes = new Feed<LeaseRow>()

  constructor(rows: LeaseRows) {
    this.#rows = rows
    for (const row of rows.all()) this.#put(row)
  }

  all(): LeaseRow[] {
    return [...this.#leases.values()]
  }

  ofTab(signer: Address): ReadonlyMap<number, LeaseRow> {
    return this.#byTab.get(signer) ?? NONE
  }

  running(signer?: Address): LeaseRow[] {
    return this.all().filter((l) => !isEnded(l.progress.state) && (signer === undefined || l.signer === signer))
  }

  /** Credits of one window of all leases with a node that are paid ahead. */
  windowsAhead(node: Address): bigint {
    return this.#windows.get(node) ?? 0n
  }

  /** Nodes that are paid ahead now. */
  nodesPaidAhead(): Address[] {
    return [...this.#windows.keys()].filter((node) => this.windowsAhead(node) > 0n)
  }

  byClientId(clientId: Hex): LeaseRow | undefined {
    return this.all().find((l) => l.clientId === clientId)
  }

  has(leaseId: Hex): boolean {
    return this.#leases.has(leaseId)
  }

  get(leaseId: Hex): LeaseRow {
    return this.#leases.get(leaseId)!
  }

  /** A lease by its id or a unique beginning of it, with or without 0x. */
  find(ref: string): LeaseRow {
    const wanted = ref.toLowerCase().replace(/^0x/, "")
    const found = /^[0-9a-f]+$/.test(wanted) ? this.all().filter((l) => l.leaseId.slice(2).startsWith(wanted)) : []
    if (found.length === 1) return found[0]!
    if (found.length === 0) throw new BerthError("no_lease", `there is no lease "${ref}"`, { hint: "berth ps -a lists them" })
    throw new BerthError("ambiguous", `"${ref}" is the beginning of ${found.length} leases`, { hint: "write more of its id" })
  }

  add(row: LeaseRow): void {
    this.#rows.insert(row)
    this.#put(row)
    this.changes.push(row)
  }

  /** Forgets a lease that the node refused: nothing was agreed. */
  remove(leaseId: Hex): void {
    const row = this.get(leaseId)
    const { signer, leaseNo } = row
    this.#rows.remove(leaseId)
    this.#countWindow(row, -1n)
    this.#leases.delete(leaseId)
    this.#byTab.get(signer)?.delete(leaseNo)
  }

  accepted(leaseId: Hex, nodeSignature: Uint8Array): void {
    this.#save({ ...this.get(leaseId), nodeSignature })
  }

  /** Takes over what the node says. An end is final; the moment is kept, because nothing can run after it. */
  report(leaseId: Hex, status: LeaseStatus): void {
    const row = this.#leases.get(leaseId)
    if (!row || isEnded(row.progress.state)) return
    const state = (LEASE_STATES as readonly string[]).includes(status.state) ? (status.state as LeaseState) : row.progress.state
    const progress = {
      state,
      reason: status.reason,
      exitCode: status.exited ? status.exitCode : undefined,
      detail: status.detail.slice(0, 2_000),
      activeMs: status.activeMs,
      pulledBytes: status.pulledBytes,
      pullTotalBytes: status.pullTotalBytes,
      imageId: status.imageId,
      unknown: status.unknown,
    }
    this.#save({ ...row, progress, ended: isEnded(state) ? markNow() : undefined })
  }

  /** The tenant wants it ended. The first time counts; stored before the node is asked, which may not answer. */
  stopAsked(leaseId: Hex): void {
    const row = this.get(leaseId)
    if (!row.stopAsked) this.#save({ ...row, stopAsked: markNow() })
  }

  /** The node knows nothing of it any more, or never did. */
  gone(leaseId: Hex, reason: string, detail: string): void {
    const row = this.#leases.get(leaseId)
    if (!row || isEnded(row.progress.state)) return
    this.#save({ ...row, progress: { ...row.progress, state: "ended", reason, detail }, ended: markNow() })
  }

  #save(row: LeaseRow): void {
    this.#rows.update(row)
    this.#put(row)
    this.changes.push(row)
  }

  #put(row: LeaseRow): void {
    const before = this.#leases.get(row.leaseId)
    if (before) this.#countWindow(before, -1n)
    this.#countWindow(row, 1n)
    this.#leases.set(row.leaseId, row)
    const tab = this.#byTab.get(row.signer) ?? new Map<number, LeaseRow>()
    this.#byTab.set(row.signer, tab.set(row.leaseNo, row))
  }

  #countWindow(row: LeaseRow, times: bigint): void {
    const ahead = windowAhead(row)
    if (ahead) this.#windows.set(ahead.node, this.windowsAhead(ahead.node) + times * ahead.window)
  }
}

const NONE: ReadonlyMap<number, LeaseRow> = new Map()

/** A lease as shown: terms, state, and what its tab's books say. */
export function describeLease(
  row: LeaseRow,
  { node, state }: Pick<TabRow, "node" | "state">,
  countersigned: { activeMs: bigint; amount: bigint },
): Lease {
  const what = JSON.parse(row.privateTerms) as PrivateTerms
  const { terms, progress } = row
  return {
    leaseId: row.leaseId,
    leaseNo: row.leaseNo,
    node,
    signer: row.signer,
    image: what.image,
    command: what.command ?? [],
    class: terms.class,
    count: terms.count,
    price: terms.price,
    start: terms.start,
    reservation: state === "reserved" ? bytesToHex(SignedQuote.decode(row.quote).nonce) : undefined,
    state: progress.state,
    reason: progress.reason,
    detail: progress.detail,
    exitCode: progress.exitCode,
    unknown: progress.unknown,
    pulledBytes: progress.pulledBytes,
    pullTotalBytes: progress.pullTotalBytes,
    ...countersigned,
  }
}
