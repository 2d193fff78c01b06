// What becomes of a reservation's days: one entry a day, one loop a question.
import { DAY_SECONDS, dayOf, feeIn, fits, startOf } from "./arithmetic.ts"
import { type Address, addCredits, type Call, type Day, type Refusals, type Reservation, type State } from "./state.ts"
import { checkQuorum, type Quorum } from "./verifiers.ts"

const RUN_LIMIT = 3
const MINUTES = 1_440
/** With less than this a day was paid for and not heard of: it stands in no unclaimed day's way. */
const ENOUGH = 720
const QUORUM_SECONDS = 2 * DAY_SECONDS

export function findReservation(state: State, id: bigint): Reservation | undefined {
  return state.reservations.find((reservation) => reservation.id === id)
}

/** The second from which on day `i` (counted from the start) can't be claimed any more. */
export function deadlineOf(reservation: Reservation, i: number): number {
  return startOf(reservation.startDay + i + 1 + reservation.claimPeriod)
}

/** Lets time decide: open days past their deadline lapse, oldest first; three running end the term. */
export function advance(state: State, reservation: Reservation, now: number): void {
  for (let i = 0; i < reservation.days.length; i++) {
    const day = reservation.days[i]!
    if (day.fate !== "open") continue
    if (now < deadlineOf(reservation, i)) return
    toToken(reservation, day, day.price, day.collateral)
    day.fate = "lapsed"
    if (unclaimedUpTo(reservation, i) >= RUN_LIMIT) endTerm(state, reservation, i + 1)
  }
}

/** How many days up to day `i` nobody claimed, running: back to the last one that a quorum, or the holder for half of it or more, spoke for. */
function unclaimedUpTo(reservation: Reservation, i: number): number {
  const before = reservation.days.slice(0, i + 1)
  const heard = before.findLastIndex(({ fate, minutes }) => fate === "quorum" || (fate === "holder" && minutes >= ENOUGH))
  return before.slice(heard + 1).filter(({ fate }) => fate === "lapsed").length
}

function endTerm(state: State, reservation: Reservation, from: number): void {
  reservation.endDay = reservation.startDay + from
  for (const day of reservation.days.slice(from)) {
    if (day.fate !== "open") continue
    toToken(reservation, day, day.price, 0n)
    toOperator(state, reservation, day, 0n, day.collateral)
    day.fate = "ended"
  }
}

/** Takes a part of what lies in the day and leaves it in the token. */
export function toToken(reservation: Reservation, day: Day, price: bigint, collateral: bigint): void {
  takeFrom(day, price, collateral)
  reservation.owed += price + collateral
}

/** Takes `pay` of the day's price (fee to come off) and `collateral` for the operator. */
export function toOperator(state: State, reservation: Reservation, day: Day, pay: bigint, collateral: bigint): void {
  takeFrom(day, pay, collateral)
  const fee = feeIn(reservation.earned + pay, reservation.feeBps) - feeIn(reservation.earned, reservation.feeBps)
  reservation.earned += pay
  state.fees += fee
  addCredits(state, state.reservationsContract, -(pay + collateral))
  addCredits(state, state.nodes[reservation.node]!.operator, pay - fee + collateral)
}

function takeFrom(day: Day, price: bigint, collateral: bigint): void {
  if (price > day.price || collateral > day.collateral) throw new Error("the model pays a day twice")
  day.price -= price
  day.collateral -= collateral
}

export function signerOn(reservation: Reservation, day: number): Address | null {
  let inForce: Address | null = null
  for (const { fromDay, signer } of reservation.signers) if (fromDay <= day) inForce = signer
  return inForce
}

/** What any run of days must be. `served` counts minutes. */
function badRun(reservation: Reservation, now: number, firstDay: number, served: number[]): Refusals {
  const no: Refusals = []
  if (served.length === 0) no.push("NoDays")
  if (served.length > reservation.claimPeriod + 1) no.push("TooManyDays")
  served.forEach((minutes, n) => {
    const day = firstDay + n
    if (day < reservation.startDay || day >= reservation.startDay + reservation.days.length) no.push("DayOutsideTerm")
    if (now < startOf(day + 1)) no.push("DayNotOver")
    if (minutes > MINUTES) no.push("TooManyMinutes")
  })
  if (no.length === 0 && openOf(reservation, firstDay, served).length === 0) no.push("NothingToResolve")
  return no
}

/** The days of the run that it claims: open ones, and with 0 minutes none. */
function openOf(reservation: Reservation, firstDay: number, served: number[]): { day: Day; minutes: number; i: number }[] {
  return served
    .map((minutes, n) => ({ i: firstDay + n - reservation.startDay, minutes }))
    .map(({ i, minutes }) => ({ i, minutes, day: reservation.days[i]! }))
    .filter(({ day, minutes }) => day?.fate === "open" && minutes !== 0)
}

type Claimed = ReturnType<typeof openOf>

function resolve(state: State, reservation: Reservation, claimed: Claimed, fate: "holder" | "quorum"): void {
  for (const { day, minutes } of claimed) {
    const pay = fits(reservation.pricePerDay * BigInt(minutes), BigInt(MINUTES))
    toOperator(state, reservation, day, pay, reservation.collateralPerDay)
    toToken(reservation, day, day.price, 0n)
    day.fate = fate
    day.minutes = minutes
  }
}

/** `signedBy`: who signed exactly these days and minutes. */
export function claimDays(state: State, call: Call, id: bigint, firstDay: number, served: number[], signedBy: Address | null): Refusals {
  const reservation = findReservation(state, id)
  if (!reservation) return ["UnknownReservation"]
  advance(state, reservation, call.now)
  const no = badRun(reservation, call.now, firstDay, served)
  const signer = signerOn(reservation, firstDay)
  if (served.some((_, n) => signerOn(reservation, firstDay + n) !== signer)) no.push("SignerChanges")
  if (signer === null || signer !== signedBy) no.push("NotSignedByDaySigner")
  if (no.length > 0) return no
  resolve(state, reservation, openOf(reservation, firstDay, served), "holder")
  advance(state, reservation, call.now)
  return []
}

export function claimUnsignedDays(state: State, call: Call, id: bigint, firstDay: number, count: number): Refusals {
  const reservation = findReservation(state, id)
  if (!reservation) return ["UnknownReservation"]
  advance(state, reservation, call.now)
  const served = new Array<number>(count).fill(MINUTES)
  const no = badRun(reservation, call.now, firstDay, served)
  if (served.some((_, n) => signerOn(reservation, firstDay + n) !== null)) no.push("SignerNamed", "SignerChanges")
  if (no.length > 0) return no
  resolve(state, reservation, openOf(reservation, firstDay, served), "holder")
  advance(state, reservation, call.now)
  return []
}

export function attestDays(state: State, call: Call, id: bigint, firstDay: number, count: number, quorum: Quorum): Refusals {
  const reservation = findReservation(state, id)
  if (!reservation) return ["UnknownReservation"]
  advance(state, reservation, call.now)
  const served = new Array<number>(count).fill(MINUTES)
  const no = badRun(reservation, call.now, firstDay, served)
  if (reservation.verifierSet === 0) no.push("NoVerifierSet")
  else no.push(...checkQuorum(state, reservation.verifierSet, quorum))
  const open = openOf(reservation, firstDay, served)
  // Early days wait; a statement of which nothing but early days is left is refused.
  const fresh = open.filter(({ i }) => call.now >= deadlineOf(reservation, i) - QUORUM_SECONDS)
  if (open.length > 0 && fresh.length === 0) no.push("TooEarlyForQuorum")
  const fates = reservation.days.map(({ fate }) => fate)
  for (const { i } of fresh) fates[i] = "quorum"
  if (fresh.some(({ i }) => runAround(fates, i) > RUN_LIMIT)) no.push("QuorumRunTooLong")
  if (no.length > 0) return no
  resolve(state, reservation, fresh, "quorum")
  advance(state, reservation, call.now)
  return []
}

/** How many days running, with day `i` among them, a quorum has paid. */
function runAround(fates: string[], i: number): number {
  let [first, last] = [i, i]
  while (fates[first - 1] === "quorum") first--
  while (fates[last + 1] === "quorum") last++
  return last - first + 1
}

export function lapseDays(state: State, call: Call, id: bigint): Refusals {
  const reservation = findReservation(state, id)
  if (!reservation) return ["UnknownReservation"]
  advance(state, reservation, call.now)
  return []
}

/** The first UTC day that is wholly in the future. */
export function tomorrow(now: number): number {
  return dayOf(now) + 1
}
