import { type Address, minutesUsed, useByReceipts } from "@berth/protocol"
import { WireProposal } from "@berth/protocol/wire"
import type { Hex } from "viem"
import type { Journal } from "./journal.ts"

/** A day that the chain resolved for fewer minutes than were counted here. Minutes of one day, 0 to 1,440. */
export interface DeniedDay {
  readonly reservation: Hex
  readonly day: number
  /** What the chain has; 0: nobody claimed it. */
  readonly minutes: number
  /** What the holder's signer signed here or, when that is more, countersigned as used. */
  readonly counted: number
  /** Who held the reservation when this was seen. */
  readonly holder: Address
}

const WHERE = "chain_id=:chain AND contract=:contract"

/** Days of reservations that were denied, and what shows it: receipts. */
export class DenialStore {
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  all(): DeniedDay[] {
    return this.#journal.all<DeniedDay>(
      `SELECT reservation, day, minutes, counted, holder FROM denied_days WHERE ${WHERE} ORDER BY reservation, day`,
    )
  }

  /** The first word stays: a look that was cut off finds the same again. */
  add({ reservation, day, minutes, counted, holder }: DeniedDay): void {
    this.#journal.run(
      `INSERT INTO denied_days (chain_id, contract, reservation, day, minutes, counted, holder)
       VALUES (:chain, :contract, :reservation, :day, :minutes, :counted, :holder) ON CONFLICT DO NOTHING`,
      { reservation, day, minutes, counted, holder },
    )
  }

  /** Minutes of a day in which a reservation was used at least, by what its signers countersigned on that day. */
  usedMinutes(reservation: Hex, gpus: number, day: number): number {
    const leases = this.#journal.all<{ tab: string; lease_no: number; count: number }>(
      `SELECT tab, lease_no, json_extract(terms, '$.terms.count') AS count FROM leases
       WHERE ${WHERE} AND json_extract(terms, '$.reservation')=:reservation`,
      { reservation },
    )
    const uses = [...new Set(leases.map((lease) => lease.tab))].flatMap((tab) => {
      const used = this.#usedOf(tab, day)
      return leases.filter((lease) => lease.tab === tab).map(({ lease_no, count }) => ({ gpuMs: used.get(lease_no) ?? 0n, count }))
    })
    return minutesUsed(uses, gpus)
  }

  /** GPU-milliseconds of each lease of a tab from a day's first countersigned receipt to its last. */
  #usedOf(tab: string, day: number): Map<number, bigint> {
    const rows = this.#journal.all<{ proposal: Uint8Array }>(
      `SELECT proposal FROM receipts WHERE ${WHERE} AND tab=:tab AND day=:day AND countersignature IS NOT NULL ORDER BY seq`,
      { tab, day },
    )
    return useByReceipts(rows.map(({ proposal }) => WireProposal.decode(proposal).records))
  }
}
