import type { Address } from "@berth/protocol"
import type { Logger } from "pino"
import type { Hex } from "viem"
import { ChainUnavailable, chainError } from "../chain/errors.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import { monotonicMs } from "../clock.ts"
import type { Sender } from "../recorder/chain/sender.ts"
import type { ClaimKind, ClaimOutbox, PendingClaim } from "../store/claim-outbox.ts"
import type { OnClaimStep } from "./steps.ts"

/** A claim that is to be posted now. */
export interface DueClaim {
  readonly subject: Hex
  readonly target: Address
  /** Its calldata, made when it is posted. When this throws, the subject rests: one tab's trouble must not stop the claims of all others. */
  make(): ClaimCall
}

export interface ClaimCall {
  /** Calldata. */
  readonly data: Uint8Array
  /** For the log. */
  readonly about: Readonly<Record<string, string | number>>
}

/** Where claims of one kind come from. */
export interface ClaimSource {
  /**
   * What the chain lacks now, by all that is known here. Asked again after every claim, so what is not posted is simply due again.
   * @param isFree false for a subject whose claim is on its way, or that rests
   */
  due(isFree: (subject: Hex) => boolean): AsyncIterable<DueClaim>
  /** A claim was mined. When this throws it is told again. */
  posted(claim: PendingClaim): Promise<void>
}

export interface ClaimerModules {
  readonly chain: ChainWatcher
  readonly sources: Readonly<Record<ClaimKind, ClaimSource>>
  readonly outbox: ClaimOutbox
  readonly sender: Sender<ClaimKind, PendingClaim>
  readonly onStep: OnClaimStep
  readonly log: Logger
}

/** A claim that could not be posted is left alone for so long. */
const REST_MS = 60_000

/**
 * Posts claims with the node's own key. Level-triggered: it compares what is due on chain with what is here, so that a claim which was cut off
 * anywhere is simply posted by the next look. A transaction is on disk before it is sent, and all of one key are sent by this alone.
 */
export class Claimer {
  readonly #modules: ClaimerModules
  readonly #resting = new Map<Hex, number>()
  #working: Promise<void> | undefined
  #again = false
  #stopped = false
  /** Why the last claim could not be posted; undefined when it could. */
  trouble: string | undefined

  constructor(modules: ClaimerModules) {
    this.#modules = modules
  }

  /** Claims' transactions on their way. */
  get underWay(): number {
    return this.#modules.outbox.pending().length
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#working
  }

  /** Posts what is due; while that is under way, once more after it. */
  work(): Promise<void> {
    if (this.#working) this.#again = true
    this.#working ??= this.#workAll().finally(() => {
      this.#working = undefined
    })
    return this.#working
  }

  async #workAll(): Promise<void> {
    do {
      this.#again = false
      await this.#workOnce()
    } while (this.#again && !this.#stopped)
  }

  async #workOnce(): Promise<void> {
    const { chain, sources, log } = this.#modules
    try {
      if (!chain.head || this.#stopped) return
      await this.#conclude(chain.head.number)
      for (const kind of ["days", "order"] as const)
        for await (const claim of sources[kind].due((subject) => this.#isFree(subject))) {
          if (this.#stopped) return
          await this.#post(kind, claim)
        }
      await this.#conclude(chain.head.number)
    } catch (cause) {
      const error = cause instanceof ChainUnavailable ? cause : chainError("a claim's transaction", cause)
      this.trouble = error.message
      log.warn({ reason: error.message }, "claims could not be posted: trying again at the next block")
    }
  }

  #isFree(subject: Hex): boolean {
    if ((this.#resting.get(subject) ?? 0) > monotonicMs()) return false
    return this.#modules.outbox.pending().every((tx) => tx.subject !== subject)
  }

  async #conclude(head: bigint): Promise<void> {
    const { sender, sources, outbox, onStep, log } = this.#modules
    for (const { tx, mined } of await sender.work(head)) {
      if (mined) await sources[tx.kind].posted(tx)
      outbox.decided(tx.id)
      onStep("claimDecided")
      if (mined) {
        this.trouble = undefined
        log.info({ kind: tx.kind, subject: tx.subject, ...mined }, "claim posted")
      } else this.#rest(tx.subject, "its transaction was lost or reverted")
    }
  }

  async #post(kind: ClaimKind, { subject, target, make }: DueClaim): Promise<void> {
    const { outbox, sender, onStep, log } = this.#modules
    const call = this.#made(subject, make)
    if (!call) return
    const { data, about } = call
    let gas: bigint
    try {
      gas = await sender.simulate(target, data)
    } catch (error) {
      // Most often somebody else has posted it, and the next look at the chain says so.
      return this.#rest(subject, chainError("the simulation of a claim", error).message)
    }
    const tx = await sender.sign(kind, target, data, gas, 1)
    onStep("claimSigned")
    outbox.add(subject, tx)
    onStep("claimQueued")
    log.info({ kind, subject, ...about, gas: gas.toString() }, "posting a claim")
  }

  #made(subject: Hex, make: DueClaim["make"]): ClaimCall | undefined {
    try {
      return make()
    } catch (error) {
      this.#modules.log.error({ err: error, subject }, "a claim could not be made")
      return void this.#rest(subject, (error as Error).message)
    }
  }

  #rest(subject: Hex, reason: string): void {
    this.trouble = reason
    this.#resting.set(subject, monotonicMs() + REST_MS)
    this.#modules.log.warn({ subject, reason }, "a claim was not posted; it is tried again in a minute")
  }
}
