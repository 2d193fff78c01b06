import { type Address, addressOfKey, digestOf, emptyBooks, formatCredits, recoverAddress, tabId } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import type { Hex } from "viem"
import { closeTab } from "../actions/closeTab.ts"
import { finishClose } from "../actions/finishClose.ts"
import { openTab } from "../actions/openTab.ts"
import { requestClose } from "../actions/requestClose.ts"
import type { StandingOrderTerms } from "../actions/standingOrder.ts"
import { topUp } from "../actions/topUp.ts"
import { readTab } from "../chain/tabs.ts"
import type { Once } from "../chain/transact.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import type { ProfileKey } from "../keys/profile-key.ts"
import type { P2pHost } from "../p2p/host.ts"
import { askLease } from "../p2p/lease.ts"
import { SessionKeeper } from "../p2p/session.ts"
import type { TabRow } from "../store/tab-rows.ts"
import { type KeeperModules, TabKeeper } from "./tab-keeper.ts"

/** How long a node's signature on a close is asked to be good for, seconds of chain time. */
const CLOSE_LIFE = 3_600n

export interface TabSetModules extends KeeperModules {
  readonly client: BerthClient
  readonly host: P2pHost
  readonly key: ProfileKey
}

/** The agent's tabs: opens, funds and closes them, and keeps a receipt stream to each one's node. */
export class TabSet {
  readonly #m: TabSetModules
  readonly #keepers = new Map<Address, TabKeeper>()
  readonly #keys = new Map<Address, Uint8Array>()
  readonly #opening = new Map<string, Promise<TabKeeper>>()
  /** The end of what is being done with each node's tabs. */
  readonly #queues = new Map<Address, Promise<unknown>>()

  constructor(modules: TabSetModules) {
    this.#m = modules
    for (const row of modules.store.tabs.all()) this.#keep(row, modules.key.open(row.keystore))
  }

  all(): TabKeeper[] {
    return [...this.#keepers.values()]
  }

  /** Those with a deposit: without the books of reservations. */
  onChain(): TabKeeper[] {
    return this.all().filter((t) => t.row.state !== "reserved")
  }

  get(signer: Address): TabKeeper {
    return this.#keepers.get(signer)!
  }

  keyOf(signer: Address): Uint8Array {
    return this.#keys.get(signer)!
  }

  /** The tab that new leases with a node go on, if there is one. */
  openWith(node: Address): TabKeeper | undefined {
    return this.all().find((t) => t.row.node === node.toLowerCase() && t.row.state === "open")
  }

  /** A tab by a beginning of its signer's or node's address. */
  find(ref: string): TabKeeper {
    const wanted = ref.toLowerCase().replace(/^0x/, "")
    const starts = (a: Address) => a.slice(2).startsWith(wanted)
    const bySigner = this.onChain().filter((t) => starts(t.row.signer))
    const found = bySigner.length > 0 ? bySigner : this.onChain().filter((t) => starts(t.row.node) && t.row.state !== "closed")
    if (found.length === 1) return found[0]!
    if (found.length === 0) throw new BerthError("no_tab", `there is no tab "${ref}"`, { hint: "berth tabs lists them" })
    throw new BerthError("ambiguous", `"${ref}" names ${found.length} tabs`, { hint: "write more of its signer's address" })
  }

  /** Compares the store with the chain (an opening that was cut short, a close that went through) and starts the streams. */
  async start(): Promise<void> {
    await Promise.all(this.all().map((tab) => this.sync(tab)))
    for (const tab of this.all()) {
      const { state, signer } = tab.row
      if (state === "open" || state === "closing" || (state === "reserved" && this.#m.book.running(signer).length > 0)) tab.start()
    }
  }

  async sync(tab: TabKeeper): Promise<void> {
    const { row } = tab
    const { state } = row
    if (state === "closed" || state === "reserved") return
    const chain = await readTab(this.#m.client, row)
    if (chain.state === "closed") {
      tab.change({ state: "closed", deposit: chain.deposit })
      await tab.stop()
    } else if (chain.state === "open") {
      const next = state === "lost" ? "lost" : chain.closeRequestedAt > 0 ? "closing" : "open"
      if (next !== state || chain.deposit !== row.deposit) tab.change({ state: next, deposit: chain.deposit })
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.all().map((t) => t.stop()))
  }

  /** Does something with the tabs of one node while nobody else puts money into them: what one has counted stays true until it is done. */
  alone<T>(node: Address, work: () => Promise<T>): Promise<T> {
    const key = node.toLowerCase() as Address
    const mine = (this.#queues.get(key) ?? Promise.resolve()).then(work)
    const done = mine.catch(() => {}).then(() => void (this.#queues.get(key) === done && this.#queues.delete(key)))
    this.#queues.set(key, done)
    return mine
  }

  /** `open` as somebody asks for it by hand, in its turn. Asked again while it is under way, it is the same opening. */
  openOnce(node: Address, amount: bigint, order?: StandingOrderTerms): Promise<TabKeeper> {
    const key = [node.toLowerCase(), amount, order?.base, order?.cap, order?.rate, order?.from, order?.until].join()
    const running = this.#opening.get(key)
    if (running) return running
    const made = this.alone(node, () => this.open(node, amount, order)).finally(() => this.#opening.delete(key))
    this.#opening.set(key, made)
    return made
  }

  /** Opens a tab with a fresh signer, or finishes the opening that a crash cut short. Within `alone` only. */
  async open(at: Address, amount: bigint, standingOrder?: StandingOrderTerms): Promise<TabKeeper> {
    const node = at.toLowerCase() as Address
    const half = this.all().find((t) => t.row.node === node && t.row.state === "opening")
    const tenant = walletOf(this.#m.client).account.address.toLowerCase() as Address
    const tab = half ?? this.#create({ node, tenant, signerKey: secp256k1.utils.randomSecretKey(), state: "opening", deposit: amount })
    if (half) await this.sync(half)
    if (tab.row.state === "opening") {
      await openTab(this.#m.client, { node, amount, signerKey: this.keyOf(tab.row.signer), standingOrder })
      tab.change({ state: "open", deposit: amount })
      this.#m.log("info", "tab opened", { node, signer: tab.row.signer, amount: formatCredits(amount) })
    }
    tab.start()
    return tab
  }

  /** The books of work under a reservation: kept like a tab's, with no deposit and no tab on chain. */
  reserved(node: Address, tenant: Address, signerKey: Uint8Array): TabKeeper {
    return this.#keepers.get(addressOfKey(signerKey)) ?? this.#create({ node, tenant, signerKey, state: "reserved", deposit: 0n })
  }

  /** Within `alone` only. The deposit is then what the contract says that it is. */
  async topUp(tab: TabKeeper, amount: bigint, once?: Once): Promise<{ hash: Hex }> {
    const { signer, node } = tab.row
    const { hash, deposit } = await topUp(this.#m.client, { signer, node, amount, once })
    // What is asked for again may have come before others.
    if (deposit > tab.row.deposit) tab.change({ deposit })
    return { hash }
  }

  /**
   * By agreement: asks the node to sign the final amount, and closes. It may be what was countersigned as used, or what the chain has paid when that is
   * more: then a receipt was settled that paid ahead of work, or the node has claimed under the tab's order, and the contract closes at no less.
   */
  async close(tab: TabKeeper): Promise<{ hash: Hex; amount: bigint; used: bigint }> {
    const { signer, node } = tab.row
    const { used } = tab.books
    this.#expectIdle(tab)
    const deadline = this.#m.chain.now + CLOSE_LIFE
    const { close } = await askLease(tab.line, { close: { deadline } })
    if (!close) throw new BerthError("malformed", `node ${node} answered a close with no signature`)
    // Read after the node's answer, and by ourselves: it can't have seen more.
    const { spent } = await readTab(this.#m.client, tab.row)
    if (close.amount > used && close.amount > spent) {
      const known = `${formatCredits(used)} was signed as used and ${formatCredits(spent)} is paid`
      throw new BerthError("overclaim", `node ${node} asks ${formatCredits(close.amount)} to close; ${known}`, {
        hint: "close without it: berth close --timed",
      })
    }
    const digest = digestOf(this.#m.market, "TabClose", { signer, node, amount: close.amount, deadline: close.deadline })
    if (recoverAddress(nativeEcdsa, digest, close.signature) !== node)
      throw new BerthError("bad_signature", `the close is not signed by node ${node}`)
    const { hash } = await closeTab(this.#m.client, { signer, node, agreement: close })
    await tab.stop()
    tab.change({ state: "closed" })
    return { hash, amount: close.amount, used }
  }

  /** Without the node's help, so also when it is gone and can't be told to stop what it may still run: the request ends that. */
  async requestClose(tab: TabKeeper): Promise<{ hash: Hex }> {
    if (tab.connected) this.#expectIdle(tab)
    for (const lease of this.#m.book.running(tab.row.signer)) this.#m.book.stopAsked(lease.leaseId)
    const done = await requestClose(this.#m.client, tab.row)
    tab.change({ state: "closing" })
    return done
  }

  async finishClose(tab: TabKeeper): Promise<{ hash: Hex }> {
    const done = await finishClose(this.#m.client, tab.row)
    await tab.stop()
    tab.change({ state: "closed" })
    for (const lease of this.#m.book.running(tab.row.signer))
      this.#m.book.gone(lease.leaseId, "expired", "its tab was closed without its node")
    return done
  }

  #expectIdle(tab: TabKeeper): void {
    const running = this.#m.book.running(tab.row.signer).length
    if (running > 0)
      throw new BerthError("usage", `${running} leases still run on the tab with node ${tab.row.node}`, {
        hint: "stop them first: berth stop",
      })
  }

  /** The key is on the disk before anything is sent that needs it. */
  #create({ signerKey, ...made }: Pick<TabRow, "node" | "tenant" | "state" | "deposit"> & { signerKey: Uint8Array }): TabKeeper {
    const { market, store, key } = this.#m
    const signer = addressOfKey(signerKey)
    const row: TabRow = {
      ...made,
      signer,
      keystore: key.seal(signerKey),
      nextLeaseNo: 1,
      books: emptyBooks(tabId(market, signer, made.node), made.node),
      createdAt: Date.now(),
    }
    store.tabs.insert(row)
    return this.#keep(row, signerKey)
  }

  #keep(row: TabRow, signerKey: Uint8Array): TabKeeper {
    const { client, market, host, chain } = this.#m
    const session = new SessionKeeper({ market, signer: row.signer, node: row.node, signerKey, peer: host.peer })
    const line = {
      host,
      // Read at each call: a node may move.
      get callee() {
        return { node: row.node, addresses: client.directory.get(row.node)?.addresses ?? [] }
      },
      session: () => session.proof(chain.now),
    }
    const keeper = new TabKeeper(row, signerKey, line, this.#m)
    this.#keepers.set(row.signer, keeper)
    this.#keys.set(row.signer, signerKey)
    return keeper
  }
}
