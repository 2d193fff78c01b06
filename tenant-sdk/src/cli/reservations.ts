import type { Reservation } from "../actions/reservation.ts"
import type { ReservationDay } from "../actions/reservationDays.ts"
import type { ConnectedAgent } from "../resident/connect.ts"
import { confirm } from "./confirm.ts"
import { type Context, withAgent } from "./context.ts"
import { findReservation } from "./find-reservation.ts"
import { dateOf, percent, reservationId, shortAddress, shortReservation, table, timeOf, usd } from "./output.ts"
import { parseAddress } from "./parse.ts"

interface ListFlags {
  readonly node?: string
  readonly account?: string
}

export async function reservations(context: Context, ref: string | undefined, flags: ListFlags): Promise<void> {
  await withAgent(context, async (agent) => {
    if (ref) return show(context, agent, await findReservation(agent, ref))
    const node = flags.node === undefined ? undefined : parseAddress(flags.node)
    const account = flags.account === undefined ? undefined : parseAddress(flags.account)
    const list = await agent.heldReservations({ node, account })
    context.out.data(list.map(printable))
    const head = ["RESERVATION", "NODE", "WHAT", "FROM", "UNTIL", "STATE", "PAID", "CAME BACK", "TO COME", "PER DAY", "REFUND"]
    context.out.line(table(head, list.map(row)))
  })
}

const count = (r: Reservation, ...states: ReservationDay["state"][]) => r.days.filter((d) => states.includes(d.state)).length

function row(r: Reservation): string[] {
  return [
    shortReservation(r.id),
    shortAddress(r.node),
    `${r.gpus}x ${r.class}`,
    dateOf(r.startDay),
    dateOf(r.endDay - 1),
    stateOf(r),
    `${count(r, "paid")} days`,
    `${count(r, "lapsed")} days`,
    `${count(r, "upcoming", "running")} days`,
    usd(r.pricePerDay),
    usd(r.owed),
  ]
}

function stateOf(r: Reservation): string {
  if (r.cancelled) return "cancelled"
  if (count(r, "running") > 0) return "running"
  if (count(r, "upcoming") > 0) return "upcoming"
  return count(r, "open") > 0 ? "over, open" : "over"
}

async function show({ out }: Context, agent: ConnectedAgent, r: Reservation): Promise<void> {
  const [{ signer: own }, signed] = await Promise.all([agent.reservationSigner({ id: r.id }), agent.reservations()])
  const { heldBack: held = [], silent = false } = signed.find((s) => BigInt(s.id) === r.id) ?? {}
  const agents = silent ? "this agent, which was told to sign nothing" : "this agent"
  const who = (signer: string | undefined) => (signer === undefined ? "nobody" : signer === own ? agents : signer)
  out.data({ ...printable(r), agentSigner: own, heldBack: held, silent })
  out.line(`reservation ${reservationId(r.id)}`)
  out.line(`what        ${r.gpus} of ${r.class} at node ${r.node}`)
  out.line(`when        ${dateOf(r.startDay)} to ${dateOf(r.endDay - 1)} (UTC), ${r.term} days bought; ${stateOf(r)}`)
  out.line(
    `price       ${usd(r.pricePerDay)} a day, ${usd(r.pricePerDay * BigInt(r.term))} in all; collateral ${usd(r.collateralPerDay)} a day`,
  )
  out.line(`holder      ${r.holder}${r.holder === r.tenant ? "" : `, made by ${r.tenant}`}`)
  out.line(`signer      ${who(r.signer)}${r.signerChanges.map((c) => `; from ${dateOf(c.fromDay)} on ${who(c.signer)}`).join("")}`)
  out.line(`operator    ${usd(r.earned)} paid for ${count(r, "paid")} days`)
  out.line(`refund      ${usd(r.owed)} in the token${refundState(r)}; ${usd(r.refunded)} came back before`)
  out.line(`cancel fee  ${percent(r.cancelFeeBps)} of what is left`)
  for (const line of runs(r.days)) out.line(line)
  if (held.length > 0)
    out.note(
      `${held.map(dateOf).join(", ")}: served in part, signed by this agent and posted by nobody yet. Verifiers may soon have it paid in full; where this agent can't post it: berth reservations sign ${shortReservation(r.id)} --save days.json, then berth reservations claim days.json`,
    )
}

function refundState(r: Reservation): string {
  if (r.owed === 0n) return ""
  if (r.cancelled) return ", to be taken at once"
  return r.refundAt === undefined ? ", not asked for" : `, to be taken from ${timeOf(r.refundAt)} on`
}

/** Days in the order of time, those alike on one line. */
function runs(days: readonly ReservationDay[]): string[] {
  const lines: { first: ReservationDay; last: ReservationDay; count: number }[] = []
  for (const day of days) {
    const run = lines.at(-1)
    const same = run && run.first.state === day.state && run.first.minutes === day.minutes && run.first.witness === day.witness
    if (same) Object.assign(run, { last: day, count: run.count + 1 })
    else lines.push({ first: day, last: day, count: 1 })
  }
  return lines.map(({ first, last, count }) => {
    const span = count === 1 ? dateOf(first.day) : `${dateOf(first.day)} to ${dateOf(last.day)}, ${count} days`
    const minutes = first.state === "paid" ? ` ${first.minutes} of 1440 minutes, by ${WITNESS[first.witness!]}` : ""
    const until = first.claimUntil === undefined ? "" : `, claimable until ${timeOf(first.claimUntil)}`
    return `${first.state.padEnd(10)}  ${span}${minutes}${until}`
  })
}

const WITNESS = { holder: "the holder's signer", quorum: "verifiers", unsigned: "nobody's signature" }

/** Asks for what lies in the token, or takes it when its time has come: the same command twice, a day apart. */
export async function refund(context: Context, ref: string): Promise<void> {
  const { out } = context
  await withAgent(context, async (agent) => {
    const r = await findReservation(agent, ref)
    if (!r.cancelled && r.refundAt !== undefined && r.refundAt > r.asOf && r.owed > 0n) {
      out.data({ state: "asked", owed: r.owed, availableAt: r.refundAt })
      return out.line(`asked for: ${usd(r.owed)} can be taken from ${timeOf(r.refundAt)} on`)
    }
    if (r.cancelled || r.refundAt !== undefined) {
      const taken = await agent.takeRefund({ id: r.id })
      out.data({ state: "taken", ...taken })
      return out.line(`${usd(taken.amount)} are in your credits (transaction ${taken.hash})`)
    }
    const asked = await agent.askRefund({ id: r.id })
    out.data({ state: "asked", owed: r.owed, ...asked })
    out.line(`asked for ${usd(r.owed)} (transaction ${asked.hash}); from ${timeOf(asked.availableAt)} on: berth reservations refund ${ref}`)
  })
}

export async function transfer(context: Context, ref: string, to: string, flags: { readonly yes?: boolean }): Promise<void> {
  const { out } = context
  const receiver = parseAddress(to)
  await withAgent(context, async (agent) => {
    const r = await findReservation(agent, ref)
    await confirm(context, `give ${shortReservation(r.id)} with the ${usd(r.owed)} that lie in it to ${receiver}?`, flags.yes)
    const done = await agent.transferReservation({ id: r.id, to: receiver })
    out.data(done)
    out.line(`${shortReservation(r.id)} is ${receiver}'s (transaction ${done.hash})`)
  })
}

/** Names who signs from the day after next on: this agent, an address, or nobody. */
export async function signer(context: Context, ref: string, who: string | undefined): Promise<void> {
  const { out } = context
  await withAgent(context, async (agent) => {
    const r = await findReservation(agent, ref)
    const own = who === undefined || who === "agent"
    const key = own ? (await agent.signFor({ id: r.id, node: r.node })).signer : who === "nobody" ? undefined : parseAddress(who)
    const done = await agent.setReservationSigner({ id: r.id, signer: key })
    out.data({ ...done, signer: key ?? null })
    out.line(`${key ?? "nobody"} signs for days from ${dateOf(done.fromDay)} on (transaction ${done.hash})`)
  })
}

export async function lapse(context: Context, ref: string): Promise<void> {
  const { out } = context
  await withAgent(context, async (agent) => {
    const { id } = await findReservation(agent, ref)
    const done = await agent.lapseDays({ id })
    out.data(done)
    out.line(done.lapsed.length === 0 ? "no day had lapsed" : `lapsed: ${done.lapsed.map(dateOf).join(", ")} (transaction ${done.hash})`)
    if (done.endDay !== undefined) out.line(`three days running lapsed: the reservation ended with ${dateOf(done.endDay - 1)}`)
  })
}

function printable(r: Reservation) {
  return { ...r, id: reservationId(r.id) }
}
