import type { ClaimDaysResult } from "../actions/claimDays.ts"
import type { Reservation } from "../actions/reservation.ts"
import type { SignedDays } from "../agent/agent.ts"
import { BerthError } from "../errors.ts"
import { daysJson, readDaysFile, readOrderClaimFile } from "./claim-file.ts"
import { type Context, withAgent } from "./context.ts"
import { findReservation } from "./find-reservation.ts"
import { expectMarket, writeJsonFile } from "./json-file.ts"
import { dateOf, shortReservation, spanOf, usd } from "./output.ts"
import { parseCount, parseDay } from "./parse.ts"

/** Signs for days that are over, with this agent's key. Without a file the claim itself is the result: `--json` writes what `claim` reads. */
export async function sign(context: Context, ref: string, flags: { readonly save?: string }): Promise<void> {
  const { out } = context
  await withAgent(context, async (agent) => {
    const { id } = await findReservation(agent, ref)
    const claims = await agent.signDays({ id })
    if (claims.length === 0)
      throw new BerthError("usage", `no day of reservation ${shortReservation(id)} is over, open and this agent's to sign for`, {
        hint: `berth reservations ${ref} shows each day and who signs`,
      })
    const { chainId, contract } = await agent.info()
    const file = daysJson({ reservation: id, claims, chainId, contract })
    if (flags.save) writeJsonFile(flags.save, file)
    out.data(file)
    for (const claim of claims) out.line(`signed ${spanOf(claim.firstDay, claim.served.length)}: ${claim.served.join(", ")} minutes`)
    out.note(flags.save ? `written to ${flags.save}; anybody posts it: berth reservations claim ${flags.save}` : "--save FILE keeps it")
  })
}

/** Leaves a reservation whose node serves little or nothing: its days lapse, and three running end it without a fee. */
export async function stopSigning(context: Context, ref: string, flags: { readonly undo?: boolean }): Promise<void> {
  const { out } = context
  await withAgent(context, async (agent) => {
    const { id, days } = await findReservation(agent, ref)
    const done = await agent.stopSigning({ id, undo: flags.undo })
    out.data(done)
    if (!done.silent) return out.line(`this agent signs for days of ${shortReservation(id)} again`)
    out.line(`this agent signs for no day of ${shortReservation(id)} from now on: use it no more, and let days lapse`)
    const payable = days.filter(({ day, state }) => state === "open" && done.signed.includes(day)).map(({ day }) => dateOf(day))
    if (payable.length > 0) out.note(`signed before, and so to be paid when the node posts it: ${payable.join(", ")}`)
    out.note("to have days signed again: the same with --undo")
  })
}

/** Posts days as their signer signed them. Runs that are resolved by now are passed over, so that it can be run again. */
export async function claimSigned(context: Context, path: string): Promise<void> {
  const { out } = context
  const file = readDaysFile(path)
  await withAgent(context, async (agent) => {
    expectMarket(path, file, await agent.info())
    const made = await agent.reservation({ id: file.reservation })
    const open = file.claims.filter((claim) => !resolved(made, claim))
    if (open.length === 0)
      throw new BerthError("usage", `every day that ${path} claims is resolved`, {
        hint: `berth reservations ${shortReservation(made.id)}`,
      })
    const done: ClaimDaysResult[] = []
    for (const claim of open) {
      const result = await agent.claimDays({ id: file.reservation, ...claim })
      done.push(result)
      out.line(`claimed ${spanOf(claim.firstDay, claim.served.length)}: ${moved(result)}`)
    }
    out.data(done)
  })
}

/** Posts days for which nobody is named to sign: those that are open in a row, or those that are named. */
export async function claimUnsigned(
  context: Context,
  ref: string,
  flags: { readonly from?: string; readonly days?: string },
): Promise<void> {
  const { out } = context
  const from = flags.from === undefined ? undefined : parseDay(flags.from)
  const wanted = flags.days === undefined ? undefined : parseCount(flags.days)
  await withAgent(context, async (agent) => {
    const made = await findReservation(agent, ref)
    const firstDay = from ?? made.days.find((d) => d.state === "open")?.day
    if (firstDay === undefined)
      throw new BerthError("usage", `no day of reservation ${shortReservation(made.id)} is over and open`, {
        hint: `berth reservations ${ref} shows each day`,
      })
    const count = wanted ?? Math.max(openFrom(made, firstDay), 1)
    const done = await agent.claimUnsignedDays({ id: made.id, firstDay, count })
    out.data({ firstDay, count, ...done })
    out.line(`claimed ${spanOf(firstDay, count)}: ${moved(done)}`)
  })
}

/** Hands in a receipt that a node signed for a tab with a standing order. */
export async function claimOrder(context: Context, path: string): Promise<void> {
  const { out } = context
  const { chainId, contract, ...claim } = readOrderClaimFile(path)
  await withAgent(context, async (agent) => {
    expectMarket(path, { chainId, contract }, await agent.info())
    const done = await agent.claimStandingOrder(claim)
    out.data(done)
    out.line(`${usd(done.paid)} went to the operator of ${claim.node}, fee included (transaction ${done.hash})`)
  })
}

function resolved({ days }: Reservation, { firstDay, served }: SignedDays): boolean {
  const run = days.filter((d) => d.day >= firstDay && d.day < firstDay + served.length)
  return run.length === served.length && run.every((d) => d.state !== "open" && d.state !== "running" && d.state !== "upcoming")
}

/** Open days running from `firstDay` on, as many as one claim takes. */
function openFrom({ days, claimPeriod }: Reservation, firstDay: number): number {
  const from = days.filter((d) => d.day >= firstDay)
  const end = from.findIndex((d) => d.state !== "open")
  return Math.min(end < 0 ? from.length : end, claimPeriod + 1)
}

function moved({ hash, paid, collateral, owed }: ClaimDaysResult): string {
  const back = owed > 0n ? `, ${usd(owed)} back to the holder` : ""
  return `${usd(paid)} and ${usd(collateral)} of collateral to the operator${back} (transaction ${hash})`
}
