import { type Address, bytesToHex, halvesOf, hexToBytes, packServed } from "@berth/protocol"
import { reservationsAbi } from "@berth/protocol/abi"
import { encodeFunctionData, type Hex } from "viem"
import type { ReservationReader } from "../chain/reservation-reader.ts"
import type { ClaimSource, DueClaim } from "../claims/claimer.ts"
import type { ReservationBook } from "./book.ts"
import { dueClaim, openDays, type Reservation, type StoredClaim } from "./reservation.ts"
import type { ReservationWatch } from "./watch.ts"

export interface DayClaimsModules {
  readonly watch: ReservationWatch
  readonly book: ReservationBook
  readonly reader: ReservationReader
}

const NOBODY: Address = "0x0000000000000000000000000000000000000000"
const FULL = 1_440

/** Claims of reserved days: days that are open on chain and of which a signed claim is here, or for which nobody signs. */
export class DayClaims implements ClaimSource {
  readonly #everyDays: number
  readonly #modules: DayClaimsModules
  /** Who signs for days that are over, by reservation; a day that began keeps its signer for ever. */
  readonly #signers = new Map<Hex, Map<number, Address>>()

  constructor(options: { readonly everyDays: number }, modules: DayClaimsModules) {
    this.#everyDays = options.everyDays
    this.#modules = modules
  }

  async *due(isFree: (subject: Hex) => boolean): AsyncGenerator<DueClaim> {
    const { book, watch, reader } = this.#modules
    for (const r of book.all()) {
      // A claim that was decided at this block is seen by the look at the same block: else it would be due once more.
      if (book.today === undefined || !watch.isCurrent || !isFree(r.id)) continue
      // Who posts less for one day than it signed here will for the next: its own word is posted first.
      const unsigned = await this.#unsigned(r, book.today)
      const claim = dueClaim(r, [...book.claimsOf(r.id), ...unsigned], book.today, book.isUndercut(r.id) ? 0 : this.#everyDays)
      if (!claim) continue
      const about = { firstDay: claim.firstDay, days: claim.minutes.length }
      yield { subject: r.id, target: reader.address, make: () => ({ data: callOf(claim), about }) }
    }
  }

  /** The next look at the chain says what it has paid. */
  async posted(): Promise<void> {}

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
          args: [id, firstDay, bytesToHex(packServed(minutes)), ...halvesOf(signature)],
        })
  return hexToBytes(call)
}
