import { MINUTES_PER_DAY } from "@berth/protocol"
import type { Hex } from "viem"
import type { ClaimDaysOptions } from "../actions/claimDays.ts"
import { openDays, type Reserved } from "../chain/reserved.ts"
import { asBerthError } from "../errors.ts"

export interface OwnClaimsModules {
  /** Sends a claim; undefined for an agent without a wallet. */
  readonly post: ((claim: ClaimDaysOptions) => Promise<unknown>) | undefined
  readonly log: (level: "info" | "warn", message: string, fields: object) => void
}

/** A quorum is heard in the last two days of a claim period, and pays a day in full: the agent speaks a day before that. */
const SPEAK_DAYS = 3
/** What could not be posted is tried again so much later. */
const REST_MS = 60 * 60_000

/**
 * Open days that were served in part, and that nobody has posted shortly before a quorum may have them paid in full: its node would gain by
 * holding back what it was handed. Of a day without a minute nothing can be posted: it isn't claimed.
 */
export function heldBack(r: Reserved, today: number, servedOn: (day: number) => number): number[] {
  return openDays(r, today).filter((day) => {
    const served = servedOn(day)
    return served > 0 && served < MINUTES_PER_DAY && today >= day + 1 + r.claimPeriod - SPEAK_DAYS
  })
}

/** The claims of one reservation that the agent posts itself, one after the other. */
export class OwnClaims {
  /** Days that were held back as of the last look. */
  days: readonly number[] = []
  readonly #id: Hex
  readonly #m: OwnClaimsModules
  #posting = false
  #restsUntil = Number.NEGATIVE_INFINITY

  constructor(id: Hex, modules: OwnClaimsModules) {
    this.#id = id
    this.#m = modules
  }

  /** Whether `post` would send anything now. */
  get isDue(): boolean {
    return this.days.length > 0 && !this.#posting && performance.now() >= this.#restsUntil
  }

  /** Does not throw, and is not to be waited for: nodes are looked at all the while. */
  async post(claims: readonly Omit<ClaimDaysOptions, "id">[]): Promise<void> {
    const { post, log } = this.#m
    this.#posting = true
    this.#restsUntil = performance.now() + REST_MS
    const what = { id: this.#id, days: this.days }
    try {
      if (!post) log("warn", `${HELD_BACK}; this agent has no wallet to do it: ${byHand(this.#id)}`, what)
      else for (const claim of claims) await post({ id: BigInt(this.#id), ...claim })
      if (post) log("info", "posted days that were held back", what)
    } catch (error) {
      const { code, message } = asBerthError(error)
      log("warn", `${HELD_BACK}; it failed: ${byHand(this.#id)}`, { ...what, code, message })
    } finally {
      this.#posting = false
    }
  }
}

const HELD_BACK = "days served in part are not posted, and verifiers could soon have them paid in full: their claim must be posted"

/** How a person posts what the agent signed. */
function byHand(id: string): string {
  return `berth reservations sign ${id} --save days.json, and with a wallet that has gas berth reservations claim days.json`
}
