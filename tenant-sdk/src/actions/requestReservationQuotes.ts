import { type Address, dayOf } from "@berth/protocol"
import { reservationQuoteFromWire } from "@berth/protocol/wire"
import type { NodeInfo } from "../chain/directory.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import { askReservationQuote } from "../p2p/reservation.ts"
import { askNodes } from "./askNodes.ts"
import { type CheckedReservationQuote, chainTime, checkQuoteAt } from "./checkReservationQuote.ts"
import { listNodes } from "./listNodes.ts"

/** Which GPUs to ask nodes for, for which days; which of them, and how long. */
export interface RequestReservationQuotesOptions {
  readonly class: string
  /** 1 by default. */
  readonly gpus?: number
  /** First UTC day (unix seconds / 86,400), at most 90 days ahead; tomorrow by default, for a day costs the same however little of it is left. */
  readonly startDay?: number | "today"
  /** Days, 1 to 366. */
  readonly term: number
  /** For whom: the wallet's account by default. */
  readonly tenant?: Address
  /** Only these nodes. */
  readonly nodes?: readonly Address[]
  readonly region?: string
  /** How long nodes are waited for, milliseconds. By default 5,000, and while none has quoted 10,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Told of each node that did not quote, and why. */
  readonly onRefused?: (node: NodeInfo, error: BerthError) => void
}

/** A node's signed price for a reservation, checked: what `reserve` takes. */
export interface ReservationOffer extends CheckedReservationQuote {
  readonly info: NodeInfo
  /** How long the node took to answer. */
  readonly latencyMs: number
}

/** A node reads its stake on chain before it promises collateral. */
const SLOW_MS = 5_000
const FIRST_MS = 10_000

/**
 * Asks many nodes at once what their GPUs cost for a term of days. Quotes that are for something else, that the contract would refuse or whose
 * signature is not the node's, are dropped and told to `onRefused`.
 * @returns cheapest first
 * @throws BerthError `rpc`, `cancelled`
 *
 * @example
 * const [best] = await requestReservationQuotes(client, { class: "nvidia/h200", gpus: 8, term: 30 })
 */
export async function requestReservationQuotes(client: BerthClient, options: RequestReservationQuotesOptions): Promise<ReservationOffer[]> {
  const tenant = options.tenant ?? walletOf(client).account.address
  const wanted = options.nodes?.map((n) => n.toLowerCase())
  const [nodes, now] = await Promise.all([
    listNodes(client, { class: options.class, ...(options.region ? { region: options.region } : {}) }),
    chainTime(client),
  ])
  const question = {
    tenant,
    class: options.class,
    gpus: options.gpus ?? 1,
    startDay: startDayOf(options.startDay, dayOf(now)),
    term: options.term,
  }
  const asked = nodes.filter((n) => !wanted || wanted.includes(n.node))
  const { timeoutMs: slowMs = SLOW_MS, timeoutMs: firstMs = FIRST_MS, signal, onRefused } = options
  const offers = await askNodes(asked, (node, limit) => quoteOf(client, node, question, now, limit), { slowMs, firstMs, signal, onRefused })
  return offers.sort((a, b) => Number(a.quote.pricePerDay - b.quote.pricePerDay))
}

function startDayOf(asked: number | "today" | undefined, today: number): number {
  return asked === "today" ? today : (asked ?? today + 1)
}

async function quoteOf(
  client: BerthClient,
  node: NodeInfo,
  question: Parameters<typeof askReservationQuote>[2],
  now: bigint,
  signal: AbortSignal,
): Promise<ReservationOffer> {
  const asked = performance.now()
  const { quote, signature } = reservationQuoteFromWire(await askReservationQuote(await client.p2p(), node, question, signal))
  const drop = (what: string) => new BerthError("bad_signature", `the quote of node ${node.node} ${what}`)
  if (quote.node !== node.node) throw drop(`names another node, ${quote.node}`)
  for (const field of ["class", "gpus", "startDay", "term"] as const)
    if (quote[field] !== question[field]) throw drop(`has ${field} ${quote[field]}; ${question[field]} was asked for`)
  const latencyMs = performance.now() - asked
  return { ...checkQuoteAt(client, { quote, signature, tenant: question.tenant }, now), info: node, latencyMs }
}
