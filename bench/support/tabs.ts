// Both sides' real books, stores and loops for many tabs, without chain, engine and network: what is left is the work per receipt.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type Address,
  addressOfKey,
  bytesToHex,
  dayOf,
  emptyBooks,
  hexToBytes,
  keccakText,
  type Market,
  type Quote,
  quoteDigest,
  tabId,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { ReceiptDown, ReceiptUp, type WireProposal } from "@berth/protocol/wire"
import { BlockLoop } from "../../provider-node/src/books/block-loop.ts"
import { Ledger } from "../../provider-node/src/books/ledger.ts"
import type { LiveLease } from "../../provider-node/src/lease/live-lease.ts"
import { LeaseTable } from "../../provider-node/src/lease/table.ts"
import { Signal } from "../../provider-node/src/signal.ts"
import { Journal } from "../../provider-node/src/store/journal.ts"
import { LeaseStore } from "../../provider-node/src/store/lease-store.ts"
import { OrderStore } from "../../provider-node/src/store/order-store.ts"
import { ReceiptStore } from "../../provider-node/src/store/receipt-store.ts"
import type { SignedReceipt } from "../../tenant-sdk/src/agent/agent.ts"
import { markNow } from "../../tenant-sdk/src/agent/clock.ts"
import { Feed } from "../../tenant-sdk/src/agent/feed.ts"
import { LeaseBook } from "../../tenant-sdk/src/agent/lease-book.ts"
import { signLease } from "../../tenant-sdk/src/agent/lease-terms.ts"
import { TabKeeper } from "../../tenant-sdk/src/agent/tab-keeper.ts"
import type { LeaseRow } from "../../tenant-sdk/src/store/lease-rows.ts"
import { openStore } from "../../tenant-sdk/src/store/store.ts"

const market: Market = { chainId: 31337, contract: "0xb581c9264f59bf0289fa76d61b2d0746dce3c30d" }
const nodeKey = keccakText("bench node")
const node = addressOfKey(nodeKey).toLowerCase() as Address
const tenant = addressOfKey(keccakText("bench tenant")).toLowerCase() as Address
const START = 1_750_000_000n
const silent = { debug() {}, info() {}, warn: fail, error: fail } as never

function fail(...said: unknown[]): void {
  throw new Error(
    `the loop complains: ${JSON.stringify(said, (_, v) => (v instanceof Error ? v.message : typeof v === "bigint" ? `${v}` : v))}`,
  )
}

export interface TabSpec {
  readonly signerKey: Uint8Array
  readonly signer: Address
  readonly tab: `0x${string}`
  readonly leases: readonly LeaseRow[]
}

/** As many tabs of a known tenant, each with `leases` leases. */
export function makeTabs(count: number, leases: number): TabSpec[] {
  const quote: Quote = {
    ...{
      node,
      tenant,
      class: "cpu/x86-64",
      count: 1,
      price: 60_000n,
      meter: 0,
      window: 60_000,
      pause: 120_000,
      stop: 900_000,
      idle: 900_000,
    },
    ...{ startPrice: 0n, pullLimit: 0n, volumePrice: 0n, retention: 60, expires: START + 300n, nonce: keccakText("nonce") },
  }
  const offer = { quote, signature: nativeEcdsa.sign(quoteDigest(market, quote), nodeKey) } as never
  const options = { image: "berth/busybox:local", class: quote.class }
  return Array.from({ length: count }, (_, t) => {
    const signerKey = keccakText(`bench signer ${t}`)
    const signer = addressOfKey(signerKey).toLowerCase() as Address
    const draft = (no: number) => ({ market, offer, signerKey, leaseNo: no, start: START, options })
    const rows = Array.from({ length: leases }, (_, i) =>
      signLease({ ...draft(i + 1), clientId: bytesToHex(keccakText(`client ${t} ${i}`).subarray(0, 16)) }),
    )
    const hourAgo = { ...markNow(), mono: markNow().mono - 3_600_000 }
    return { signerKey, signer, tab: bytesToHex(tabId(market, signer, node)), leases: rows.map((row) => ({ ...row, sent: hourAgo })) }
  })
}

/** A node's block loop over its journal. */
export class NodeSide {
  readonly leases: LeaseTable
  readonly ledger: Ledger
  readonly loop: BlockLoop
  readonly frames = new Map<string, Uint8Array>()
  readonly #dir = mkdtempSync(join(tmpdir(), "berth-bench-node-"))
  readonly #journal: Journal
  readonly #chain = { head: { number: 100n, timestamp: START }, onHead: new Signal<unknown>() }
  #running: LiveLease[] = []
  readonly #expected: number
  #sampledMs = 1_000
  #done = () => {}

  /** @param working how many leases of each tab work; the others have ended */
  constructor(tabs: readonly TabSpec[], working: number) {
    this.#expected = tabs.length
    this.#journal = new Journal(join(this.#dir, "journal.sqlite"), market)
    const receipts = new ReceiptStore(this.#journal)
    this.leases = new LeaseTable({ store: new LeaseStore(this.#journal), log: silent })
    this.ledger = new Ledger(
      { market, node },
      { receipts, orders: new OrderStore(this.#journal), leases: this.leases, claimFilter: (_no, ms) => ms },
    )
    this.loop = new BlockLoop(
      { market, privateKey: nodeKey, paceMs: 0, paceMaxMs: 3_600_000 },
      {
        chain: this.#chain as never,
        ...{ leases: this.leases, ledger: this.ledger, journal: this.#journal, receipts },
        peers: { connected: () => true, send: (tab, wire) => this.#send(tab, wire) },
        sample: async () => this.#sample(),
        onStep: () => {},
        log: silent,
      },
    )
    this.#journal.transaction(() => {
      for (const { tab, signer, leases } of tabs) {
        this.ledger.open(tab, signer, tenant)
        for (const [i, row] of leases.entries()) this.#add(tab, signer, row, i < working)
      }
    })
    this.loop.start()
  }

  #add(tab: `0x${string}`, signer: Address, { leaseId, terms }: LeaseRow, works: boolean): void {
    const deal = {
      ...{ leaseId, tab, signer, terms, privateTerms: { image: "berth/busybox:local" }, startPrice: 0n, pullLimit: 0n, retention: 60 },
      ...{ nodeSignature: new Uint8Array(64), devices: [] },
    }
    const row = { deal, state: "ready" as const, reason: null, detail: "", exitCode: null, endWish: null, imageId: "" }
    const lease = this.leases.add({ ...row, activeMs: 0n, forgivenMs: 0n, endedAt: null, removed: false })
    lease.started()
    lease.interruptMeter()
    this.#running.push(lease)
    if (!works) this.#ending.push(lease)
  }

  readonly #ending: LiveLease[] = []

  /** Ends those that don't work, once both sides have them in their books. */
  endIdle(): void {
    this.#journal.transaction(() => {
      for (const lease of this.#ending) this.leases.change(lease, { state: "ended", reason: "completed", exitCode: 0 })
    })
    this.#running = this.#running.filter((lease) => lease.live)
  }

  /** One block: sample, records, receipts, signatures, one transaction, frames. Resolves when every tab's frame is encoded. */
  async tick(): Promise<ReadonlyMap<string, Uint8Array>> {
    this.frames.clear()
    const sent = new Promise<void>((resolve) => {
      this.#done = resolve
    })
    this.#chain.head = { number: this.#chain.head.number + 1n, timestamp: this.#chain.head.timestamp + 2n }
    this.#chain.onHead.emit(this.#chain.head)
    await sent
    return this.frames
  }

  /** What an agent answered; committed with all others of this turn. */
  answer(tab: `0x${string}`, frame: Uint8Array): void {
    const { countersignature, disagreement } = ReceiptUp.decode(frame)
    if (!countersignature) fail(disagreement)
    else this.loop.countersigned(this.ledger.find(tab)!, countersignature)
  }

  async close(): Promise<void> {
    await this.loop.stop()
    this.#journal.close()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #send(tab: string, proposal: WireProposal): boolean {
    this.frames.set(tab, ReceiptDown.encode({ proposal }))
    if (this.frames.size === this.#expected) this.#done()
    return true
  }

  #sample(): void {
    this.#sampledMs += 100
    const sample = { atMs: this.#sampledMs, cpuNs: BigInt(this.#sampledMs) * 1_000_000n }
    for (const lease of this.#running) lease.meter(sample, this.#sampledMs)
  }
}

/** An agent's keepers over its store; frames come and go through memory. */
export class AgentSide {
  readonly #dir = mkdtempSync(join(tmpdir(), "berth-bench-agent-"))
  readonly #store = openStore(join(this.#dir, "agent.db"), market)
  readonly #keepers: TabKeeper[] = []
  readonly #inbox = new Map<string, (frame: Uint8Array) => void>()
  readonly answers = new Map<`0x${string}`, Uint8Array>()
  #expected = 0
  #done = () => {}

  constructor(tabs: readonly TabSpec[]) {
    for (const { signer, leases } of tabs) {
      const books = emptyBooks(tabId(market, signer, node), node)
      const row = { signer, node, tenant, keystore: "", state: "open" as const, deposit: 10n ** 12n, nextLeaseNo: 2, books, createdAt: 0 }
      this.#store.tabs.insert(row)
      for (const lease of leases) this.#store.leases.insert(lease)
    }
    const modules = {
      ...{ market, store: this.#store, book: new LeaseBook(this.#store.leases), receipts: new Feed<SignedReceipt>(), onStep: () => {} },
      stakeWatch: { isStaked: () => true },
      chain: { today: dayOf(START), refresh: async () => {} } as never,
      log: fail,
    }
    const rows = new Map(this.#store.tabs.all().map((row) => [row.signer, row]))
    for (const { signer, signerKey, tab } of tabs) {
      const keeper = new TabKeeper(rows.get(signer)!, signerKey, this.#line(tab), modules)
      this.#keepers.push(keeper)
      keeper.start()
    }
  }

  /** Takes a tick's frames; resolves when each one's answer is encoded. */
  async take(frames: ReadonlyMap<string, Uint8Array>): Promise<ReadonlyMap<`0x${string}`, Uint8Array>> {
    this.answers.clear()
    this.#expected = frames.size
    const answered = new Promise<void>((resolve) => {
      this.#done = resolve
    })
    for (const [tab, frame] of frames) this.#inbox.get(tab)!(frame)
    await answered
    return this.answers
  }

  async close(): Promise<void> {
    await Promise.all(this.#keepers.map((k) => k.stop()))
    this.#store.close()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #line(tab: `0x${string}`) {
    let greeted = false
    let stop: (reason: unknown) => void = () => {}
    const wait = (signal: AbortSignal) =>
      new Promise<Uint8Array>((resolve, reject) => {
        if (!this.#inbox.has(tab)) signal.addEventListener("abort", () => stop(signal.reason), { once: true })
        this.#inbox.set(tab, resolve)
        stop = reject
      })
    const write = async (frame: Uint8Array) => {
      if (greeted) {
        this.answers.set(tab, frame)
        if (this.answers.size === this.#expected) this.#done()
      }
      greeted = true
    }
    const session = () => ({ signer: hexToBytes(node), expires: 0n, signature: new Uint8Array(64) })
    return { host: { open: async () => ({ wait, write, abort() {} }) }, callee: { node, addresses: [] }, session } as never
  }
}
