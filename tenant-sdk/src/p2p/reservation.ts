import { type Address, hexToBytes, ProtocolError } from "@berth/protocol"
import {
  errorFromWire,
  RESERVATION,
  ReservationRequest,
  ReservationResponse,
  type ReservationStatus,
  reservationToWire,
  type SessionProof,
  type SignedDayClaim,
  type SignedReservationCancel,
  type SignedReservationQuote,
} from "@berth/protocol/wire"
import type { Callee, P2pHost } from "./host.ts"
import { asP2pError } from "./p2p-error.ts"

export interface ReservationQuestion {
  readonly tenant: Address
  readonly class: string
  readonly gpus: number
  /** UTC day. */
  readonly startDay: number
  /** Days. */
  readonly term: number
}

/** Asks one node what a reservation would cost. The signature is not checked here. */
export async function askReservationQuote(
  host: P2pHost,
  callee: Callee,
  question: ReservationQuestion,
  signal: AbortSignal,
): Promise<SignedReservationQuote> {
  const { quote } = await ask(host, callee, { quote: { ...question, tenant: hexToBytes(question.tenant) } }, signal)
  return quote ?? missing(callee, "a quote")
}

/** How a node sees a reservation now. */
export async function askReservationStatus(host: P2pHost, callee: Callee, id: bigint, signal: AbortSignal): Promise<ReservationStatus> {
  const { status } = await ask(host, callee, { status: { reservation: reservationToWire(id) } }, signal)
  return status ?? missing(callee, "a status")
}

/** Hands a signed claim to the node. When it returns the claim is on the node's disk. */
export async function handDayClaim(host: P2pHost, callee: Callee, claim: SignedDayClaim, signal: AbortSignal): Promise<ReservationStatus> {
  const { status } = await ask(host, callee, { claim }, signal)
  return status ?? missing(callee, "a status")
}

/** Asks a node on which terms it agrees to end a reservation; `firstDay` 0: as soon as can be. The signature is not checked here. */
export async function askReservationCancel(
  host: P2pHost,
  callee: Callee,
  { session, id, firstDay }: { readonly session: SessionProof; readonly id: bigint; readonly firstDay: number },
  signal: AbortSignal,
): Promise<SignedReservationCancel> {
  const { cancel } = await ask(host, callee, { cancel: { session, reservation: reservationToWire(id), firstDay } }, signal)
  return cancel ?? missing(callee, "terms of a cancel")
}

async function ask(host: P2pHost, callee: Callee, request: ReservationRequest, signal: AbortSignal): Promise<ReservationResponse> {
  const frames = await host.open(callee, RESERVATION, signal)
  try {
    await frames.write(ReservationRequest.encode(request), signal)
    const answer = ReservationResponse.decode(await frames.read(signal))
    if (answer.error) throw errorFromWire(answer.error)
    return answer
  } catch (error) {
    throw asP2pError(error, callee)
  } finally {
    frames.abort()
  }
}

function missing(callee: Callee, what: string): never {
  throw new ProtocolError("malformed", `node ${callee.node} answered with neither ${what} nor an error`)
}
