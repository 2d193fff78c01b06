import type { CancelAgreement } from "../actions/cancelReservation.ts"
import { BerthError } from "../errors.ts"
import { confirm } from "./confirm.ts"
import { type Context, withAgent } from "./context.ts"
import { findReservation } from "./find-reservation.ts"
import { dateOf, shortReservation, timeOf, usd } from "./output.ts"
import { parseDay } from "./parse.ts"

interface CancelFlags {
  readonly agreement?: string
  readonly agreed?: boolean
  readonly from?: string
  readonly yes?: boolean
}

/** Ends a reservation: alone, by an agreement in a file, or as its node agrees when asked now. */
export async function cancel(context: Context, ref: string, flags: CancelFlags): Promise<void> {
  const { out } = context
  if (flags.agreed && flags.agreement) throw new BerthError("usage", "an agreement is in a file or asked for, not both")
  if (flags.from !== undefined && !flags.agreed)
    throw new BerthError("usage", "only by agreement a first day can be chosen", { hint: "--agreed --from DATE" })
  const firstDay = flags.from === undefined ? undefined : parseDay(flags.from)
  const { cancelTerms } = await import("../actions/cancelReservation.ts")
  const fromFile: CancelAgreement | undefined = flags.agreement
    ? (await import("./agreement-file.ts")).readAgreementFile(flags.agreement)
    : undefined
  await withAgent(context, async (agent) => {
    const r = await findReservation(agent, ref)
    const agreement = flags.agreed ? await agent.agreedCancel({ id: r.id, firstDay }) : fromFile
    const [terms, alone] = [cancelTerms(r, agreement), cancelTerms(r)]
    if (!terms) throw new BerthError("usage", `reservation ${shortReservation(r.id)} has no day left to cancel`)
    const say = ({ firstDay: day, daysLeft, toOperator, toHolder }: typeof terms) =>
      `from ${dateOf(day)} on: of ${daysLeft} days, ${usd(toOperator)} to the operator, ${usd(toHolder + r.owed)} back to you`
    // In the question itself, so that nobody says yes to one way without having seen the other.
    const ways = agreement && [
      ...(alone ? [`alone ${say(alone)}`] : []),
      `as agreed ${say(terms)}, until ${timeOf(agreement.deadline)}`,
      "end it as agreed?",
    ]
    if (flags.yes) for (const way of ways?.slice(0, -1) ?? []) out.note(way)
    await confirm(context, ways ? ways.join("\n") : `end it ${say(terms)}?`, flags.yes)
    const done = await agent.cancelReservation({ id: r.id, agreement })
    out.data(agreement ? { ...done, agreed: terms, alone: alone ?? null } : done)
    out.line(`cancelled from ${dateOf(done.endDay)} on (transaction ${done.hash}): ${usd(done.returned)} are in your credits`)
    if (done.paid > 0n) out.line(`${usd(done.paid)} went to the operator`)
  })
}
