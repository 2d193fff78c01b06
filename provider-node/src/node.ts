import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Market } from "@berth/protocol"
import type { Logger } from "pino"
import { BlockLoop } from "./books/block-loop.ts"
import { Handover } from "./books/handover.ts"
import { Ledger } from "./books/ledger.ts"
import type { ClaimFilter, Step } from "./books/steps.ts"
import { publicClientOf } from "./chain/client.ts"
import { type KnownDeployment, readDeployment } from "./chain/deployment.ts"
import { ChainReader } from "./chain/reader.ts"
import { ReservationReader } from "./chain/reservation-reader.ts"
import { ChainWatcher } from "./chain/watcher.ts"
import type { Claimer } from "./claims/claimer.ts"
import { claimerOf, driveClaims } from "./claims/parts.ts"
import type { ClaimStep } from "./claims/steps.ts"
import { monotonicMs } from "./clock.ts"
import { instanceOf, type NodeConfig } from "./config.ts"
import { DiskWatch } from "./disk/disk-watch.ts"
import { ImageKeeper } from "./disk/image-keeper.ts"
import type { Space } from "./disk/judge.ts"
import type { NodeKey } from "./keystore.ts"
import { CloseDesk } from "./lease/close-desk.ts"
import { LeaseDesk } from "./lease/lease-desk.ts"
import { LeaseLoop } from "./lease/lease-loop.ts"
import { Metering } from "./lease/metering.ts"
import { QuoteDesk } from "./lease/quote-desk.ts"
import { LeaseTable } from "./lease/table.ts"
import { lockDirectory } from "./lock.ts"
import { Gater } from "./p2p/gater.ts"
import { createHost, type Host } from "./p2p/host.ts"
import { ReceiptStreams } from "./p2p/receipt.ts"
import { submitReceipts } from "./p2p/records.ts"
import { serveAll } from "./p2p/serve-all.ts"
import { ReservationBook } from "./reservations/book.ts"
import { DeniedDays } from "./reservations/denied-days.ts"
import { type ReservationParts, reservationParts } from "./reservations/parts.ts"
import { DockerRunner } from "./runner/docker/docker-runner.ts"
import type { EngineInfo, Runner } from "./runner/runner.ts"
import { DenialStore } from "./store/denial-store.ts"
import { ImageStore } from "./store/image-store.ts"
import { Journal } from "./store/journal.ts"
import { LeaseStore } from "./store/lease-store.ts"
import { OrderStore } from "./store/order-store.ts"
import { ReceiptStore } from "./store/receipt-store.ts"
import { ReservationStore } from "./store/reservation-store.ts"

/** What a node is started from. */
export interface NodeOptions {
  readonly config: NodeConfig
  readonly key: NodeKey
  readonly log: Logger
  /** Aborted before the node runs: what was begun is given up. Afterwards it does nothing, and `stop` ends the node. */
  readonly signal?: AbortSignal
}

/** What a test may put in the place of the real thing. Production gives none. */
export interface NodeHooks {
  readonly onStep?: (step: Step | ClaimStep) => void
  readonly claimFilter?: ClaimFilter
  readonly runner?: Runner
  /** What the engine's file system is said to have left: a full one can't be had for a test. */
  readonly space?: () => Promise<Space | null>
}

/** A node that runs. */
export interface BerthNode {
  readonly config: NodeConfig
  readonly key: NodeKey
  readonly deployment: KnownDeployment
  readonly engine: EngineInfo
  readonly host: Host
  readonly chain: ChainWatcher
  readonly leases: LeaseTable
  readonly disk: DiskWatch
  readonly images: ImageKeeper
  readonly ledger: Ledger
  readonly leaseLoop: LeaseLoop
  readonly blockLoop: BlockLoop
  readonly quotes: QuoteDesk
  readonly reservations: ReservationParts
  readonly streams: ReceiptStreams
  readonly handover: Handover
  readonly claimer: Claimer
  /** Stops cleanly; containers keep running and are found again by the next start. */
  stop(): Promise<void>
}

/**
 * Puts a node together and starts it: parts are built in order, each from its options and the parts before it, and closed in reverse.
 *
 * @throws the signal's reason when that was aborted before the node ran
 * @example
 * const node = await startNode({ config, key, log })
 * await node.stop()
 */
export async function startNode(options: NodeOptions, hooks: NodeHooks = {}): Promise<BerthNode> {
  const closers: (() => unknown)[] = []
  const close = async () => {
    for (const step of closers.reverse().splice(0)) await step()
  }
  try {
    return await compose(options, hooks, closers, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function compose(
  { config, key, log, signal }: NodeOptions,
  hooks: NodeHooks,
  closers: (() => unknown)[],
  close: () => Promise<void>,
): Promise<BerthNode> {
  const part = (name: string) => log.child({ part: name })
  const untilAborted = abortable(signal)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  closers.push(lockDirectory(config.dataDir, "node"))

  const deployment = readDeployment(config.deployment)
  const market: Market = { chainId: deployment.chainId, contract: deployment.berth }
  const journal = new Journal(join(config.dataDir, "journal.sqlite"), market)
  closers.push(() => journal.close())
  const receipts = new ReceiptStore(journal)
  const orders = new OrderStore(journal)
  const leases = new LeaseTable({ store: new LeaseStore(journal), log: part("lease") })
  const claimFilter = hooks.claimFilter ?? ((_no, ms) => ms)
  const ledger = new Ledger({ market, node: key.address }, { receipts, orders, leases, claimFilter })

  const { engineSocket: socketPath, localRegistries } = config
  const runner = hooks.runner ?? new DockerRunner({ socketPath, localRegistries, instance: instanceOf(config, key.address) })
  closers.push(() => runner.close())
  const engine = await untilAborted(runner.open())

  const images = new ImageKeeper(config.disk, { runner, leases, images: new ImageStore(journal), log: part("disk") })
  const disk = new DiskWatch(config.disk, { runner, leases, images, space: hooks.space ?? (() => runner.space()), log: part("disk") })
  const rpcUrls = rpcUrlsOf(config, deployment)
  const reader = new ChainReader({ rpcUrls, deployment })
  const chain = new ChainWatcher(
    { node: key.address, pollMs: config.chainPollMs, confirmations: config.confirmations },
    { reader, log: part("chain") },
  )
  for (const account of ledger.all()) chain.watch(account.signer)
  closers.push(() => chain.stop())
  await untilAborted(chain.start())

  const options = { config, market, node: key.address, privateKey: key.privateKey }
  const denied = new DeniedDays(config.reservations.serveAnyway, { store: new DenialStore(journal), log: part("reservations") })
  const book = new ReservationBook({ store: new ReservationStore(journal), chain, denied })
  const reservationReader = new ReservationReader(publicClientOf(rpcUrls), deployment)
  const quotes = new QuoteDesk(options, { chain, leases, ledger, reservations: book, reader: reservationReader, disk })
  const desk = new LeaseDesk(options, { chain, leases, ledger, quotes, reservations: book })
  const closes = new CloseDesk(options, { chain, ledger, receipts })
  const leaseLoop = new LeaseLoop(config, { runner, leases, ledger, chain, reservations: book, disk, images, log: part("lease") })
  const metering = new Metering(config, { runner, leases, engineUp: () => leaseLoop.engineUp, log: part("meter") })
  const streams = new ReceiptStreams()
  const blockLoop = new BlockLoop(
    { market, privateKey: key.privateKey, paceMs: config.paceMs, paceMaxMs: config.paceMaxMs },
    {
      chain,
      leases,
      ledger,
      journal,
      receipts,
      peers: streams,
      sample: () => metering.now(),
      onStep: hooks.onStep ?? (() => {}),
      log: part("books"),
    },
  )

  const gater = new Gater(monotonicMs)
  const { listen, announce, maxConnections } = config
  const host = await createHost({ privateKey: key.privateKey, listen, announce, maxConnections, connectionGater: gater.connectionGater })
  const handover = new Handover(config.recorders, {
    receipts,
    chain,
    loop: blockLoop,
    submit: (recorder, rows) => submitReceipts(host, recorder, key.address, rows),
    log: part("records"),
  })
  const reservations = reservationParts(options, {
    ...{ book, chain, reader: reservationReader, journal, leases, leaseLoop, quotes, deployment, log: part("reservations") },
    onStep: hooks.onStep ?? (() => {}),
  })
  const { watch, dayClaims } = reservations
  const claimer = claimerOf(options, {
    ...{ chain, reader, watch, dayClaims, ledger, leases, journal, receipts, orders, deployment, rpcUrls, log: part("claims") },
    onStep: hooks.onStep ?? (() => {}),
  })
  connect({ chain, leases, disk, ledger, leaseLoop, blockLoop, metering, orders, receipts })

  // Before any lease is looked at: whether a reservation covers it is read from the chain.
  closers.push(() => reservations.watch.stop())
  await untilAborted(reservations.watch.start())

  closers.push(() => disk.stop())
  await untilAborted(disk.start())
  closers.push(() => leaseLoop.stop())
  await untilAborted(leaseLoop.start())
  metering.start()
  blockLoop.start()
  closers.push(async () => {
    await metering.stop()
    await blockLoop.stop()
  })
  await serveAll({
    host,
    session: { market, node: key.address, now: () => chain.head?.timestamp },
    desk,
    closes,
    quotes,
    reservations,
    leases,
    ledger,
    leaseLoop,
    blockLoop,
    streams,
    runner,
    gater,
    maxTabs: config.maxTabs,
    log: part("p2p"),
  })
  await host.start()
  closers.push(() => host.stop())
  handover.start()
  closers.push(() => handover.stop())
  closers.push(() => claimer.stop(), driveClaims(claimer, { chain, watch }))
  const parts = { config, key, deployment, engine, host, chain, leases, disk, images, ledger, leaseLoop, blockLoop }
  return { ...parts, quotes, reservations, streams, handover, claimer, stop: close }
}

type Wired = Pick<BerthNode, "chain" | "leases" | "disk" | "ledger" | "leaseLoop" | "blockLoop"> & {
  metering: Metering
  orders: OrderStore
  receipts: ReceiptStore
}

/** Who hears of whom: changes of leases make receipts, signatures and chain state move leases. */
function connect({ chain, leases, disk, ledger, leaseLoop, blockLoop, metering, orders, receipts }: Wired): void {
  metering.onSampled.on(() => leaseLoop.guard())
  disk.onLevel.on((level) => {
    leaseLoop.guard()
    if (level === "critical") leaseLoop.killStopping()
  })
  disk.onWish.on((lease) => void leaseLoop.settle(lease))
  blockLoop.onSigned.on((account) => {
    for (const lease of leases.ofTab(account.tab)) if (lease.live) void leaseLoop.settle(lease)
  })
  leases.onChange.on((lease) => {
    const account = ledger.find(lease.row.deal.tab)
    if (account && lease.state === "ended") blockLoop.urge(account)
  })
  chain.onTab.on((signer) => {
    for (const lease of leases.live()) if (lease.row.deal.signer === signer && lease.state === "paused") void leaseLoop.settle(lease)
  })
  // A tab that is over on chain and here is no longer read at every block, nor kept in memory.
  chain.onHead.on(() => {
    for (const account of ledger.all()) {
      if (chain.seen(account.signer)?.status !== "closed" || ledger.leasesOf(account.tab).some((l) => l.live)) continue
      chain.unwatch(account.signer)
      account.touch(ledger.leasesOf(account.tab), monotonicMs())
      orders.end(account.tab)
      receipts.markOver(account.tab)
      ledger.forget(account.tab)
    }
  })
}

/** Awaits what asks the engine or the chain, which may take long to answer, for no longer than until the signal. */
function abortable(signal?: AbortSignal): <T>(work: Promise<T>) => Promise<T> {
  if (!signal) return (work) => work
  const { promise, reject } = Promise.withResolvers<never>()
  // Nobody may be waiting when it comes.
  promise.catch(() => {})
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener("abort", abort, { once: true })
  return (work) => Promise.race([promise, work])
}

function rpcUrlsOf(config: NodeConfig, deployment: KnownDeployment): readonly string[] {
  if (config.rpcUrls.length > 0) return config.rpcUrls
  if (deployment.rpcUrl) return [deployment.rpcUrl]
  throw new Error(`No RPC endpoint: set rpcUrl, or a deployment whose file has one (${config.deployment} has none).`)
}
