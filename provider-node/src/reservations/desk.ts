import {
  type Address,
  bytesToHex,
  dayClaimDigest,
  dayOf,
  discounted,
  keccakText,
  listPricePerDay,
  type Market,
  ProtocolError,
  RESERVATION_LIMITS,
  type ReservationQuote,
  recoverAddress,
  reservationCost,
  reservationQuoteDigest,
  reservationQuoteFault,
  termDiscount,
  unpackServed,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import {
  dayClaimFromWire,
  expectSize,
  type ReservationQuoteRequest,
  type ReservationStatus,
  reservationQuoteToWire,
  type SignedDayClaim,
  type SignedReservationQuote,
} from "@berth/protocol/wire"
import type { Hex } from "viem"
import { ChainUnavailable } from "../chain/errors.ts"
import type { ReservationReader } from "../chain/reservation-reader.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import type { OnClaimStep } from "../claims/steps.ts"
import type { OfferConfig } from "../config.ts"
import type { DeskOptions, QuoteDesk } from "../lease/quote-desk.ts"
import type { ReservationBook } from "./book.ts"
import { isReserved, isResolved, minutesOf, type Reservation, reservedOn, type StoredClaim, supersedes, unheardDay } from "./reservation.ts"
import type { ReservationWatch } from "./watch.ts"

export interface ReservationDeskModules {
  readonly chain: ChainWatcher
  readonly reader: ReservationReader
  readonly book: ReservationBook
  readonly watch: ReservationWatch
  readonly quotes: QuoteDesk
  readonly engineUp: () => boolean
  readonly onStep: OnClaimStep
}

/** Claims kept of the same days: they can be told in one; more are a signer's that keeps changing its mind. */
const MAX_CLAIMS = 64

/** Answers what a reservation would cost and how one stands, and takes the claims of its days. Binds this node. */
export class ReservationDesk {
  readonly #options: DeskOptions
  readonly #modules: ReservationDeskModules

  constructor(options: DeskOptions, modules: ReservationDeskModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * A signed quote for days on which the GPUs are free.
   *
   * All quotes of a class that are open at the same time have one nonce, made of how many reservations of the class there are: one of them makes
   * the next reservation, and then the others are void. So each reservation was quoted with all earlier ones in sight, and no day is ever
   * sold twice, whatever was asked for and not bought.
   * @throws ProtocolError `not_offered`, `draining`, `no_capacity`, `chain_unavailable`, `malformed`
   */
  async quote(request: ReservationQuoteRequest): Promise<SignedReservationQuote> {
    expectSize(request.tenant, 20, "tenant")
    const { reservations } = this.#options.config
    if (!reservations.enabled) throw new ProtocolError("not_offered", "this node takes no reservations")
    const offer = this.#modules.quotes.offer(request.class, request.gpus)
    const { term, startDay } = request
    if (term < 1 || term > reservations.maxTermDays)
      throw new ProtocolError("not_offered", `this node takes terms of 1 to ${reservations.maxTermDays} days`, { field: "term" })
    const now = this.#modules.chain.head?.timestamp
    if (now === undefined || !this.#modules.watch.upToDate)
      throw new ProtocolError("chain_unavailable", "this node has not read the chain of today yet and can't tell what is reserved")
    const today = dayOf(now)
    if (startDay < today || startDay > today + RESERVATION_LIMITS.daysAhead)
      throw new ProtocolError("not_offered", `a reservation starts on day ${today} to ${today + RESERVATION_LIMITS.daysAhead}`, {
        field: "startDay",
      })
    this.#expectFree(offer, request)
    const tenant = bytesToHex(request.tenant)
    if (this.#modules.book.isDenier(tenant))
      throw new ProtocolError("not_offered", `${tenant} holds or held a reservation here whose served days are denied`, { field: "tenant" })
    const quote = this.#quoteOf(offer, request, now)
    const fault = reservationQuoteFault(quote, now)
    if (fault) throw new ProtocolError("not_offered", `the contract would refuse ${fault} = ${String(quote[fault])}`, { field: fault })
    await this.#expectCollateral(quote)
    const signature = nativeEcdsa.sign(reservationQuoteDigest(this.#options.market, quote), this.#options.privateKey)
    return reservationQuoteToWire(quote, signature)
  }

  /** How a reservation stands. @throws ProtocolError `no_reservation`, `chain_unavailable` */
  status(id: bigint): ReservationStatus {
    const r = this.#find(id)
    const today = this.#today()
    const freeGpus = this.#modules.quotes.freeUnder(r)
    const reason = !isReserved(r, today)
      ? `it runs from day ${r.startDay} to ${r.endDay - 1}; today is ${today}`
      : this.#modules.quotes.draining
        ? "this node takes no new leases now"
        : this.#modules.engineUp()
          ? (this.#modules.book.denial(r) ?? this.#modules.quotes.diskTrouble(r) ?? "")
          : "this node's container engine does not answer"
    return { ready: reason === "", reason, freeGpus, unheardDay: unheardDay(r, this.#modules.book.claimsOf(r.id), today) }
  }

  /**
   * Takes a claim: on disk before it returns. What says nothing new is answered just so.
   * @throws ProtocolError `no_reservation`, `bad_signature`, `malformed`, `chain_unavailable`, `rate_limited`
   */
  async takeClaim(wire: SignedDayClaim): Promise<ReservationStatus> {
    const { claim, signature } = dayClaimFromWire(wire)
    const r = this.#find(claim.reservation)
    const minutes = minutesIn(claim.served)
    this.#expectDays(r, claim.firstDay, minutes.length)
    const stored: StoredClaim = { reservation: r.id, firstDay: claim.firstDay, minutes, signature }
    if (this.#saysMore(r, stored)) {
      await this.#expectSigner(stored, recoverAddress(nativeEcdsa, dayClaimDigest(this.#options.market, claim), signature))
      // Another one may have come while the chain was asked.
      if (this.#saysMore(r, stored)) this.#keep(stored)
    }
    this.#modules.onStep("claimStored")
    return this.status(claim.reservation)
  }

  #keep(claim: StoredClaim): void {
    const { book } = this.#modules
    const others = book.claimsOf(claim.reservation)
    if (others.filter((other) => overlap(claim, other)).length >= MAX_CLAIMS)
      throw new ProtocolError("rate_limited", `${MAX_CLAIMS} claims of these days wait to be posted already`)
    book.keep(
      claim,
      others.filter((other) => supersedes(claim, other)),
    )
  }

  /** Whether a claim gives some day that can still be paid more than those that are here: a later one that says less changes nothing. */
  #saysMore(r: Reservation, claim: StoredClaim): boolean {
    const others = this.#modules.book.claimsOf(r.id)
    return claim.minutes.some((minutes, i) => {
      const day = claim.firstDay + i
      return !isResolved(r, day) && others.every((other) => (minutesOf(other, day) ?? -1) < minutes)
    })
  }

  #expectDays(r: Reservation, firstDay: number, count: number): void {
    if (count < 1 || count > r.claimPeriod + 1)
      throw new ProtocolError("malformed", `a claim of this reservation has 1 to ${r.claimPeriod + 1} days`, { field: "served" })
    const end = firstDay + count
    if (firstDay < r.startDay || end > r.startDay + r.term)
      throw new ProtocolError("no_reservation", `days ${firstDay} to ${end - 1} are not all of this reservation`, { field: "firstDay" })
    if (end > this.#today()) throw new ProtocolError("no_reservation", `day ${end - 1} is not over`, { field: "served" })
  }

  async #expectSigner({ reservation, firstDay, minutes }: StoredClaim, by: Address | undefined): Promise<void> {
    const signers = await this.#modules.reader.signersOn(reservation, firstDay, minutes.length).catch(asUnavailable)
    const other = signers.findIndex((signer) => signer !== by?.toLowerCase())
    if (other >= 0)
      throw new ProtocolError("bad_signature", `this claim is by ${by ?? "nobody"}; for day ${firstDay + other} signs ${signers[other]}`, {
        field: "signature",
      })
  }

  #expectFree(offer: OfferConfig, { gpus, startDay, term }: ReservationQuoteRequest): void {
    const reservations = this.#modules.book.all()
    for (let day = startDay; day < startDay + term; day++) {
      const free = offer.count - reservedOn(reservations, offer.class, day)
      if (free < gpus)
        throw new ProtocolError("no_capacity", `${Math.max(free, 0)} of ${offer.count} ${offer.class} are free on day ${day}`)
    }
  }

  async #expectCollateral(quote: ReservationQuote): Promise<void> {
    const { collateral } = reservationCost(quote)
    if (collateral === 0n) return
    const lockable = await this.#modules.reader.lockable(this.#options.node).catch(asUnavailable)
    if (lockable < collateral)
      throw new ProtocolError(
        "no_capacity",
        `the stake behind this node covers ${lockable} credits of collateral; this needs ${collateral}`,
      )
  }

  #quoteOf(offer: OfferConfig, { tenant, gpus, startDay, term }: ReservationQuoteRequest, now: bigint): ReservationQuote {
    const { collateralBps, cancelFeeBps, claimPeriodDays, quoteSeconds } = this.#options.config.reservations
    const list = listPricePerDay(offer.price, gpus)
    return {
      node: this.#options.node,
      tenant: bytesToHex(tenant),
      ...{ class: offer.class, gpus, startDay, term, collateralBps, cancelFeeBps },
      pricePerDay: discounted(list, termDiscount(offer.discounts, term)),
      listPricePerDay: list,
      claimPeriod: claimPeriodDays,
      expires: now + BigInt(quoteSeconds),
      nonce: nonceOf(this.#options.market, offer.class, this.#modules.book.all().filter((r) => r.class === offer.class).length),
    }
  }

  #find(id: bigint): Reservation {
    const hex: Hex = `0x${id.toString(16).padStart(64, "0")}`
    const found = this.#modules.book.find(hex)
    if (!found) throw new ProtocolError("no_reservation", `no reservation ${hex} with this node is confirmed on chain`)
    return found
  }

  #today(): number {
    const { today } = this.#modules.book
    if (today === undefined) throw new ProtocolError("chain_unavailable", "the node has not seen the chain yet and can't tell the day")
    return today
  }
}

/** Of the class's next reservation: the same after a restart, and on a machine that has lost its journal. */
function nonceOf({ chainId, contract }: Market, gpuClass: string, made: number): Uint8Array {
  return keccakText(`berth reservation ${chainId} ${contract.toLowerCase()} ${gpuClass} ${made}`)
}

function overlap(a: StoredClaim, b: StoredClaim): boolean {
  return a.firstDay < b.firstDay + b.minutes.length && b.firstDay < a.firstDay + a.minutes.length
}

function minutesIn(served: Uint8Array): number[] {
  try {
    return unpackServed(served)
  } catch (cause) {
    throw new ProtocolError("malformed", (cause as Error).message, { field: "served", cause })
  }
}

function asUnavailable(cause: unknown): never {
  if (cause instanceof ChainUnavailable) throw new ProtocolError("chain_unavailable", "this node can't read the chain now", { cause })
  throw cause
}
