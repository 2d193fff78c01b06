import type { Deployment } from "@berth/protocol"
import type { Logger } from "pino"
import type { ReservationReader } from "../chain/reservation-reader.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import type { OnClaimStep } from "../claims/steps.ts"
import type { LeaseLoop } from "../lease/lease-loop.ts"
import type { DeskOptions, QuoteDesk } from "../lease/quote-desk.ts"
import type { LeaseTable } from "../lease/table.ts"
import type { Journal } from "../store/journal.ts"
import { ReservationStore } from "../store/reservation-store.ts"
import type { ReservationBook } from "./book.ts"
import { CancelDesk } from "./cancel-desk.ts"
import { DayClaims } from "./day-claims.ts"
import { ReservationDesk } from "./desk.ts"
import { whoMakesWay } from "./make-way.ts"
import { ReservationWatch } from "./watch.ts"

/** What of a node is about reservations. */
export interface ReservationParts {
  readonly book: ReservationBook
  readonly reader: ReservationReader
  readonly watch: ReservationWatch
  readonly desk: ReservationDesk
  readonly cancels: CancelDesk
  readonly dayClaims: DayClaims
}

export interface ReservationPartsModules {
  readonly book: ReservationBook
  readonly chain: ChainWatcher
  readonly reader: ReservationReader
  readonly journal: Journal
  readonly leases: LeaseTable
  readonly leaseLoop: LeaseLoop
  readonly quotes: QuoteDesk
  readonly deployment: Deployment
  readonly onStep: OnClaimStep
  readonly log: Logger
}

/** Puts them together; nothing is started. */
export function reservationParts(options: DeskOptions, modules: ReservationPartsModules): ReservationParts {
  const { book, chain, reader, journal, leases, leaseLoop, quotes, deployment, onStep, log } = modules
  const { config, node } = options
  const store = new ReservationStore(journal)
  const watch = new ReservationWatch(
    { node, startBlock: BigInt(deployment.startBlock) },
    { chain, reader, book, log, cursor: () => store.cursor },
  )
  const desk = new ReservationDesk(options, { chain, reader, book, watch, quotes, engineUp: () => leaseLoop.engineUp, onStep })
  const cancels = new CancelDesk(options, { chain, book })
  const dayClaims = new DayClaims({ everyDays: config.reservations.claimEveryDays }, { watch, book, reader })
  watch.onRead.on(() => makeWay({ book, leases, leaseLoop, offers: config.offers, log }))
  return { book, reader, watch, desk, cancels, dayClaims }
}

interface WayModules extends Pick<ReservationPartsModules, "book" | "leases" | "leaseLoop" | "log"> {
  readonly offers: DeskOptions["config"]["offers"]
}

/** The holder of today finds its GPUs free, and leases of a reservation that is over end. */
function makeWay({ book, leases, leaseLoop, offers, log }: WayModules): void {
  for (const offer of offers) {
    const paying = leases.payingAsTheyGo(offer.class).filter((lease) => !lease.endWish)
    const counted = paying.map((lease) => ({ lease, count: lease.row.deal.terms.count }))
    for (const { lease } of whoMakesWay(counted, offer.count - book.reservedToday(offer.class))) {
      log.info({ lease: lease.id, class: offer.class }, "a lease makes way for a reservation")
      leases.wishEnd(lease, "made_way")
      void leaseLoop.settle(lease)
    }
  }
  for (const lease of leases.live()) if (!book.covers(lease)) void leaseLoop.settle(lease)
}
