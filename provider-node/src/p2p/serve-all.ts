import type { Libp2p } from "@libp2p/interface"
import type { Logger } from "pino"
import type { BlockLoop } from "../books/block-loop.ts"
import type { Ledger } from "../books/ledger.ts"
import { monotonicMs } from "../clock.ts"
import type { CloseDesk } from "../lease/close-desk.ts"
import type { LeaseDesk } from "../lease/lease-desk.ts"
import type { LeaseLoop } from "../lease/lease-loop.ts"
import type { QuoteDesk } from "../lease/quote-desk.ts"
import type { LeaseTable } from "../lease/table.ts"
import type { Runner } from "../runner/runner.ts"
import { filesProtocol } from "./files.ts"
import type { Gater } from "./gater.ts"
import { NODE_HELD } from "./host.ts"
import { leaseProtocol } from "./lease.ts"
import { logsProtocol } from "./logs.ts"
import { quoteProtocol } from "./quote.ts"
import { RateLimit } from "./rate-limit.ts"
import { type ReceiptStreams, receiptProtocol } from "./receipt.ts"
import { type ReservationDesks, reservationProtocol } from "./reservation.ts"
import { serve } from "./serve.ts"
import type { SessionRules } from "./session.ts"

export interface ServeAllModules {
  readonly host: Libp2p
  readonly session: SessionRules
  readonly desk: LeaseDesk
  readonly closes: CloseDesk
  readonly quotes: QuoteDesk
  readonly reservations: Omit<ReservationDesks, "session">
  readonly leases: LeaseTable
  readonly ledger: Ledger
  readonly leaseLoop: LeaseLoop
  readonly blockLoop: BlockLoop
  readonly streams: ReceiptStreams
  readonly runner: Runner
  readonly gater: Gater
  readonly maxTabs: number
  readonly log: Logger
}

/** Below the host's own limit, which closes without a word: whoever comes too many is told so. */
const MAX_SERVED = NODE_HELD.maxStreams - 300

/** Registers every protocol that a node answers. */
export async function serveAll(modules: ServeAllModules): Promise<void> {
  const { host, session, desk, closes, quotes, reservations, leases, ledger, leaseLoop, blockLoop } = modules
  const { streams, runner, gater, maxTabs, log } = modules
  const serving = { host, rates: new RateLimit(monotonicMs), gater, open: { count: 0, max: MAX_SERVED }, log }
  await serve(quoteProtocol(quotes), serving)
  await serve(reservationProtocol({ ...reservations, session }), serving)
  await serve(
    leaseProtocol({
      session,
      desk,
      closes,
      leases,
      loop: leaseLoop,
      onOpened: (lease) => {
        void leaseLoop.settle(lease)
        const account = ledger.find(lease.row.deal.tab)
        if (account) blockLoop.urge(account)
      },
    }),
    serving,
  )
  await serve(receiptProtocol(streams, { session, desk, leases, loop: blockLoop, maxTabs, log }), serving)
  await serve(logsProtocol({ session, leases, runner }), serving)
  await serve(filesProtocol({ session, leases, runner }), serving)
}
