// A node's journal and its handing over, with recorders that say what a test tells them to.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, addressOfKey, bytesToHex, type ErrorCode, keccakText, type Market, ProtocolError } from "@berth/protocol"
import { pino } from "pino"
import { TestTab } from "../../test/support/market.ts"
import { Handover } from "../src/books/handover.ts"
import type { Head } from "../src/chain/reader.ts"
import type { SeenTab } from "../src/chain/watcher.ts"
import { Signal } from "../src/signal.ts"
import { Journal } from "../src/store/journal.ts"
import { LeaseStore } from "../src/store/lease-store.ts"
import { type CountersignedRow, ReceiptStore } from "../src/store/receipt-store.ts"
import { seen } from "./seen.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const nodeKey = keccakText("node")
const node = { key: nodeKey, address: addressOfKey(nodeKey), operator: undefined as never }
/** The day of all receipts of which a test does not say another. */
export const DAY = 20_000

export class HandoverWorld {
  readonly #dir = mkdtempSync(join(tmpdir(), "berth-handover-"))
  readonly #tabs = new Map<string, TestTab>()
  readonly #tried = new Signal<void>()
  readonly #onSigned = new Signal<never>()
  #journal!: Journal
  receipts!: ReceiptStore
  handover!: Handover
  /** The recorder's word on each batch; throws to refuse it. */
  word: (rows: readonly CountersignedRow[], recorder: string) => void = () => {}
  /** Signers whose tabs the node sees closed on chain. */
  closedOnChain: string[] = []
  readonly taken: CountersignedRow[] = []
  /** Requests so far, refused or not. */
  count = 0
  readonly chain = {
    head: { number: 10n, timestamp: BigInt(DAY) * 86_400n } as Head,
    onHead: new Signal<Head>(),
    seen: (_signer: Address): SeenTab | undefined => undefined,
    tab: async (signer: Address) => ({ status: this.closedOnChain.includes(signer) ? "closed" : "open" }) as SeenTab,
  }

  constructor() {
    this.open("one")
  }

  /** The node's process anew, with what is in its journal. */
  async restart(...recorders: string[]): Promise<void> {
    await this.handover.stop()
    this.#journal.close()
    this.open(...recorders)
  }

  private open(...recorders: string[]): void {
    this.#journal = new Journal(join(this.#dir, "journal.sqlite"), market)
    this.receipts = new ReceiptStore(this.#journal)
    const submit = async (recorder: string, rows: readonly CountersignedRow[]) => {
      try {
        this.word(rows, recorder)
        this.taken.push(...rows)
      } finally {
        this.count++
        setImmediate(() => this.#tried.emit())
      }
    }
    const { receipts, chain } = this
    const loop = { onSigned: this.#onSigned as never }
    this.handover = new Handover(recorders, { receipts, chain, loop, submit, log: pino({ level: "silent" }) })
  }

  async close(): Promise<void> {
    await this.handover.stop()
    this.#journal.close()
    rmSync(this.#dir, { recursive: true })
  }

  /** Looks after every request. */
  until(condition: () => boolean): Promise<void> {
    return seen(this.#tried, condition)
  }

  /** A countersigned receipt of block 10, on a new tab that pays or is under a reservation. */
  signed(name: string, reservation?: `0x${string}`): `0x${string}` {
    const tab = new TestTab(market, node, keccakText(name))
    const id = bytesToHex(tab.id)
    const reserved = reservation !== undefined
    const { signer, books } = tab
    this.receipts.saveTab({ tab: id, signer, tenant: signer, books, lastSeq: 0, closeAmount: null, reserved })
    this.#lease(name, tab, reservation)
    this.#tabs.set(id, tab)
    this.signMore(id)
    return id
  }

  /** The next receipt of a tab. */
  signMore(id: string, day = DAY): void {
    const tab = this.#tabs.get(id)!
    const signed = tab.books.seq
    const cumulativeMs = (tab.books.leases.get(1) ?? 0n) + 1_000n
    const { wire } = tab.receipt({ day, block: 10n, usage: [{ leaseNo: 1, cumulativeMs }] })
    this.receipts.addProposal(id, wire.proposal!)
    this.receipts.countersign(id, tab.books, wire.countersignature, signed)
    this.#onSigned.emit(undefined as never)
  }

  #lease(name: string, tab: TestTab, reservation: `0x${string}` | undefined): void {
    const terms = { tab: tab.id, leaseNo: 1, class: "cpu/x86-64", count: 1, price: 0n, meter: 0, start: 1n }
    new LeaseStore(this.#journal).insert({
      deal: {
        ...{ leaseId: bytesToHex(keccakText(`lease ${name}`)), tab: bytesToHex(tab.id), signer: tab.signer },
        terms: { ...terms, window: 1_000, pause: 1_000, stop: 1_000, idle: 1_000 },
        ...{ privateTerms: { image: "busybox" }, startPrice: 0n, pullLimit: 0n, retention: 0 },
        ...{ nodeSignature: new Uint8Array(64), devices: [] },
        ...(reservation && { reservation }),
      },
      ...{ state: "ready", reason: null, detail: "", exitCode: null, endWish: null, imageId: "", activeMs: 0n, forgivenMs: 0n },
      ...{ endedAt: null, removed: false },
    })
  }
}

/**
 * As a recorder answers: it takes the others and names the first that it refused.
 * @param bad tabs, or receipts as `tab/seq`
 */
export function refuse(rows: readonly CountersignedRow[], code: ErrorCode, bad: readonly string[]): void {
  const at = rows.findIndex(({ tab, seq }) => bad.includes(tab) || bad.includes(`${tab}/${seq}`))
  if (at >= 0) throw new ProtocolError(code, "refused", { field: `submit[${at}].signer` })
}
