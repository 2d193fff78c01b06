import { type Address, bytesToHex, packServed } from "@berth/protocol"
import { reservationsAbi } from "@berth/protocol/abi"
import type { Logger } from "pino"
import { encodeFunctionData, type Hex } from "viem"
import { ChainUnavailable, chainError } from "../chain/errors.ts"
import type { ReservationReader } from "../chain/reservation-reader.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import { monotonicMs } from "../clock.ts"
import type { Sender } from "../recorder/chain/sender.ts"
import type { ClaimOutbox, PendingClaim } from "../store/claim-outbox.ts"
import type { ReservationBook } from "./book.ts"
import { dueClaim, openDays, type Reservation, type StoredClaim } from "./reservation.ts"
import type { OnClaimStep } from "./steps.ts"
import type { ReservationWatch } from "./watch.ts"

export interface ClaimerModules {
  readonly chain: ChainWatcher
  readonly watch: ReservationWatch
  readonly book: ReservationBook
  readonly reader: ReservationReader
  readonly outbox: ClaimOutbox
  readonly sender: Sender<"claim", PendingClaim>
  readonly onStep: OnClaimStep
  readonly log: Logger
}

/** A claim that could not be posted is left alone for so long. */
const REST_MS = 60_000
const NOBODY: Address = "0x0000000000000000000000000000000000000000"
const FULL = 1_440

/**
 * Posts day claims. Level-triggered: after each look at the chain it compares the days that are open there with the claims that are here, so
 * that a claim which was cut off anywhere is simply posted by the next look. A transaction is on disk before it is sent.
 */
export class Claimer {
  readonly #everyDays: number
  readonly #modules: ClaimerModules
  readonly #resting = new Map<Hex, number>()
  /** Days for which nobody is named to sign, by reservation; a day that began keeps its signer for ever. */
  readonly #signers = new Map<Hex, Map<number, Address>>()
  #off: (() => void) | undefined
  #working: Promise<void> | undefined
  #stopped = false
  /** Why the last claim could not be posted; undefined when it could. */
  trouble: string | undefined

  constructor(options: { readonly everyDays: number }, modules: ClaimerModules) {
    this.#everyDays = options.everyDays
    this.#modules = modules
  }

  /** Claims' transactions on their way. */
  get underWay(): number {
    return this.#modules.outbox.pending().length
  }

  start(): void {
    this.#off = this.#modules.watch.onRead.on(() => void this.work())
    void this.work()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#off?.()
    await this.#working
  }

  /** Posts what is due; joins the work that is under way. */
  work(): Promise<void> {
    this.#working ??= this.#workOnce().finally(() => {
      this.#working = undefined
    })
    return this.#working
  }

  async #workOnce(): Promise<void> {
    const { chain, book, log } = this.#modules
    try {
      if (!chain.head || this.#stopped) return
      await this.#conclude(chain.head.number)
      const pending = new Set(this.#modules.outbox.pending().map((tx) => tx.reservation))
      for (const r of book.all()) if (!pending.has(r.id) && !this.#stopped) await this.#post(r)
      await this.#conclude(chain.head.number)
    } catch (cause) {
      const error = cause instanceof ChainUnavailable ? cause : chainError("a claim's transaction", cause)
      this.trouble = error.message
      log.warn({ reason: error.message }, "claims could not be posted: trying again at the next block")
    }
  }

  async #conclude(head: bigint): Promise<void> {
    const { sender, outbox, onStep, log } = this.#modules
    for (const { tx, mined } of await sender.work(head)) {
      outbox.decided(tx.id)
      onStep("claimDecided")
      if (mined) {
        this.trouble = undefined
        log.info({ reservation: tx.reservation, ...mined }, "day claim posted")
      } else this.#rest(tx.reservation, "its transaction was lost or reverted")
    }
  }

  async #post(r: Reservation): Promise<void> {
    const { book, outbox, sender, reader, onStep, log } = this.#modules
    if (book.today === undefined || (this.#resting.get(r.id) ?? 0) > monotonicMs()) return
    const unsigned = await this.#unsigned(r, book.today)
    const claim = dueClaim(r, [...book.claimsOf(r.id), ...unsigned], book.today, this.#everyDays)
    if (!claim) return
    const { address } = reader
    const data = callOf(claim)
    let gas: bigint
    try {
      gas = await sender.simulate(address, data)
    } catch (error) {
      // Most often somebody else has posted it, and the next look at the chain says so.
      return this.#rest(r.id, chainError("the simulation of a claim", error).message)
    }
    const tx = await sender.sign("claim", address, data, gas, 1)
    onStep("claimSigned")
    outbox.add(r.id, tx)
    onStep("claimQueued")
    log.info({ reservation: r.id, firstDay: claim.firstDay, days: claim.minutes.length, gas: gas.toString() }, "posting a day claim")
  }

  #rest(id: Hex, reason: string): void {
    this.trouble = reason
    this.#resting.set(id, monotonicMs() + REST_MS)
    this.#modules.log.warn({ reservation: id, reason }, "a claim was not posted; it is tried again in a minute")
  }

  /** Open days for which nobody is named to sign: the contract pays them in full, on anybody's call. */
  async #unsigned(r: Reservation, today: number): Promise<StoredClaim[]> {
    const days = openDays(r, today)
    const first = days[0]
    const last = days.at(-1)
    if (first === undefined || last === undefined) return []
    const known = this.#signers.get(r.id) ?? new Map<number, Address>()
    this.#signers.set(r.id, known)
    for (const day of known.keys()) if (day < first) known.delete(day)
    if (days.some((day) => !known.has(day))) {
      const read = await this.#modules.reader.signersOn(r.id, first, last - first + 1)
      for (const [i, signer] of read.entries()) known.set(first + i, signer)
    }
    const runs: { firstDay: number; minutes: number[] }[] = []
    for (let day = first; day <= last; day++) {
      if (known.get(day) !== NOBODY) continue
      const run = runs.at(-1)
      if (run && run.firstDay + run.minutes.length === day && run.minutes.length <= r.claimPeriod) run.minutes.push(FULL)
      else runs.push({ firstDay: day, minutes: [FULL] })
    }
    return runs.map((run) => ({ ...run, reservation: r.id, signature: new Uint8Array() }))
  }
}

function callOf({ reservation, firstDay, minutes, signature }: StoredClaim): Uint8Array {
  const id = BigInt(reservation)
  const call =
    signature.length === 0
      ? encodeFunctionData({ abi: reservationsAbi, functionName: "claimUnsignedDays", args: [id, firstDay, minutes.length] })
      : encodeFunctionData({
          abi: reservationsAbi,
          functionName: "claimDays",
          args: [id, firstDay, bytesToHex(packServed(minutes)), bytesToHex(signature.subarray(0, 32)), bytesToHex(signature.subarray(32))],
        })
  return Uint8Array.from(Buffer.from(call.slice(2), "hex"))
}
