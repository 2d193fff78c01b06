import type { Deployment } from "@berth/protocol"
import { bytesToHex } from "@berth/protocol"
import type { Logger } from "pino"
import { privateKeyToAccount } from "viem/accounts"
import { publicClientOf } from "../chain/client.ts"
import { ReservationReader } from "../chain/reservation-reader.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import type { LeaseLoop } from "../lease/lease-loop.ts"
import type { DeskOptions, QuoteDesk } from "../lease/quote-desk.ts"
import type { LeaseTable } from "../lease/table.ts"
import { Sender } from "../recorder/chain/sender.ts"
import { ClaimOutbox, type PendingClaim } from "../store/claim-outbox.ts"
import type { Journal } from "../store/journal.ts"
import { ReservationStore } from "../store/reservation-store.ts"
import type { ReservationBook } from "./book.ts"
import { Claimer } from "./claimer.ts"
import { ReservationDesk } from "./desk.ts"
import { whoMakesWay } from "./make-way.ts"
import type { OnClaimStep } from "./steps.ts"
import { ReservationWatch } from "./watch.ts"

/** What of a node is about reservations. */
export interface ReservationParts {
  readonly book: ReservationBook
  readonly reader: ReservationReader
  readonly watch: ReservationWatch
  readonly desk: ReservationDesk
  readonly claimer: Claimer
}

export interface ReservationPartsModules {
  readonly book: ReservationBook
  readonly chain: ChainWatcher
  readonly journal: Journal
  readonly leases: LeaseTable
  readonly leaseLoop: LeaseLoop
  readonly quotes: QuoteDesk
  readonly deployment: Deployment
  readonly rpcUrls: readonly string[]
  readonly onStep: OnClaimStep
  readonly log: Logger
}

/** Puts them together; nothing is started. */
export function reservationParts(options: DeskOptions, modules: ReservationPartsModules): ReservationParts {
  const { book, chain, journal, leases, leaseLoop, quotes, deployment, rpcUrls, onStep, log } = modules
  const { config, node, privateKey } = options
  const client = publicClientOf(rpcUrls)
  const reader = new ReservationReader(client, deployment)
  const store = new ReservationStore(journal)
  const watch = new ReservationWatch(
    { node, startBlock: BigInt(deployment.startBlock) },
    { chain, reader, book, log, cursor: () => store.cursor },
  )
  const desk = new ReservationDesk(options, { chain, reader, book, watch, quotes, engineUp: () => leaseLoop.engineUp, onStep })
  const outbox = new ClaimOutbox(journal)
  const sender = new Sender<"claim", PendingClaim>({
    ...{ client, outbox, chainId: deployment.chainId, log },
    account: privateKeyToAccount(bytesToHex(privateKey)),
    // Decided where the watch has read the same block: what was mined is then not posted again.
    confirmations: config.confirmations + 1,
    onStep: () => onStep("claimSent"),
  })
  const claimer = new Claimer(
    { everyDays: config.reservations.claimEveryDays },
    { chain, watch, book, reader, outbox, sender, onStep, log },
  )
  watch.onRead.on(() => makeWay({ book, leases, leaseLoop, offers: config.offers, log }))
  return { book, reader, watch, desk, claimer }
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
