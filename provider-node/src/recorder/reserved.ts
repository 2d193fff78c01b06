import { type Address, ProtocolError } from "@berth/protocol"
import { reservationToWire } from "@berth/protocol/wire"
import type { Submission } from "./submission.ts"

/** How long the chain's word holds, ms. A day's signer never changes once it has begun; a term may end early. */
const KNOWN_MS = 600_000
const REFUSED_MS = 2_000
const MAX_KNOWN = 100_000
/** Reservations and days that may wait for the chain's word. */
const MAX_PENDING = 1_000

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
  /** What the chain is asked, or will be next. */
  readonly #pending = new Map<string, Pending>()
  #asking = false
  readonly #known = new Map<string, { readonly signs: boolean; readonly until: number }>()

  constructor(ask: (days: readonly ReservedDay[]) => Promise<DaySigners[]>) {
    this.#ask = ask
  }

  /**
   * Those of these that the reservation they name vouches for; the chain is asked for what is not known (any more). One request at a time
   * and for all that wait: strangers, who make up reservations at no cost, can't have us ask faster than the chain answers, and nobody
   * waits longer than the request under way and the next.
   * @param onAsk told how many the chain must be asked for, before it is
   * @throws ProtocolError `rate_limited` when too many wait; what `ask` throws
   */
  async vouching(submissions: readonly Submission[], onAsk: (count: number) => void = () => {}): Promise<ReadonlySet<Submission>> {
    const now = performance.now()
    const reserved = submissions.filter(isReserved).map((s) => ({ s, key: keyOf(s), known: this.#knownAt(keyOf(s), now) }))
    const unknown = new Map(reserved.flatMap(({ s, key, known }) => (known === undefined ? [[key, s] as const] : [])))
    const added = [...unknown].filter(([key]) => !this.#pending.has(key))
    if (added.length > 0 && this.#pending.size + added.length > MAX_PENDING)
      throw new ProtocolError("rate_limited", "too many reservations wait for the chain's word: send them again in some seconds")
    if (unknown.size > 0) onAsk(unknown.size)
    for (const [key, of] of added) this.#pending.set(key, { of, answer: Promise.withResolvers() })
    // Told through what is pending, never through what is known: that may be forgotten before it is read.
    const answers = Promise.all(reserved.map(({ key, known }) => known ?? this.#pending.get(key)!.answer.promise))
    if (!this.#asking) void this.#askAll()
    const signs = await answers
    return new Set(reserved.flatMap(({ s }, i) => (signs[i] ? [s] : [])))
  }

  #knownAt(key: string, now: number): boolean | undefined {
    const known = this.#known.get(key)
    return known && known.until > now ? known.signs : undefined
  }

  /** Never throws: who waits is told. */
  async #askAll(): Promise<void> {
    this.#asking = true
    while (this.#pending.size > 0) {
      const round = [...this.#pending]
      try {
        const answers = await this.#ask(round.map(([, { of }]) => ({ id: of.reservation, day: of.receipt.day })))
        for (const [i, [key, { of, answer }]] of round.entries()) {
          const signs = answers[i]!.node === of.node && answers[i]!.signers.includes(of.signer)
          this.#learn(key, signs)
          answer.resolve(signs)
        }
      } catch (error) {
        for (const [, { answer }] of round) answer.reject(error)
      }
      for (const [key] of round) this.#pending.delete(key)
    }
    this.#asking = false
  }

  #learn(key: string, signs: boolean): void {
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    this.#known.set(key, { signs, until: performance.now() + (signs ? KNOWN_MS : REFUSED_MS) })
  }
}

interface Pending {
  readonly of: Reserved
  readonly answer: PromiseWithResolvers<boolean>
}

/** Why a receipt is refused that has neither a tab nor a reservation; of money says only a tab. */
export function unbacked(s: Submission): ProtocolError {
  if (!isReserved(s)) return new ProtocolError("no_tab", `there is no tab of ${s.signer} at ${s.node} on chain`, { field: "signer" })
  const what = `reservation ${Buffer.from(reservationToWire(s.reservation)).toString("hex")}`
  return new ProtocolError(
    "no_reservation",
    `on day ${s.receipt.day} and the day before, ${s.signer} does not sign for ${what} at node ${s.node}`,
    { field: "reservation" },
  )
}

function isReserved(s: Submission): s is Reserved {
  return s.reservation !== undefined && s.receipt.amount === 0n && s.entry.records.every((record) => record.amount === 0n)
}

function keyOf({ node, signer, reservation, receipt }: Reserved): string {
  return `${reservation}/${receipt.day}/${signer}/${node}`
}
