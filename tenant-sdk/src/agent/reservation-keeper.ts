import {
  type Address,
  addressOfKey,
  type DayClaim,
  dayClaimDigest,
  LEAST_MINUTES,
  type Market,
  packServed,
  unpackServed,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { dayClaimToWire, type ReservationStatus } from "@berth/protocol/wire"
import type { Hex } from "viem"
import type { ChainView } from "../chain/chain-view.ts"
import { openDays, type Reserved, type ReservedReader } from "../chain/reserved.ts"
import { asBerthError, BerthError } from "../errors.ts"
import type { Callee, P2pHost } from "../p2p/host.ts"
import { askReservationStatus, handDayClaim } from "../p2p/reservation.ts"
import type { DayRow, ReservationRow } from "../store/reservation-rows.ts"
import type { Store } from "../store/store.ts"
import type { SignedDays } from "./agent.ts"
import { DayBook } from "./day-book.ts"
import { dayUsed } from "./day-used.ts"
import { heldBack, OwnClaims, type OwnClaimsModules } from "./own-claims.ts"

/** Named moments of signing for days, for tests that kill the process at each. */
export type DayStep = "daysSealed" | "claimSigned" | "claimHanded"

export interface ReservationKeeperModules extends OwnClaimsModules {
  readonly market: Market
  readonly store: Store
  readonly chain: ChainView
  readonly reader: ReservedReader
  readonly host: P2pHost
  readonly calleeOf: (node: Address) => Callee
  /** Whether a lease that is wanted under the reservation is up, as far as its node says. */
  readonly leasesUp: (id: Hex) => boolean
  readonly onStep: (step: DayStep) => void
}

/** Seconds of chain time in which a node may still be waiting for a new reservation to be confirmed. */
const CONFIRMED_WITHIN = 300n
/** How long a node may take to say how a reservation stands. */
const LOOK_MS = 8_000
/** Minutes of a day of which a receipt may come after its end: a node works unsigned for a pause and a window, 15 and 1 at most. */
const LATE_MINUTES = 16

/**
 * Looks after one reservation that this agent signs for: sees whether its node is there, keeps the minutes in which it was not, and signs for
 * the days that are over. Level-triggered: what the node has not heard and the chain has not resolved is signed for at each look.
 */
export class ReservationKeeper {
  readonly row: ReservationRow
  readonly signer: Address
  /** As last read from the chain; undefined before the first time, and while there is no such reservation. */
  reserved: Reserved | undefined
  /** Why the node was missed at the last look; undefined when it was there, or nobody looked. */
  missing: string | undefined
  readonly #m: ReservationKeeperModules
  readonly #key: Uint8Array
  readonly #book: DayBook
  readonly #own: OwnClaims
  readonly #signers = new Map<number, Address>()
  /** Chain time at which it was first seen on chain. */
  #since: bigint | undefined
  #unknownToNode = false
  #silent: boolean

  constructor(row: ReservationRow, key: Uint8Array, modules: ReservationKeeperModules) {
    this.row = row
    this.#silent = row.silent
    this.#key = key
    this.signer = addressOfKey(key)
    this.#m = modules
    this.#book = new DayBook(modules.store.reservations.days(row.id))
    this.#own = new OwnClaims(row.id, modules)
  }

  /** Whether this agent has anything to do for it, now or later. Not for one that was never made. */
  get isLive(): boolean {
    const r = this.reserved
    return r !== undefined && (this.#m.chain.today < r.endDay || openDays(r, this.#m.chain.today).length > 0)
  }

  /** Whether its tenant wants nothing signed: days that are not signed yet lapse, unless verifiers attest them. */
  get silent(): boolean {
    return this.#silent
  }

  /** Stored before it returns. @returns days that are signed for already: their claims may be with the node, and are worth what they say */
  beSilent(silent: boolean): number[] {
    this.#m.store.reservations.setSilent(this.row.id, silent)
    this.#silent = silent
    if (silent) this.#own.days = []
    return this.#book.known().filter((day) => this.#book.isSigned(day))
  }

  /** Days served in part that nobody has posted, shortly before verifiers may have them paid in full. */
  get heldBack(): readonly number[] {
    return this.#own.days
  }

  /** Minutes of the days that were missed or signed for. */
  days(): { readonly day: number; readonly minutes: number; readonly signed: boolean }[] {
    return this.#book.known().map((day) => ({ day, minutes: this.#book.servedOn(day), signed: this.#book.isSigned(day) }))
  }

  /** Whether this agent's key signs for a day. @throws BerthError `rpc` */
  async signsOn(day: number): Promise<boolean> {
    let signer = this.#signers.get(day)
    if (signer === undefined) {
      signer = await this.#m.reader.signerOf(this.row.id, day)
      // A later day's can still change, and where nobody is named for tomorrow, somebody may be.
      const { today } = this.#m.chain
      if (day <= today || (day === today + 1 && BigInt(signer) !== 0n)) this.#signers.set(day, signer)
    }
    return signer === this.signer
  }

  /** One look at the chain and at the node, and what follows from it. What does not answer is asked again at the next look. */
  async look(): Promise<void> {
    const { id, node } = this.row
    const { chain, reader, log } = this.#m
    try {
      await chain.refresh()
      this.reserved = await reader.read(id)
    } catch {
      // Without a chain we may be without any network: nothing is known of the node then.
      return this.#see(undefined)
    }
    if (!this.reserved) return
    const { startDay, endDay } = this.reserved
    const today = chain.today
    const open = openDays(this.reserved, today)
    const inTerm = today >= startDay && (today < endDay || (this.#book.lookedOn ?? today) < endDay)
    try {
      const mine = inTerm && (await this.signsOn(Math.min(today, endDay - 1)))
      if (!mine && open.length === 0) return
      const status = await this.#status()
      const there = status !== undefined && (today >= endDay || (status.ready && this.#m.leasesUp(id)))
      if (mine) this.#see(there || !this.#mayBeUnconfirmed ? there : undefined)
      if (this.#silent) return
      await this.#giveUpOn(this.reserved, open)
      await this.#postOwn(this.reserved)
      if (status && open.length > 0) await this.#claim(this.reserved, open, status)
    } catch (error) {
      const { code, message } = asBerthError(error)
      log("warn", "a reservation's days could not be signed for; trying again", { id, node, code, message })
    }
  }

  /** Signs for all days that are over, open and ours, as `look` does for the node. @throws BerthError `no_reservation`, `rpc` */
  async signOpenDays(): Promise<SignedDays[]> {
    const { id } = this.row
    await this.#m.chain.refresh()
    const reserved = await this.#m.reader.read(id)
    if (!reserved) throw new BerthError("no_reservation", `there is no reservation ${id}`, { hint: "berth reservations lists yours" })
    if (this.#silent)
      throw new BerthError("usage", `this agent was told to sign for no day of reservation ${id}`, {
        hint: `berth reservations stop-signing ${id} --undo`,
      })
    const open = openDays(reserved, this.#m.chain.today)
    await this.#giveUpOn(reserved, open)
    const runs = await this.#runs(open, reserved.claimPeriod + 1)
    return runs.map((days) => {
      const { claim, signature } = this.#sign(days)
      return { firstDay: claim.firstDay, served: unpackServed(claim.served), signature }
    })
  }

  /** A lease under it was refused: as good as no answer. */
  refused(reason: string): void {
    this.missing = reason
    this.#see(false)
  }

  /** Its node says that it knows no such reservation, and it may be right: the chain has it for some minutes only. */
  get #mayBeUnconfirmed(): boolean {
    this.#since ??= this.#m.chain.now
    return this.#unknownToNode && this.#m.chain.now < this.#since + CONFIRMED_WITHIN
  }

  async #status(): Promise<ReservationStatus | undefined> {
    const { id, node } = this.row
    const { host, calleeOf } = this.#m
    try {
      const status = await askReservationStatus(host, calleeOf(node), BigInt(id), AbortSignal.timeout(LOOK_MS))
      this.missing = status.ready ? undefined : status.reason.slice(0, 300)
      this.#unknownToNode = false
      return status
    } catch (error) {
      const { code, message } = asBerthError(error)
      this.missing = message
      this.#unknownToNode = code === "no_reservation"
      return undefined
    }
  }

  #see(served: boolean | undefined): void {
    if (this.reserved) this.#save(this.#book.see(this.#m.chain.now, Date.now(), served, this.reserved))
  }

  /**
   * A day on which the node was there for less than `LEAST_MINUTES` is signed with 0: a minute a day would give its operator all collateral
   * back and keep the term alive. By minutes in which it was there, not by those that were used; and what was used for so long is never denied.
   */
  async #giveUpOn(r: Reserved, open: readonly number[]): Promise<void> {
    const { store, log } = this.#m
    for (const day of open) {
      const minutes = this.#book.servedOn(day)
      if (this.#book.isSigned(day) || minutes === 0 || minutes >= LEAST_MINUTES || !(await this.signsOn(day))) continue
      if ((await dayUsed(store, this.signer, r.gpus, day)) >= LEAST_MINUTES - LATE_MINUTES) continue
      this.#save(this.#book.signAsMissed(day))
      log("warn", `a node was there for less than ${LEAST_MINUTES} minutes of a day: signed as not served`, { id: r.id, day, minutes })
    }
  }

  /** Signs for the first run of days that are over, open and ours, when the node lacks any of them. */
  async #claim(r: Reserved, open: readonly number[], status: ReservationStatus): Promise<void> {
    const runs = await this.#runs(open, r.claimPeriod + 1)
    const days = runs.find((run) => run.at(-1)! >= status.unheardDay)
    if (!days) return
    const { claim, signature } = this.#sign(days)
    const { id, node } = this.row
    await handDayClaim(this.#m.host, this.#m.calleeOf(node), dayClaimToWire(claim, signature), AbortSignal.timeout(LOOK_MS))
    this.#m.onStep("claimHanded")
    this.#m.log("info", "signed for reserved days", { id, node, firstDay: days[0], days: days.length })
  }

  /** What its node was handed and does not post, before a quorum is heard of it. */
  async #postOwn(r: Reserved): Promise<void> {
    const due = heldBack(r, this.#m.chain.today, (day) => this.#book.servedOn(day))
    const [first, last] = [due[0], due.at(-1)]
    this.#own.days = due
    if (first === undefined || last === undefined || !this.#own.isDue) return
    const open = openDays(r, this.#m.chain.today).filter((day) => day >= first && day <= last)
    const runs = (await this.#runs(open, r.claimPeriod + 1)).filter((run) => run.some((day) => due.includes(day)))
    this.#own.days = due.filter((day) => runs.some((run) => run.includes(day)))
    const claims = runs.map((days) => {
      const { claim, signature } = this.#sign(days)
      return { firstDay: claim.firstDay, served: unpackServed(claim.served), signature }
    })
    if (claims.length > 0) void this.#own.post(claims)
  }

  /** Once signed for, a day is never signed for otherwise: that is on the disk before there is a signature. */
  #sign(days: readonly number[]): { readonly claim: DayClaim; readonly signature: Uint8Array } {
    this.#save(this.#book.sign(days))
    this.#m.onStep("daysSealed")
    const served = packServed(days.map((day) => this.#book.servedOn(day)))
    const claim: DayClaim = { reservation: BigInt(this.row.id), firstDay: days[0]!, served }
    const signature = nativeEcdsa.sign(dayClaimDigest(this.#m.market, claim), this.#key)
    this.#m.onStep("claimSigned")
    return { claim, signature }
  }

  /**
   * Days that are ours in runs without a gap, from an open day to an open day, at most `most` each: the contract passes over those between that
   * are resolved.
   */
  async #runs(open: readonly number[], most: number): Promise<number[][]> {
    const runs: number[][] = []
    for (const day of open) {
      if (!(await this.signsOn(day))) continue
      const run = runs.at(-1)
      const gap = run ? range(run.at(-1)! + 1, day) : []
      const ours = await Promise.all(gap.map((between) => this.signsOn(between)))
      if (run && ours.every(Boolean) && run.length + gap.length < most) run.push(...gap, day)
      else runs.push([day])
    }
    return runs
  }

  #save(rows: ReadonlyMap<number, DayRow>): void {
    if (rows.size > 0) this.#m.store.reservations.saveDays(this.row.id, rows)
  }
}

/** From `first` up to but not with `end`. */
function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(end - first, 0) }, (_, i) => first + i)
}
