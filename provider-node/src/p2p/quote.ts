import { QUOTE, QuoteRequest, QuoteResponse } from "@berth/protocol/wire"
import type { QuoteDesk } from "../lease/quote-desk.ts"
import type { Protocol } from "./serve.ts"

/** /berth/quote/1: one request, one answer; anybody may ask. */
export function quoteProtocol(desk: QuoteDesk): Protocol<QuoteRequest, QuoteResponse> {
  const answer = (part: Partial<QuoteResponse>): QuoteResponse => ({ freeUnits: 0, imagePresent: false, ...part })
  return {
    limits: QUOTE,
    maxRequest: 4_096,
    request: QuoteRequest,
    response: QuoteResponse,
    error: (error) => answer({ error }),
    async handle(channel) {
      await channel.write(await desk.quote(await channel.read()))
    },
  }
}
