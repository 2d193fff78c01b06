import { concat, toBeHex } from "ethers"
import { DAY_SECONDS, dayOf, startOf } from "../spec/arithmetic.ts"
import * as spec from "../spec/days.ts"
import type { Reservation } from "../spec/state.ts"
import { type Action, signed, type World } from "../world.ts"
import { signQuorum } from "./verifiers.ts"

const UNKNOWN = 12_345n

/** Mostly one with a day that fits; else any. */
export function someReservation(world: World, wanted: (reservation: Reservation) => boolean): Reservation | null {
  const { random, state } = world
  const fitting = state.reservations.filter(wanted)
  if (fitting.length > 0 && random.chance(0.93)) return random.pick(fitting)
  return state.reservations.length > 0 && random.chance(0.25) ? random.pick(state.reservations) : null
}

/** Days that are open, over and not yet lapsed as time has decided by now, counted from the start. */
export function claimable(world: World, posted: Reservation): number[] {
  const { now } = world
  const copy = structuredClone({ ...world.state, reservations: [posted] })
  const reservation = copy.reservations[0]!
  spec.advance(copy, reservation, now)
  return reservation.days.flatMap((day, i) => {
    const over = now >= startOf(reservation.startDay + i + 1)
    return day.fate === "open" && over && now < spec.deadlineOf(reservation, i) ? [i] : []
  })
}

interface Run {
  firstDay: number
  count: number
}

/** A run that begins at some claimable day and mostly stays within what `fits` says; sometimes longer, or beside it. */
function someRun(world: World, reservation: Reservation, days: number[], fits: (day: number) => boolean): Run {
  const { random } = world
  const first = days.length > 0 ? random.pick(days) : random.between(0, reservation.days.length - 1)
  const firstDay = reservation.startDay + first
  let count = 1
  const most = random.pick([1, 3, 7, 9, 40])
  while (count < most && startOf(firstDay + count + 1) <= world.now && count < reservation.days.length - first && fits(firstDay + count))
    count++
  const fault = random.between(0, 30)
  if (fault === 0) return { firstDay, count: count + 1 }
  if (fault === 1) return { firstDay: firstDay - 1, count }
  if (fault === 2) return { firstDay: dayOf(world.now), count: 1 }
  if (fault === 3) return { firstDay, count: random.pick([0, reservation.claimPeriod + 2]) }
  return { firstDay, count }
}

const someMinutes = (world: World) => world.random.pick([0, 1, 719, 720, 1439, 1440, 1440, world.random.between(0, 1440)])

export function claimDays(world: World): Action | null {
  const { random } = world
  const signedDays = (one: Reservation) => claimable(world, one).filter((i) => agentOn(world, one, one.startDay + i))
  const reservation = someReservation(world, (one) => signedDays(one).length > 0)
  if (!reservation) return null
  const sameSigner = (first: number) => (day: number) => spec.signerOn(reservation, day) === spec.signerOn(reservation, first)
  const days = signedDays(reservation)
  const start = days.length > 0 ? random.pick(days) : 0
  const run = someRun(world, reservation, days.length > 0 ? [start] : [], sameSigner(reservation.startDay + start))
  const served = Array.from({ length: run.count }, () => someMinutes(world))
  if (random.chance(0.03) && run.count > 0) served[0] = random.pick([1441, 65_535])
  const bytes = served.length === 0 ? "0x" : concat(served.map((minutes) => toBeHex(minutes, 2)))
  const key = random.chance(0.05) ? world.stranger : (agentOn(world, reservation, run.firstDay) ?? random.pick(world.agents))
  const id = random.chance(0.01) ? UNKNOWN : reservation.id
  const [r, vs] = signed(world, key, "DayClaim", { reservation: id, firstDay: run.firstDay, served: bytes })
  return {
    ...{
      entry: "claimDays",
      from: world.stranger.address,
      to: world.reservations,
      method: "claimDays",
      args: [id, run.firstDay, bytes, r, vs],
    },
    model: (state, call) => spec.claimDays(state, call, id, run.firstDay, served, key.address),
  }
}

function agentOn(world: World, reservation: Reservation, day: number) {
  const signer = spec.signerOn(reservation, day)
  return world.agents.find(({ address }) => address === signer)
}

export function claimUnsignedDays(world: World): Action | null {
  const unsigned = (one: Reservation) => claimable(world, one).filter((i) => spec.signerOn(one, one.startDay + i) === null)
  const reservation = someReservation(world, (one) => unsigned(one).length > 0)
  if (!reservation) return null
  const { firstDay, count } = someRun(world, reservation, unsigned(reservation), (day) => spec.signerOn(reservation, day) === null)
  return {
    ...{ entry: "claimUnsignedDays", from: world.stranger.address, to: world.reservations, method: "claimUnsignedDays" },
    args: [reservation.id, firstDay, count],
    model: (state, call) => spec.claimUnsignedDays(state, call, reservation.id, firstDay, count),
  }
}

export function attestDays(world: World): Action | null {
  const { random, now } = world
  const late = (one: Reservation) =>
    (world.state.sets[one.verifierSet - 1]?.members.length ?? 0) === 0
      ? []
      : claimable(world, one).filter((i) => now >= spec.deadlineOf(one, i) - 2 * DAY_SECONDS)
  const reservation = someReservation(world, (one) => late(one).length > 0)
  if (!reservation) return null
  const days = late(reservation)
  const ready = (day: number) => now >= spec.deadlineOf(reservation, day - reservation.startDay) - 2 * DAY_SECONDS || random.chance(0.05)
  const run = someRun(world, reservation, days, ready)
  const { quorum, bitmap, signatures } = signQuorum(world, reservation.verifierSet, "ServedDays", { reservation: reservation.id, ...run })
  return {
    ...{ entry: "attestDays", from: world.stranger.address, to: world.reservations, method: "attestDays" },
    args: [reservation.id, run.firstDay, run.count, bitmap, signatures],
    model: (state, call) => spec.attestDays(state, call, reservation.id, run.firstDay, run.count, quorum),
  }
}

export function lapseDays(world: World): Action | null {
  const { random, now } = world
  const lapsing = (one: Reservation) => one.days.some(({ fate }, i) => fate === "open" && now >= spec.deadlineOf(one, i))
  const reservation = someReservation(world, lapsing)
  if (!reservation) return null
  const id = random.chance(0.2) ? UNKNOWN : reservation.id
  return {
    ...{ entry: "lapseDays", from: world.stranger.address, to: world.reservations, method: "lapseDays", args: [id] },
    model: (state, call) => spec.lapseDays(state, call, id),
  }
}
