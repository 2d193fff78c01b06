import { type Address, isStakedFor, mostAhead, nobleEcdsa, type Quote, quoteDigest, recoverAddress, windowAmount } from "@berth/protocol"
import { quoteFromWire } from "@berth/protocol/wire"
import type { NodeInfo } from "../chain/directory.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import { askQuote } from "../p2p/quote.ts"
import { askNodes } from "./askNodes.ts"
import { listNodes } from "./listNodes.ts"
import { asksTooMuch } from "./quoteBounds.ts"
import type { Offer } from "./rankQuotes.ts"

/** What to ask nodes for, which of them, and how long. */
export interface RequestQuotesOptions {
  readonly class: string
  /** GPUs (vCPUs of `cpu/x86-64`); 1 by default. */
  readonly count?: number
  /** Told to the nodes so that they can say whether they have it. */
  readonly image?: string
  /** For whom: the wallet's account by default. */
  readonly tenant?: Address
  /** Only these nodes. */
  readonly nodes?: readonly Address[]
  readonly region?: string
  /** How long nodes are waited for, milliseconds. By default 2,000, and while none has quoted 10,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Told of each node that did not quote, and why. */
  readonly onRefused?: (node: NodeInfo, error: BerthError) => void
}

const SLOW_MS = 2_000
const FIRST_MS = 10_000

/**
 * Asks many nodes at once for a signed quote: a reverse auction that costs nobody gas. Quotes whose signature is not the node's, or that
 * are for something else, are dropped and told to `onRefused`.
 * @returns unsorted; see `rankQuotes`
 * @throws BerthError `rpc`, `cancelled`
 *
 * @example
 * const offers = rankQuotes(await requestQuotes(client, { class: "cpu/x86-64" }), { maxPrice: parseCredits("0.10") })
 */
export async function requestQuotes(client: BerthClient, options: RequestQuotesOptions): Promise<Offer[]> {
  const tenant = options.tenant ?? walletOf(client).account.address
  const nodes = await candidates(client, options)
  const { timeoutMs: slowMs = SLOW_MS, timeoutMs: firstMs = FIRST_MS, signal, onRefused } = options
  return askNodes(nodes, (node, limit) => quoteOf(client, node, { ...options, tenant }, limit), { slowMs, firstMs, signal, onRefused })
}

async function candidates(client: BerthClient, options: RequestQuotesOptions): Promise<NodeInfo[]> {
  const wanted = options.nodes?.map((n) => n.toLowerCase())
  const nodes = await listNodes(client, { class: options.class, ...(options.region ? { region: options.region } : {}) })
  return wanted ? nodes.filter((n) => wanted.includes(n.node)) : nodes
}

async function quoteOf(
  client: BerthClient,
  node: NodeInfo,
  options: RequestQuotesOptions & { tenant: Address },
  signal: AbortSignal,
): Promise<Offer> {
  const asked = performance.now()
  const count = options.count ?? 1
  const host = await client.p2p()
  const looked = client.stakes.lookOrLast(node.node, signal)
  const answer = await askQuote(host, node, { tenant: options.tenant, class: options.class, count, image: options.image ?? "" }, signal)
  const { quote, signature } = quoteFromWire(answer.quote)
  const drop = (what: string) => new BerthError("bad_signature", `the quote of node ${node.node} ${what}`)
  if (quote.node !== node.node) throw drop(`names another node, ${quote.node}`)
  if (quote.tenant !== options.tenant.toLowerCase()) throw drop(`is for another tenant, ${quote.tenant}`)
  if (quote.class !== options.class || quote.count !== count) throw drop(`is for ${quote.count} of ${quote.class}`)
  if (recoverAddress(nobleEcdsa, quoteDigest(client.market, quote), signature) !== node.node) throw drop("is not signed by it")
  const tooMuch = asksTooMuch(quote)
  if (tooMuch) throw new BerthError("quote_mismatch", `node ${node.node} ${tooMuch}`)
  const { freeUnits, imagePresent } = answer
  const latencyMs = performance.now() - asked
  const stake = await looked
  const ahead = aheadOf(quote, isStakedFor(stake, windowAmount(quote.window, quote.count, quote.price)))
  return { info: node, quote, signature, latencyMs, freeUnits, imagePresent, stake, ahead }
}

/** Credits that are paid ahead for a quote: what it asks, as far as the stake behind its node allows. */
export function aheadOf(quote: Quote, staked: boolean): bigint {
  const most = mostAhead(quote, staked)
  return quote.startPrice < most ? quote.startPrice : most
}
