import { type Address, bytesToHex, nobleEcdsa, quoteDigest, recoverAddress } from "@berth/protocol"
import { quoteFromWire } from "@berth/protocol/wire"
import { asksTooMuch } from "../actions/quoteBounds.ts"
import type { Offer } from "../actions/rankQuotes.ts"
import type { Reserved } from "../chain/reserved.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { askQuote } from "../p2p/quote.ts"

export interface ReservedQuestion {
  readonly tenant: Address
  readonly reserved: Reserved
  readonly count: number
  readonly image: string
}

/**
 * A quote for a lease under a reservation: at price 0, and with the reservation's id as its nonce, so that what both sides then sign names it.
 * @throws BerthError `unknown_node`, `bad_signature`, `quote_mismatch`, or the node's own code
 */
export async function requestReservedQuote(client: BerthClient, question: ReservedQuestion, signal: AbortSignal): Promise<Offer> {
  const { reserved, tenant, count, image } = question
  const info = client.directory.get(reserved.node)
  if (!info) throw new BerthError("unknown_node", `node ${reserved.node} of reservation ${reserved.id} is not in the registry`)
  const asked = performance.now()
  const ask = { tenant, class: reserved.class, count, image, reservation: BigInt(reserved.id) }
  const answer = await askQuote(await client.p2p(), info, ask, signal)
  const { quote, signature } = quoteFromWire(answer.quote)
  const wrong = (what: string) => new BerthError("quote_mismatch", `the quote of node ${info.node} under ${reserved.id} ${what}`)
  if (recoverAddress(nobleEcdsa, quoteDigest(client.market, quote), signature) !== info.node || quote.node !== info.node)
    throw new BerthError("bad_signature", `the quote of node ${info.node} is not signed by it`)
  if (bytesToHex(quote.nonce) !== reserved.id) throw wrong("does not name it")
  if (quote.price !== 0n || quote.startPrice !== 0n) throw wrong(`asks ${quote.price} an hour: it is paid for already`)
  if (quote.tenant !== tenant.toLowerCase() || quote.class !== reserved.class || quote.count !== count)
    throw wrong(`is for ${quote.count} of ${quote.class}`)
  const tooMuch = asksTooMuch(quote)
  if (tooMuch) throw wrong(tooMuch)
  const { freeUnits, imagePresent } = answer
  // It is chosen already, and nothing is paid ahead: what is staked changes nothing.
  return { info, quote, signature, latencyMs: performance.now() - asked, freeUnits, imagePresent, stake: undefined, ahead: 0n }
}
