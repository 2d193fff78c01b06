import { type Address, ProtocolError } from "@berth/protocol"
import { reservationToWire } from "@berth/protocol/wire"
import type { Submission } from "./submission.ts"

/** How long the chain's word holds, ms. A day's signer never changes once it has begun; a term may end early. */
const KNOWN_MS = 600_000
const REFUSED_MS = 2_000
const MAX_KNOWN = 100_000

/** A reservation and the day of a receipt under it. */
export interface ReservedDay {
  readonly id: bigint
  readonly day: number
}

/** What the chain says of it. */
export interface DaySigners {
  /** Whose reservation it is; zero when there is none. */
  readonly node: Address
  /** Who signs on that day and on the day before, as far as they are within its term. */
  readonly signers: readonly Address[]
}

type Reserved = Submission & { readonly reservation: bigint }

/**
 * Which receipts of amount 0 reservations vouch for: a price that is locked keeps strangers from having us anchor nonsense as well as a
 * tab's deposit does. A receipt holds what was used since the last one, so a day's first may be all of the day before.
 */
export class ReservedDays {
  readonly #ask: (days: readonly ReservedDay[]) => Promise<DaySigners[]>
  #asking: Promise<void> = Promise.resolve()
  readonly #known = new Map<string, { readonly signs: boolean; readonly until: number }>()

  constructor(ask: (days: readonly ReservedDay[]) => Promise<DaySigners[]>) {
    this.#ask = ask
  }

  /**
   * Asks the chain for what is not known (any more) of these. One request at a time: strangers, who make up reservations at no cost, can't
   * have us ask faster than the chain answers.
   */
  learn(submissions: readonly Submission[]): Promise<void> {
    const reserved = submissions.filter(isReserved)
    if (reserved.length === 0) return Promise.resolve()
    const learnt = this.#asking.catch(() => {}).then(() => this.#learn(reserved))
    this.#asking = learnt
    return learnt
  }

  async #learn(submissions: readonly Reserved[]): Promise<void> {
    const now = performance.now()
    const unknown = new Map<string, Reserved>()
    for (const s of submissions) if ((this.#known.get(keyOf(s))?.until ?? 0) <= now) unknown.set(keyOf(s), s)
    if (unknown.size === 0) return
    if (this.#known.size + unknown.size > MAX_KNOWN) this.#known.clear()
    const answers = await this.#ask([...unknown.values()].map((s) => ({ id: s.reservation, day: s.receipt.day })))
    for (const [i, [key, { node, signer }]] of [...unknown].entries()) {
      const signs = answers[i]!.node === node && answers[i]!.signers.includes(signer)
      this.#known.set(key, { signs, until: now + (signs ? KNOWN_MS : REFUSED_MS) })
    }
  }

  /**
   * Whether the reservation that a receipt names vouches for it; false when it names none, or says of money, which needs a tab.
   * @throws ProtocolError `no_reservation`
   */
  vouches(s: Submission): boolean {
    if (!isReserved(s)) return false
    if (this.#known.get(keyOf(s))?.signs) return true
    const what = `reservation ${Buffer.from(reservationToWire(s.reservation)).toString("hex")}`
    throw new ProtocolError(
      "no_reservation",
      `on day ${s.receipt.day} and the day before, ${s.signer} does not sign for ${what} at node ${s.node}`,
      { field: "reservation" },
    )
  }
}

function isReserved(s: Submission): s is Reserved {
  return s.reservation !== undefined && s.receipt.amount === 0n && s.entry.records.every((record) => record.amount === 0n)
}

function keyOf({ node, signer, reservation, receipt }: Reserved): string {
  return `${reservation}/${receipt.day}/${signer}/${node}`
}
