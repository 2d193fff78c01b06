import type { Reservation } from "../actions/reservation.ts"
import { BerthError } from "../errors.ts"
import type { ConnectedAgent } from "../resident/connect.ts"
import { reservationId } from "./output.ts"
import { parseReservation } from "./parse.ts"

/** One of the account's by a beginning of its id, or any by its whole id. */
export async function findReservation(agent: ConnectedAgent, ref: string): Promise<Reservation> {
  const named = parseReservation(ref)
  if (typeof named === "bigint") return agent.reservation({ id: named })
  const found = (await agent.heldReservations()).filter((r) => reservationId(r.id).slice(2).startsWith(named))
  if (found.length === 1) return found[0]!
  if (found.length === 0)
    throw new BerthError("no_reservation", `you hold no reservation "${ref}"`, { hint: "berth reservations lists yours" })
  throw new BerthError("ambiguous", `"${ref}" names ${found.length} reservations`, { hint: "write more of its id" })
}
