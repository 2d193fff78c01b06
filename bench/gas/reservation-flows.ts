import { networkHelpers } from "../../contracts/test/support/harbour.ts"
import { atDay, claim, quoteOf, type Reserved, reserved, reserveWith, withStake } from "../../contracts/test/support/reserved.ts"
import { measure, type Taken } from "./measure.ts"

type Sent = Parameters<typeof measure>[1]

/** A quote with a period of 38 days, so that a month can be claimed at a time. The tenant has credits and no token yet. */
export async function reserveFlow(): Promise<Taken> {
  const staked = await withStake()
  return measure(1, reserveWith(staked, await quoteOf(staked, { claimPeriod: 38, term: 60 })) as Sent)
}

/** The operator was paid before, so its credits are not zero, as those of somebody who sells anything are not. */
async function runningFor(days: number, minutes = 1440): Promise<Reserved> {
  const running = await reserved(await withStake(), { claimPeriod: 38, term: 60 })
  await atDay(running.first + 1)
  await claim(running, running.first, [minutes])
  await atDay(running.first + 1 + days)
  return running
}

/** `days` days by one signature. */
export async function claimFlow(days: number): Promise<Taken> {
  const running = await runningFor(days)
  const minutes = Array.from({ length: days }, (_, i) => (i % 3 === 0 ? 1440 : 1439 - i))
  return measure(days, claim(running, running.first + 1, minutes) as Sent)
}

/** To somebody who has no token yet. */
export async function transferFlow(): Promise<Taken> {
  const { reservations, tenant, otherTenant, id } = await runningFor(1)
  return measure(1, reservations.connect(tenant).getFunction("transferFrom")(tenant.address, otherTenant.address, id))
}

/** Taking what lies in the token; asked for a day before. */
export async function refundFlow(): Promise<Taken> {
  const { reservations, tenant, id } = await runningFor(1, 700)
  await reservations.connect(tenant).getFunction("askRefund")(id)
  await networkHelpers.time.increase(86_400)
  return measure(1, reservations.connect(tenant).getFunction("takeRefund")(id))
}
