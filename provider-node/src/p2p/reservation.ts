import { ProtocolError } from "@berth/protocol"
import { RESERVATION, ReservationRequest, ReservationResponse, reservationFromWire } from "@berth/protocol/wire"
import type { ReservationDesk } from "../reservations/desk.ts"
import type { Protocol } from "./serve.ts"

/** /berth/reservation/1: one request, one answer; anybody may ask, and a claim proves itself. */
export function reservationProtocol(desk: ReservationDesk): Protocol<ReservationRequest, ReservationResponse> {
  return {
    limits: RESERVATION,
    maxRequest: RESERVATION.maxFrame,
    request: ReservationRequest,
    response: ReservationResponse,
    error: (error) => ({ error }),
    async handle(channel) {
      await channel.write(await respond(await channel.read(), desk))
    },
  }
}

async function respond({ quote, claim, status }: ReservationRequest, desk: ReservationDesk): Promise<ReservationResponse> {
  if (quote) return { quote: await desk.quote(quote) }
  if (claim) return { status: await desk.takeClaim(claim) }
  if (status) return { status: desk.status(reservationFromWire(status.reservation)) }
  throw new ProtocolError("unsupported", "this node knows quote, claim and status")
}
