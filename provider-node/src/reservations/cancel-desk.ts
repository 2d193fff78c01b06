import { type Address, bytesToHex, ProtocolError, reservationCancelDigest } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import {
  type ReservationCancelRequest,
  reservationCancelToWire,
  reservationFromWire,
  type SignedReservationCancel,
} from "@berth/protocol/wire"
import type { ChainWatcher } from "../chain/watcher.ts"
import type { DeskOptions } from "../lease/quote-desk.ts"
import type { ReservationBook } from "./book.ts"
import { type Reservation, signerOn } from "./reservation.ts"

export interface CancelDeskModules {
  readonly chain: Pick<ChainWatcher, "head">
  readonly book: ReservationBook
}

/** How long a word on a cancel binds, seconds of chain time: to read what it comes to, and to send it. */
const BINDS = 600n

/** Says on which terms this node agrees to end a reservation, by its operator's settings. Only the token's owner can make anything of it. */
export class CancelDesk {
  readonly #options: DeskOptions
  readonly #modules: CancelDeskModules

  constructor(options: DeskOptions, modules: CancelDeskModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * Signed terms for whoever holds a reservation with this node, or signs for it today.
   * @param signer who asks, as the session proves
   * @throws ProtocolError `not_offered` (the operator agrees to none), `no_reservation` (not with this node, or no such day of it),
   * `unauthorized`, `malformed`
   */
  terms(request: ReservationCancelRequest, signer: Address): SignedReservationCancel {
    const { config, market, privateKey } = this.#options
    const { chain, book } = this.#modules
    const reservation = reservationFromWire(request.reservation)
    const found = book.find(bytesToHex(request.reservation))
    // A stranger learns the same of a reservation that there is as of one that there isn't.
    if (!found || (signer !== found.holder && (book.today === undefined || signer !== signerOn(found, book.today))))
      throw new ProtocolError("unauthorized", `${signer} neither holds nor signs for a reservation of that id with this node`, {
        field: "reservation",
      })
    const operatorBps = config.reservations.agreedCancelBps
    if (operatorBps === undefined) throw new ProtocolError("not_offered", "this node agrees to no cancel")
    const firstDay = this.#firstDay(found, request.firstDay)
    const deadline = chain.head!.timestamp + BINDS
    const cancel = { reservation, firstDay, operatorBps, deadline }
    return reservationCancelToWire(cancel, nativeEcdsa.sign(reservationCancelDigest(market, cancel), privateKey))
  }

  /** The contract ends none before tomorrow, nor before its first day. */
  #firstDay({ id, startDay, endDay }: Reservation, asked: number): number {
    const soonest = Math.max(this.#modules.book.today! + 1, startDay)
    const firstDay = asked === 0 ? soonest : asked
    if (firstDay >= soonest && firstDay < endDay) return firstDay
    throw new ProtocolError("no_reservation", `of ${id} the days ${soonest} to ${endDay - 1} can be cancelled, not ${firstDay}`, {
      field: "firstDay",
    })
  }
}
