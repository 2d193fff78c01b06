import { mkdirSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { type CheckedReservationQuote, isCheaper } from "../actions/checkReservationQuote.ts"
import type { ReserveResult } from "../actions/reserve.ts"
import { asBerthError, BerthError } from "../errors.ts"
import type { ConnectedAgent } from "../resident/connect.ts"
import { confirm } from "./confirm.ts"
import { type Context, withAgent } from "./context.ts"
import { dateOf, percent, reservationId, shortReservation, table, usd } from "./output.ts"
import { parseAddress, parseClass, parseCount, parseDay, parseUsd } from "./parse.ts"

export interface ReserveFlags {
  readonly class?: string
  readonly gpus?: string
  readonly from?: string
  readonly days?: string
  readonly node?: string
  readonly region?: string
  readonly maxPerDay?: string
  readonly evenIfDearer?: boolean
  readonly signer?: string
  readonly quote?: string
  readonly save?: string
  readonly yes?: boolean
}

/** Asks nodes what a term costs, or takes a quote from a file, shows it beside pay-as-you-go, and reserves the cheapest. */
export async function reserve(context: Context, flags: ReserveFlags): Promise<void> {
  const { out } = context
  const signer = signerOf(flags.signer)
  const maxPricePerDay = flags.maxPerDay === undefined ? undefined : parseUsd(flags.maxPerDay)
  const wanted = flags.quote === undefined ? wantedBy(flags) : undefined
  await withAgent(context, async (agent) => {
    const offer = wanted ? await fromNodes(context, agent, flags, wanted, maxPricePerDay) : await fromFile(context, agent, flags.quote!)
    const { chainId, contract } = await agent.info()
    const file = flags.quote ?? (await keep(context, flags.save, { chainId, contract, quote: offer.quote, signature: offer.signature }))
    const { class: gpuClass, gpus, startDay, term } = offer.quote
    if (offer.cost)
      await confirm(
        context,
        `reserve ${gpus} of ${gpuClass} from ${dateOf(startDay)}${begun(startDay)} for ${term} days, and pay ${usd(offer.cost.price)} now?`,
        flags.yes,
      )
    const done = await make(agent, file, { quote: offer.quote, signature: offer.signature, signer, maxPricePerDay, ...dearer(flags) })
    if (!flags.quote && !flags.save) rmSync(file, { force: true })
    out.data({ ...done, id: reservationId(done.id), quote: offer.quote, cost: offer.cost, discountBps: offer.discountBps })
    out.line(reservationId(done.id))
    out.note(done.existed ? `this quote made it before (transaction ${done.hash})` : `reserved (transaction ${done.hash})`)
    const { signer: own } = await agent.reservationSigner({ id: done.id })
    out.note(
      done.signer === undefined
        ? "nobody signs for its days: each is paid as served"
        : `what its node served is signed by ${done.signer === own ? "this agent: let it run (berth agent)" : done.signer}; berth reservations ${shortReservation(done.id)} shows each day`,
    )
    for (const line of changesIn(done)) out.note(line)
  })
}

/** What the owner of the market changed between the look and the reservation, and what it means. */
function changesIn({ changed, id }: ReserveResult): string[] {
  const { feeBps, verifierSet } = changed ?? {}
  const lines: string[] = []
  if (verifierSet)
    lines.push(
      `warning: its verifiers are set ${verifierSet.made}, and not ${verifierSet.before || "none"}: the market's owner changed them while this was on its way. They can have days paid that your agent does not sign for: look at them (berth verifiers ${verifierSet.made}), and if you don't trust them end it (berth reservations cancel ${shortReservation(id)})`,
    )
  if (feeBps)
    lines.push(
      `warning: the market's fee is ${percent(feeBps.made)}, and not ${percent(feeBps.before)}, out of what the operator is paid: its owner changed it while this was on its way`,
    )
  return lines
}

/** A quote with what it comes to; without that when it is too late to make anything of it but to find what it made. */
type Offer = Pick<CheckedReservationQuote, "quote" | "signature"> & Partial<CheckedReservationQuote>

async function fromFile(context: Context, agent: ConnectedAgent, path: string): Promise<Offer> {
  const [{ readQuoteFile }, { expectMarket }] = await Promise.all([import("./quote-file.ts"), import("./json-file.ts")])
  const file = readQuoteFile(path)
  expectMarket(path, file, await agent.info())
  const { quote, signature } = file
  const checked = await agent.checkReservationQuote({ quote, signature }).catch((error) => {
    if (asBerthError(error).code !== "quote_expired") throw error
    return { quote, signature }
  })
  if ("cost" in checked) show(context, [{ ...checked, where: "-", tier: "-" }])
  return checked
}

type Wanted = Parameters<ConnectedAgent["reservationQuotes"]>[0]

function wantedBy(flags: ReserveFlags): Wanted {
  if (flags.days === undefined) throw new BerthError("usage", "for how many days?", { hint: "--days 30" })
  return {
    class: flags.class === undefined ? "cpu/x86-64" : parseClass(flags.class),
    gpus: flags.gpus === undefined ? 1 : parseCount(flags.gpus),
    term: parseCount(flags.days),
    startDay: flags.from === undefined || flags.from === "today" ? flags.from : parseDay(flags.from),
    node: flags.node === undefined ? undefined : parseAddress(flags.node),
    region: flags.region,
  }
}

async function fromNodes(
  context: Context,
  agent: ConnectedAgent,
  flags: ReserveFlags,
  asked: Wanted,
  most: bigint | undefined,
): Promise<Offer> {
  const { offers, refused } = await agent.reservationQuotes(asked)
  for (const { node, reason } of refused) context.out.note(`left out: ${reason.includes(node) ? "" : `${node}: `}${reason}`)
  show(
    context,
    offers.map((o) => ({ ...o, where: o.info.region || "-", tier: o.info.tier })),
  )
  const wanted = offers.filter((o) => flags.evenIfDearer || isCheaper(o))
  const best = wanted.find((o) => most === undefined || o.quote.pricePerDay <= most)
  if (best) return best
  const why = offers.length === 0 ? "no node reserves" : "no quote is within the limits for"
  throw new BerthError("no_quote", `${why} ${asked.gpus} of ${asked.class} for ${asked.term} days`, {
    hint:
      offers.length === 0 ? "another term, start or class; berth quote shows who sells what" : "raise --max-per-day, or --even-if-dearer",
  })
}

function show({ out }: Context, offers: readonly (CheckedReservationQuote & { where: string; tier: string })[]): void {
  if (offers.length === 0) return
  const rows = offers.map(({ quote, cost, payAsYouGoPerDay, listed, discountBps, where, tier }) => [
    quote.node,
    where,
    tier,
    usd(quote.pricePerDay),
    `${usd(payAsYouGoPerDay)}${listed ? "" : " (its word)"}`,
    percent(discountBps),
    usd(cost.price),
    usd(cost.collateral),
    percent(quote.cancelFeeBps),
  ])
  const head = ["NODE", "REGION", "TIER", "PER DAY", "PAY-AS-YOU-GO", "CHEAPER", "TOTAL", "COLLATERAL", "CANCEL FEE"]
  out.note(table(head, rows))
}

/** The quote on the disk before anything is sent: an answer that is lost does not become a second reservation. */
async function keep(context: Context, save: string | undefined, file: Parameters<typeof import("./quote-file.ts").writeQuoteFile>[1]) {
  const path = save ?? join(dirname(context.config.store), `reserve-${Buffer.from(file.quote.nonce.subarray(0, 6)).toString("hex")}.json`)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const { writeQuoteFile } = await import("./quote-file.ts")
  writeQuoteFile(path, file)
  return path
}

async function make(agent: ConnectedAgent, file: string, options: Parameters<ConnectedAgent["reserve"]>[0]): Promise<ReserveResult> {
  try {
    return await agent.reserve(options)
  } catch (error) {
    const ours = asBerthError(error)
    const again = ours.transient || ours.code === "no_agent" || ours.code === "insufficient_credits"
    if (!again) throw ours
    const hint = `${ours.hint ? `${ours.hint}; then ` : ""}berth reserve --quote ${file}: the same quote makes one reservation`
    throw new BerthError(ours.code, ours.message, { hint, cause: ours })
  }
}

/** What a buyer should know of a first day that runs already. */
function begun(startDay: number): string {
  const left = (startDay + 1) * 86_400 - Math.floor(Date.now() / 1_000)
  if (left <= 0 || left >= 86_400) return ", 00:00 UTC,"
  return `, today, of which ${Math.floor(left / 3_600)} h ${Math.floor((left % 3_600) / 60)} min are left at the price of a whole day,`
}

function dearer(flags: ReserveFlags) {
  return flags.evenIfDearer ? { evenIfDearer: true } : {}
}

function signerOf(text: string | undefined): `0x${string}` | "nobody" | undefined {
  return text === undefined || text === "nobody" ? text : parseAddress(text)
}
