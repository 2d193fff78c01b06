import { type Address, ProtocolError } from "@berth/protocol"
import { reservationToWire } from "@berth/protocol/wire"
import { type Asker, Questions } from "./questions.ts"
import type { Submission } from "./submission.ts"

/** How long the chain's word holds, ms. A day's signer never changes once it has begun; a term may end early. */
const KNOWN_MS = 600_000
const REFUSED_MS = 2_000

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

/** A claim that a reservation vouches for a receipt. */
interface Reserved extends ReservedDay {
  readonly node: Address
  readonly signer: Address
}

/**
 * Which receipts of amount 0 reservations vouch for: a price that is locked keeps strangers from having us anchor nonsense as well as a
 * tab's deposit does. A receipt holds what was used since the last one, so a day's first may be all of the day before.
 */
export class ReservedDays {
  readonly #questions: Questions<Reserved, boolean>

  /** @param ask what the chain says of each of these, in the order asked */
  constructor(ask: (days: readonly ReservedDay[]) => Promise<readonly DaySigners[]>) {
    const signs = async (questions: readonly Reserved[]) => {
      const answers = await ask(questions)
      return questions.map((of, i) => answers[i]!.node === of.node && answers[i]!.signers.includes(of.signer))
    }
    this.#questions = new Questions(signs, (signs) => (signs ? KNOWN_MS : REFUSED_MS))
  }

  /**
   * Those of these that the reservation they name vouches for; the chain is asked for what is not known (any more).
   * @throws as `Questions.answers`
   */
  async vouching(asker: Asker, submissions: readonly Submission[]): Promise<ReadonlySet<Submission>> {
    const reserved = submissions.flatMap((s) => (isReserved(s) ? [{ s, of: reservedOf(s) }] : []))
    const answers = await this.#questions.answers(asker, new Map(reserved.map(({ of }) => [keyOf(of), of])))
    return new Set(reserved.flatMap(({ s, of }) => (answers.get(keyOf(of)) ? [s] : [])))
  }
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

function isReserved(s: Submission): s is Submission & { readonly reservation: bigint } {
  return s.reservation !== undefined && s.receipt.amount === 0n && s.entry.records.every((record) => record.amount === 0n)
}

function reservedOf({ reservation, receipt, node, signer }: Submission & { readonly reservation: bigint }): Reserved {
  return { id: reservation, day: receipt.day, node, signer }
}

function keyOf({ id, day, signer, node }: Reserved): string {
  return `${id}/${day}/${signer}/${node}`
}
