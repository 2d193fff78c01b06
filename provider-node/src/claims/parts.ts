import { bytesToHex, type Deployment } from "@berth/protocol"
import type { Logger } from "pino"
import { privateKeyToAccount } from "viem/accounts"
import type { Ledger } from "../books/ledger.ts"
import { publicClientOf } from "../chain/client.ts"
import type { ChainReader } from "../chain/reader.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import type { DeskOptions } from "../lease/quote-desk.ts"
import type { LeaseTable } from "../lease/table.ts"
import { Sender } from "../recorder/chain/sender.ts"
import type { DayClaims } from "../reservations/day-claims.ts"
import type { ReservationWatch } from "../reservations/watch.ts"
import { type ClaimKind, ClaimOutbox, type PendingClaim } from "../store/claim-outbox.ts"
import type { Journal } from "../store/journal.ts"
import type { OrderStore } from "../store/order-store.ts"
import type { ReceiptStore } from "../store/receipt-store.ts"
import { Claimer } from "./claimer.ts"
import { OrderClaims } from "./order-claims.ts"
import type { OnClaimStep } from "./steps.ts"

export interface ClaimPartsModules {
  readonly chain: ChainWatcher
  readonly reader: ChainReader
  readonly watch: ReservationWatch
  readonly dayClaims: DayClaims
  readonly ledger: Ledger
  readonly leases: LeaseTable
  readonly journal: Journal
  readonly receipts: ReceiptStore
  readonly orders: OrderStore
  readonly deployment: Deployment
  readonly rpcUrls: readonly string[]
  readonly onStep: OnClaimStep
  readonly log: Logger
}

/** The claimer of a node. Nothing is started: it works when it is told to. */
export function claimerOf({ config, market, node, privateKey }: DeskOptions, modules: ClaimPartsModules): Claimer {
  const { chain, dayClaims, deployment, journal, log, rpcUrls, onStep } = modules
  const outbox = new ClaimOutbox(journal)
  const sender = new Sender<ClaimKind, PendingClaim>({
    ...{ client: publicClientOf(rpcUrls), outbox, chainId: deployment.chainId, log },
    account: privateKeyToAccount(bytesToHex(privateKey)),
    // Decided when the block up to which the chain is read holds it: what was mined is then not posted again.
    confirmations: config.confirmations + 1,
    onStep: () => onStep("claimSent"),
  })
  const { claimMin } = config.standingOrders
  const order = new OrderClaims({ market, node, privateKey, absentMs: config.pauseMs, claimMin }, modules)
  return new Claimer({ chain, outbox, sender, onStep, log, sources: { days: dayClaims, order } })
}

/**
 * Tells the claimer whenever something may have become due: a look at the reservations succeeded, or a tab with an order was read.
 * @returns a function that ends that
 */
export function driveClaims(claimer: Claimer, { chain, watch }: Pick<ClaimPartsModules, "chain" | "watch">): () => void {
  const offs = [
    watch.onRead.on(() => void claimer.work()),
    chain.onHead.on(() => void claimer.work()),
    chain.onTab.on((signer) => {
      if (chain.seen(signer)?.order) void claimer.work()
    }),
  ]
  void claimer.work()
  return () => {
    for (const off of offs) off()
  }
}
