import { type Address, addressOfKey, reservationId } from "@berth/protocol"
import { requestReservationQuotes } from "../actions/requestReservationQuotes.ts"
import { type ReserveResult, reserve } from "../actions/reserve.ts"
import type { BerthClient } from "../client.ts"
import type { ProfileKey } from "../keys/profile-key.ts"
import type { AgentReserveOptions, ReservationAuction, ReservationQuotesOptions } from "./agent.ts"

/** Asks for quotes, and says who gave none and why. */
export async function reservationAuction(client: BerthClient, options: ReservationQuotesOptions): Promise<ReservationAuction> {
  const { class: gpuClass, gpus, startDay, term, node, region } = options
  const refused: { node: Address; reason: string }[] = []
  const offers = await requestReservationQuotes(client, {
    class: gpuClass,
    term,
    ...(gpus !== undefined && { gpus }),
    ...(startDay !== undefined && { startDay }),
    ...(node && { nodes: [node] }),
    ...(region && { region }),
    onRefused: (info, error) => refused.push({ node: info.node, reason: error.message }),
  })
  return { offers, refused }
}

/** Reserves with this agent's own key as the signer, unless another is named. */
export function reserveSigned(client: BerthClient, key: ProfileKey, { signer, ...options }: AgentReserveOptions): Promise<ReserveResult> {
  const own = () => addressOfKey(key.reservationSigner(reservationId(options.quote.node, options.quote.nonce)))
  return reserve(client, { ...options, signer: signer === "nobody" ? undefined : (signer ?? own()) })
}
