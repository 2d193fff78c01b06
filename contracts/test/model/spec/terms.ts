// A reservation as a thing that is bought, sold, given back: quotes, the token, its signer, refunds, cancels.
import { DAY_SECONDS, dayOf, feeIn, fits, startOf, U64_MAX } from "./arithmetic.ts"
import { advance, findReservation, tomorrow, toOperator, toToken } from "./days.ts"
import { inactive } from "./nodes.ts"
import { type Address, addCredits, type Call, creditsOf, type Refusals, type Reservation, type State } from "./state.ts"

const REFUND_SECONDS = DAY_SECONDS

export interface Quote {
  node: Address
  tenant: Address
  class: string
  gpus: number
  startDay: number
  term: number
  pricePerDay: bigint
  listPricePerDay: bigint
  collateralBps: number
  cancelFeeBps: number
  claimPeriod: number
  expires: number
  nonce: string
}

function badQuote(quote: Quote, now: number): boolean {
  const outside = (value: number, low: number, high: number) => value < low || value > high
  const collateral = fits(quote.pricePerDay * BigInt(quote.collateralBps), 10_000n)
  return (
    outside(new TextEncoder().encode(quote.class).length, 1, 64) ||
    quote.gpus < 1 ||
    outside(quote.startDay, dayOf(now), dayOf(now) + 90) ||
    outside(quote.term, 1, 366) ||
    quote.pricePerDay < 1n ||
    outside(quote.collateralBps, 0, 10_000) ||
    outside(quote.cancelFeeBps, 0, 10_000) ||
    outside(quote.claimPeriod, 8, 38) ||
    (quote.pricePerDay + collateral) * BigInt(quote.term) > U64_MAX
  )
}

/** `id`: what the node and nonce of the quote hash to. `signedBy`: who signed exactly this quote. */
export function reserve(state: State, call: Call, id: bigint, quote: Quote, signer: Address | null, signedBy: Address | null): Refusals {
  const no = inactive(state, quote.node)
  const collateral = fits(quote.pricePerDay * BigInt(quote.collateralBps), 10_000n)
  const [price, backing] = [quote.pricePerDay * BigInt(quote.term), collateral * BigInt(quote.term)]
  if (state.paused) no.push("IsPaused")
  if (quote.expires < call.now) no.push("QuoteExpired")
  if (quote.tenant !== call.from) no.push("NotQuotedTo")
  if (findReservation(state, id)) no.push("QuoteUsed")
  if (badQuote(quote, call.now)) no.push("BadQuote")
  if (signedBy !== quote.node) no.push("NotSignedByNode")
  if (creditsOf(state, call.from) < price) no.push("InsufficientCredits")
  if ((state.lockable[quote.node] ?? 0n) < backing) no.push("InsufficientStake")
  if (no.length > 0) return no
  addCredits(state, call.from, -price)
  addCredits(state, state.reservationsContract, price)
  state.lockable[quote.node] = (state.lockable[quote.node] ?? 0n) - backing
  state.reservations.push({
    id,
    node: quote.node,
    holder: call.from,
    class: quote.class,
    gpus: quote.gpus,
    startDay: quote.startDay,
    endDay: quote.startDay + quote.term,
    days: Array.from({ length: quote.term }, () => ({ fate: "open", minutes: 0, price: quote.pricePerDay, collateral })),
    pricePerDay: quote.pricePerDay,
    collateralPerDay: collateral,
    cancelFeeBps: quote.cancelFeeBps,
    feeBps: state.feeBps,
    claimPeriod: quote.claimPeriod,
    verifierSet: state.sets.length,
    earned: 0n,
    owed: 0n,
    refundAskedAt: null,
    cancelled: false,
    approved: null,
    signers: [{ fromDay: 0, signer }],
  })
  return []
}

/** Why `call.from` can't do what only the token's owner can. */
function notHolder(reservation: Reservation | undefined, call: Call): Refusals {
  if (!reservation) return ["UnknownReservation"]
  return reservation.cancelled || reservation.holder !== call.from ? ["NotHolder"] : []
}

export function setSigner(state: State, call: Call, id: bigint, signer: Address | null): Refusals {
  const reservation = findReservation(state, id)
  const no = notHolder(reservation, call)
  if (no.length > 0) return no
  advance(state, reservation!, call.now)
  name(reservation!, call, signer)
  return []
}

/** From the day after next on; what a change left to nobody from tomorrow on is filled from tomorrow on. */
function name(reservation: Reservation, call: Call, signer: Address | null): void {
  const today = dayOf(call.now)
  const newest = reservation.signers.at(-1)!
  if (newest.signer === null && newest.fromDay === today + 1) newest.signer = signer
  else reservation.signers.push({ fromDay: today + 2, signer })
}

export function approve(state: State, call: Call, id: bigint, to: Address | null): Refusals {
  const reservation = findReservation(state, id)
  if (!reservation || reservation.cancelled) return ["ERC721NonexistentToken"]
  if (call.from !== reservation.holder && !trusts(state, reservation.holder, call.from)) return ["ERC721InvalidApprover"]
  reservation.approved = to
  return []
}

export function setApprovalForAll(state: State, call: Call, operator: Address, value: boolean): Refusals {
  state.operatorsForAll = state.operatorsForAll.filter((entry) => entry.owner !== call.from || entry.operator !== operator)
  if (value) state.operatorsForAll.push({ owner: call.from, operator })
  return []
}

function trusts(state: State, owner: Address, operator: Address): boolean {
  return state.operatorsForAll.some((entry) => entry.owner === owner && entry.operator === operator)
}

/** `accepts`: whether the receiver takes tokens (only asked by the safe form, of contracts). */
export function transfer(state: State, call: Call, from: Address, to: Address, id: bigint, accepts = true): Refusals {
  const reservation = findReservation(state, id)
  if (!reservation || reservation.cancelled) return ["ERC721NonexistentToken"]
  const no: Refusals = []
  const { holder } = reservation
  if (holder !== from) no.push("ERC721IncorrectOwner")
  if (call.from !== holder && call.from !== reservation.approved && !trusts(state, holder, call.from)) no.push("ERC721InsufficientApproval")
  if (!accepts) no.push("ERC721InvalidReceiver")
  if (no.length > 0) return no
  reservation.approved = null
  if (to === holder) return []
  advance(state, reservation, call.now)
  reservation.holder = to
  reservation.refundAskedAt = null
  name(reservation, call, null)
  return []
}

export function askRefund(state: State, call: Call, id: bigint): Refusals {
  const reservation = findReservation(state, id)
  const no = notHolder(reservation, call)
  if (reservation) advance(state, reservation, call.now)
  if (reservation?.owed === 0n) no.push("NothingOwed")
  if (no.length === 0) reservation!.refundAskedAt = call.now
  return no
}

export function takeRefund(state: State, call: Call, id: bigint): Refusals {
  const reservation = findReservation(state, id)
  if (!reservation) return ["UnknownReservation"]
  advance(state, reservation, call.now)
  const no: Refusals = []
  if (reservation.holder !== call.from) no.push("NotHolder")
  if (reservation.owed === 0n) no.push("NothingOwed")
  if (!reservation.cancelled && reservation.refundAskedAt === null) no.push("RefundNotAsked")
  if (!reservation.cancelled && reservation.refundAskedAt !== null && call.now < reservation.refundAskedAt + REFUND_SECONDS) {
    no.push("RefundNotYet")
  }
  if (no.length > 0) return no
  giveOwed(state, reservation)
  reservation.refundAskedAt = null
  return []
}

function giveOwed(state: State, reservation: Reservation): void {
  addCredits(state, state.reservationsContract, -reservation.owed)
  addCredits(state, reservation.holder, reservation.owed)
  reservation.owed = 0n
}

export function cancel(state: State, call: Call, id: bigint): Refusals {
  const reservation = findReservation(state, id)
  if (reservation) advance(state, reservation, call.now)
  const no = notHolder(reservation, call)
  if (!reservation) return no
  const firstDay = Math.max(tomorrow(call.now), reservation.startDay)
  if (firstDay >= reservation.endDay) no.push("NothingToCancel")
  if (no.length === 0) cancelFrom(state, reservation, firstDay, reservation.cancelFeeBps)
  return no
}

export function cancelAgreed(
  state: State,
  call: Call,
  id: bigint,
  firstDay: number,
  operatorBps: number,
  deadline: number,
  signedBy: Address | null,
): Refusals {
  const reservation = findReservation(state, id)
  if (reservation) advance(state, reservation, call.now)
  const no = notHolder(reservation, call)
  if (!reservation) return no
  if (call.now > deadline) no.push("SignatureExpired")
  if (signedBy !== reservation.node) no.push("NotSignedByNode")
  if (call.now >= startOf(firstDay)) no.push("DayBegun")
  if (firstDay < reservation.startDay) no.push("DayOutsideTerm", "DayBegun")
  if (firstDay >= reservation.endDay) no.push("NothingToCancel")
  if (operatorBps > 10_000) no.push("BadQuote")
  if (no.length === 0) cancelFrom(state, reservation, firstDay, operatorBps)
  return no
}

/** The operator's part is a part of all the days left together, rounded once. */
function cancelFrom(state: State, reservation: Reservation, firstDay: number, operatorBps: number): void {
  const left = reservation.days.slice(firstDay - reservation.startDay, reservation.endDay - reservation.startDay)
  let [price, collateral] = [0n, 0n]
  for (const day of left) {
    price += day.price
    collateral += day.collateral
    Object.assign(day, { fate: "cancelled", price: 0n, collateral: 0n })
  }
  const purse = { fate: "cancelled" as const, minutes: 0, price, collateral }
  toOperator(state, reservation, purse, feeIn(price, operatorBps), collateral)
  toToken(reservation, purse, purse.price, 0n)
  reservation.endDay = firstDay
  reservation.cancelled = true
  reservation.refundAskedAt = null
  giveOwed(state, reservation)
}
