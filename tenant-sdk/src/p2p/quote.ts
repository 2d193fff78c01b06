import { type Address, hexToBytes, ProtocolError } from "@berth/protocol"
import { errorFromWire, QUOTE, QuoteRequest, QuoteResponse, reservationToWire, type SignedQuote } from "@berth/protocol/wire"
import type { Callee, P2pHost } from "./host.ts"
import { asP2pError } from "./p2p-error.ts"

export interface QuoteQuestion {
  readonly tenant: Address
  readonly class: string
  readonly count: number
  readonly image: string
  /** Under which reservation; absent: pay-as-you-go. */
  readonly reservation?: bigint
}

/** Asks one node for a quote. The signature is not checked here. */
export async function askQuote(
  host: P2pHost,
  callee: Callee,
  question: QuoteQuestion,
  signal: AbortSignal,
): Promise<QuoteResponse & { quote: SignedQuote }> {
  const frames = await host.open(callee, QUOTE, signal)
  try {
    const reservation = question.reservation === undefined ? new Uint8Array() : reservationToWire(question.reservation)
    await frames.write(QuoteRequest.encode({ ...question, tenant: hexToBytes(question.tenant), reservation }), signal)
    const answer = QuoteResponse.decode(await frames.read(signal))
    if (answer.error) throw errorFromWire(answer.error)
    if (!answer.quote) throw new ProtocolError("malformed", `node ${callee.node} answered with neither a quote nor an error`)
    return { ...answer, quote: answer.quote }
  } catch (error) {
    throw asP2pError(error, callee)
  } finally {
    frames.abort()
  }
}
