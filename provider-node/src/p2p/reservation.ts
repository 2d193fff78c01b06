import { ProtocolError } from "@berth/protocol"
import { RESERVATION, ReservationRequest, ReservationResponse, reservationFromWire } from "@berth/protocol/wire"
import type { PeerId } from "@libp2p/interface"
import type { CancelDesk } from "../reservations/cancel-desk.ts"
import type { ReservationDesk } from "../reservations/desk.ts"
import type { Protocol } from "./serve.ts"
import { checkSession, type SessionRules } from "./session.ts"

export interface ReservationDesks {
  readonly desk: ReservationDesk
  readonly cancels: CancelDesk
  readonly session: SessionRules
}

/** /berth/reservation/1: one request, one answer; anybody may ask, a claim proves itself, and a cancel is asked for with a session. */
export function reservationProtocol(desks: ReservationDesks): Protocol<ReservationRequest, ReservationResponse> {
  return {
    limits: RESERVATION,
    maxRequest: RESERVATION.maxFrame,
    request: ReservationRequest,
    response: ReservationResponse,
    error: (error) => ({ error }),
    async handle(channel, peer) {
      await channel.write(await respond(await channel.read(), peer, desks))
    },
  }
}

async function respond(
  request: ReservationRequest,
  peer: PeerId,
  { desk, cancels, session }: ReservationDesks,
): Promise<ReservationResponse> {
  const { quote, claim, status, cancel } = request
  if (quote) return { quote: await desk.quote(quote) }
  if (claim) return { status: await desk.takeClaim(claim) }
  if (status) return { status: desk.status(reservationFromWire(status.reservation)) }
  if (cancel) return { cancel: cancels.terms(cancel, checkSession(cancel.session, peer, session).signer) }
  throw new ProtocolError("unsupported", "this node knows quote, claim, status and cancel")
}
