import { type Address, addressOfKey, amountOf, bytesToHex, formatCredits, reservationId } from "@berth/protocol"
import { SignedQuote } from "@berth/protocol/wire"
import type { Hex } from "viem"
import { balance } from "../actions/balance.ts"
import { claimDays } from "../actions/claimDays.ts"
import { deposit } from "../actions/deposit.ts"
import { stake } from "../actions/stake.ts"
import { standingOrder } from "../actions/standingOrder.ts"
import { withdraw } from "../actions/withdraw.ts"
import { assembleBundle } from "../bill/assemble-bundle.ts"
import { ChainView } from "../chain/chain-view.ts"
import { hexOfId, ReservedReader } from "../chain/reserved.ts"
import { readTab } from "../chain/tabs.ts"
import { type BerthClient, withAgent } from "../client.ts"
import { ProfileKey } from "../keys/profile-key.ts"
import { startHost } from "../p2p/host.ts"
import { openStore } from "../store/store.ts"
import type { Agent, Lease, SignedReceipt, SignedReservation, TabInfo } from "./agent.ts"
import { askAgreedCancel } from "./agreed-cancel.ts"
import { billOf, bundleOf } from "./billing.ts"
import { bindWalletActions } from "./bind-wallet-actions.ts"
import { Feed } from "./feed.ts"
import { followNodes } from "./follow-nodes.ts"
import { describeLease, LeaseBook } from "./lease-book.ts"
import { leaseFiles, leaseLogs, stopLease, watchLeaseRow } from "./lease-io.ts"
import { LeaseWatches } from "./lease-watches.ts"
import type { DayStep, ReservationKeeper } from "./reservation-keeper.ts"
import { LOOK_EVERY_MS, ReservationSet } from "./reservation-set.ts"
import { reservationAuction, reserveSigned } from "./reserving.ts"
import { Runner } from "./runner.ts"
import { Sendings } from "./sendings.ts"
import { STAKE_LOOK_MS, StakeWatch } from "./stake-watch.ts"
import type { Step, TabKeeper } from "./tab-keeper.ts"
import { TabSet, type TabSetModules } from "./tab-set.ts"

/** What an agent is made from: its market, its store and the key that seals it. */
export interface AgentOptions {
  /** With a wallet, when tabs are to be opened; its `agent` is not used. */
  readonly client: BerthClient
  /** The database file; made when it is not there. One agent a file. */
  readonly store: string
  /** 32 secret bytes: seal the signer keys in the store and give the agent its PeerId. The same ones each time. */
  readonly key: Uint8Array
  /** Called at each named moment of the receipt loop; for tests that kill the process there. */
  readonly onStep?: (step: Step | DayStep) => void
  /** Milliseconds between two looks at the nodes of reservations; 20,000 by default. */
  readonly lookMs?: number
  /** Milliseconds between two looks at the stake behind nodes that are paid ahead; 60,000 by default. */
  readonly stakeLookMs?: number
  readonly log?: (level: "info" | "warn", message: string, fields: object) => void
}

const VERSION = "0.1.0"

/**
 * Starts an agent in this process. It goes on countersigning until `shutdown`; when the process dies, the next one on the same store goes on.
 * @throws BerthError `locked` (another agent has the store), `rpc`, `bad_passphrase` (the store was sealed with another key)
 *
 * @example
 * const agent = await startAgent({ client, store: "./agent.db", key })
 * const lease = await run(withAgent(client, agent), { image: "alpine", class: "cpu/x86-64", command: ["echo", "hello"] })
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { client } = options
  const store = openStore(options.store, client.market)
  const cleanups: (() => unknown)[] = [() => store.close()]
  const close = async () => {
    for (const cleanup of cleanups.reverse()) await cleanup()
  }
  try {
    const key = new ProfileKey(options.key)
    const chain = new ChainView(client.publicClient)
    await chain.start()
    cleanups.push(() => chain.stop())
    await client.directory.refresh(client.publicClient, client.deployment)
    const log = options.log ?? (() => {})
    const host = followNodes(await startHost({ key: key.identity }), { client, log })
    cleanups.push(() => host.stop())
    client.useP2p(host)
    const book = new LeaseBook(store.leases)
    const receipts = new Feed<SignedReceipt>()
    const stakeWatch = new StakeWatch({ stakes: client.stakes, book, log }, options.stakeLookMs ?? STAKE_LOOK_MS)
    const modules: TabSetModules = {
      client,
      market: client.market,
      store,
      book,
      chain,
      stakeWatch,
      receipts,
      host,
      key,
      onStep: options.onStep ?? (() => {}),
      log,
    }
    const tabs = new TabSet(modules)
    const watches = new LeaseWatches(modules, tabs)
    const reader = new ReservedReader(client)
    const leasesUp = (id: Hex) =>
      book.running().every((l) => !l.progress.unknown || l.stopAsked !== undefined || bytesToHex(SignedQuote.decode(l.quote).nonce) !== id)
    const reservations = new ReservationSet(
      { ...modules, reader, leasesUp, post: client.wallet && ((claim) => claimDays(client, claim)), onStep: options.onStep ?? (() => {}) },
      options.lookMs ?? LOOK_EVERY_MS,
    )
    const runner = new Runner(modules, tabs, watches, reservations)
    cleanups.push(() => tabs.stop())
    cleanups.push(() => watches.stop())
    cleanups.push(() => runner.stop())
    // Before the first receipt is judged by it.
    await stakeWatch.start()
    cleanups.push(() => stakeWatch.stop())
    await tabs.start()
    await runner.recover()
    reservations.start()
    cleanups.push(() => reservations.stop())
    return agentOver(modules, tabs, runner, reservations, close)
  } catch (error) {
    await close()
    throw error
  }
}

/** The agent's interface over its parts. */
function agentOver(modules: TabSetModules, tabs: TabSet, runner: Runner, reservations: ReservationSet, close: () => Promise<void>): Agent {
  const { client, book, receipts, market } = modules
  const describe = (row: Parameters<typeof describeLease>[0]): Lease => {
    const tab = tabs.get(row.signer)
    const activeMs = tab.books.leases.get(row.leaseNo) ?? 0n
    return describeLease(row, tab.row, { activeMs, amount: amountOf(activeMs, row.terms.price) })
  }
  const onChain = () => tabs.onChain().map((t) => t.row)
  const pieces = (day?: number) => bundleOf(modules, onChain(), tenantOf(tabs, client), day)
  const io = { book, tabs }
  const sendings = new Sendings(modules.store.transactions)
  const agent: Agent = {
    ...bindWalletActions(client),
    info: async () => ({
      pid: process.pid,
      tenant: client.wallet?.account.address,
      chainId: market.chainId,
      contract: market.contract,
      version: VERSION,
      now: modules.chain.now,
    }),
    quotes: (options) => runner.auction(options),
    run: async (options, hooks) => describe(await runner.run(options, hooks?.onProgress ?? (() => {}), hooks?.signal)),
    leases: async (options) => (options?.all ? book.all() : book.running()).map(describe),
    lease: async (ref) => describe(book.find(ref)),
    async *watch(ref, options) {
      for await (const row of watchLeaseRow(book, book.find(ref).leaseId, options?.signal)) yield describe(row)
    },
    logs: (ref, options) => leaseLogs(io, ref, options),
    files: (ref, path, options) => leaseFiles(io, ref, path, options?.signal),
    stop: async (ref) => describe(await stopLease(io, ref, "stop")),
    resume: async (ref) => describe(await stopLease(io, ref, "resume")),
    tabs: () => Promise.all(tabs.onChain().map((tab) => tabInfo(modules, tab))),
    receipts: (options) => receipts.stream(options?.signal),
    async openTab({ node, amount, standingOrder }) {
      const tab = await tabs.openOnce(node, amount, standingOrder)
      return { signer: tab.row.signer, deposit: tab.row.deposit }
    },
    standingOrder: ({ tab }) => standingOrder(client, tabs.find(tab).row),
    reservationQuotes: (options) => reservationAuction(client, options),
    async reserve(options) {
      const { node, nonce } = options.quote
      // Before it is made: then no crash in between leaves a reservation that nobody looks after.
      if (options.signer === undefined) reservations.add(reservationId(node, nonce), node)
      const made = await reserveSigned(client, modules.key, options)
      void reservations.look()
      return made
    },
    reservationSigner: async ({ id }) => ({ signer: addressOfKey(modules.key.reservationSigner(id)) }),
    agreedCancel: (options) => askAgreedCancel({ ...modules, reader: reservations.reader }, options),
    async topUp({ tab, amount, id }) {
      const keeper = tabs.find(tab)
      const { signer, node } = keeper.row
      return sendings.once(id, `topping up tab ${signer} with ${formatCredits(amount)}`, (once) =>
        tabs.alone(node, () => tabs.topUp(keeper, amount, once)),
      )
    },
    closeTab: async ({ tab, timed }) => (timed ? tabs.requestClose(tabs.find(tab)) : tabs.close(tabs.find(tab))),
    finishClose: ({ tab }) => tabs.finishClose(tabs.find(tab)),
    balance: () => balance(withAgent(client, agent)),
    deposit: ({ amount, to, id }) =>
      sendings.once(id, `depositing ${formatCredits(amount)} to ${to ?? "itself"}`, (once) =>
        deposit(client, { amount, ...(to && { to }), once }),
      ),
    withdraw: ({ amount, to, id }) =>
      sendings.once(id, `withdrawing ${formatCredits(amount)} to ${to ?? "itself"}`, (once) =>
        withdraw(client, { amount, ...(to && { to }), once }),
      ),
    stake: ({ amount, id }) => sendings.once(id, `staking ${formatCredits(amount)}`, (once) => stake(client, { amount, once })),
    bill: (options) =>
      billOf(
        modules,
        tabs.all().map((t) => t.row),
        signersOf(tabs),
        options?.day,
      ),
    bundle: (options) => pieces(options?.day),
    exportBundle: (options) => assembleBundle(pieces(options?.day)),
    reservations: async () => reservations.all().map(describeReservation),
    async signFor({ id, node }) {
      return { signer: reservations.add(id, node).signer }
    },
    signDays: async ({ id }) => (await reservations.findNow(hexOfId(id))).signOpenDays(),
    async stopSigning({ id, undo }) {
      const keeper = await reservations.findNow(hexOfId(id))
      const signed = keeper.beSilent(undo !== true)
      if (undo) void reservations.look()
      return { silent: keeper.silent, signed }
    },
    shutdown: close,
  }
  return agent
}

function describeReservation(keeper: ReservationKeeper): SignedReservation {
  const { row, signer, reserved, missing, heldBack, silent, isLive: live } = keeper
  const onChain = reserved && { class: reserved.class, gpus: reserved.gpus, startDay: reserved.startDay, endDay: reserved.endDay }
  return { id: row.id, node: row.node, signer, onChain, live, silent, missing, heldBack, days: keeper.days() }
}

function signersOf(tabs: TabSet): Address[] {
  return tabs.onChain().map((t) => t.row.signer)
}

function tenantOf(tabs: TabSet, client: BerthClient): Address {
  return tabs.all()[0]?.row.tenant ?? client.wallet?.account.address ?? "0x0000000000000000000000000000000000000000"
}

async function tabInfo({ client, book }: TabSetModules, tab: TabKeeper): Promise<TabInfo> {
  const { row, books, connected, dispute } = tab
  const chain = await readTab(client, row)
  const running = book.running(row.signer)
  return {
    signer: row.signer,
    node: row.node,
    state: row.state === "open" && chain.closeRequestedAt > 0 ? "closing" : row.state,
    deposit: chain.deposit,
    spent: chain.spent,
    used: books.used,
    amount: books.amount,
    seq: books.seq,
    running: running.length,
    ratePerHour: running.reduce((sum, l) => sum + l.terms.price * BigInt(l.terms.count), 0n),
    connected,
    closeRequestedAt: chain.closeRequestedAt,
    dispute,
  }
}
