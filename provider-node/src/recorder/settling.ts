import { type Address, bytesToHex, dayOf, hexToBytes, packSettlement } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { encodeFunctionData } from "viem"
import { chunks, fateOfLines, type LineFate, type TabFunds, type TabLine } from "./batches.ts"
import type { Head, MarketReader } from "./chain/market-reader.ts"
import type { Outcome, Sender } from "./chain/sender.ts"
import { OLDEST_DAYS } from "./intake.ts"
import type { Logger } from "./log.ts"
import type { OnStep } from "./steps.ts"
import type { RecorderDatabase } from "./store/database.ts"
import type { Marks } from "./store/marks.ts"
import type { DoneTx, Outbox } from "./store/outbox.ts"
import type { ReceiptStore } from "./store/receipts.ts"

/** Seconds of chain time between two submissions for the same closing tab: its signer could otherwise make us pay gas for each credit. */
const CLOSING_EVERY = 600

/** Calldata of a settlement: public pools take transactions of up to 128 KiB, and a group of its own costs a line 26 bytes more. */
const MAX_BYTES = 120_000

export interface SettlingOptions {
  readonly autoSettle: boolean
  readonly settleDelay: number
  readonly settleEvery: number
  readonly minPaid: number
  readonly maxSettleLines: number
  readonly maxGas: number
}

export interface SettlingParts {
  readonly berth: Address
  readonly db: RecorderDatabase
  readonly receipts: ReceiptStore
  readonly marks: Marks
  readonly outbox: Outbox
  readonly sender: Sender
  readonly reader: Pick<MarketReader, "funds">
  readonly log: Logger
  readonly onStep: OnStep
}

/** What a settlement on demand did. */
export interface SettleReport {
  /** Chain day: statements of earlier days were due. */
  readonly today: number
  /** Lines sent, and those left out with why. */
  readonly lines: number
  readonly leftOut: Partial<Record<LineFate, number>>
  readonly transactions: readonly DoneTx[]
}

/** Pays statements: of days that are over, and of tabs that are closing. */
export class Settling {
  readonly #options: SettlingOptions
  readonly #parts: SettlingParts

  constructor(options: SettlingOptions, parts: SettlingParts) {
    this.#options = options
    this.#parts = parts
  }

  /** What is due by itself now; signs and stores transactions. */
  async prepareDue(head: Head): Promise<void> {
    await this.#prepareClosing(head)
    const { marks, receipts } = this.#parts
    const now = Number(head.timestamp)
    const today = dayOf(now)
    if (!this.#options.autoSettle || now - today * 86_400 < this.#options.settleDelay) return
    const looked = marks.get("lookedAt") ?? 0
    if (marks.get("settledDay") === today && now - looked < this.#options.settleEvery) return
    await this.prepare(receipts.openStatements(today), today)
    marks.set("settledDay", today)
    marks.set("lookedAt", now)
    receipts.prune(today - OLDEST_DAYS - 1)
  }

  /** Signs and stores the transactions that settle these lines; lines that would pay nothing are left out. @returns ids of transactions */
  async prepare(
    lines: readonly TabLine[],
    today: number,
  ): Promise<{ ids: number[]; lines: number; leftOut: Partial<Record<LineFate, number>> }> {
    const { paying, leftOut } = await this.#judge(lines, today)
    const ids: number[] = []
    for (const batch of chunks(paying, this.#options.maxSettleLines)) ids.push(...(await this.#send(batch)))
    if (paying.length) this.#parts.log.info({ lines: paying.length, transactions: ids.length, leftOut }, "settling")
    return { ids, lines: paying.length, leftOut }
  }

  /** What paid all that it asks for is done with, by the tab's funds. Whatever else waits again and is looked at anew. */
  async concluded({ tx, mined }: Outcome): Promise<void> {
    const { db, receipts, outbox, log } = this.#parts
    const lines = receipts.statementsOf(tx.id)
    db.transaction(() => {
      receipts.free(tx.id)
      outbox.decided(tx.id, mined)
    })
    await this.#judge(lines, 0).catch((error) =>
      log.warn({ reason: (error as Error).message }, "what a settlement paid is looked at later"),
    )
  }

  /** Which lines would pay now. Those that never will any more are done with. */
  async #judge(
    lines: readonly TabLine[],
    today: number,
  ): Promise<{ readonly paying: readonly TabLine[]; readonly leftOut: Partial<Record<LineFate, number>> }> {
    const { reader, receipts } = this.#parts
    const tabs = [...new Map(lines.map((l) => [`${l.signer}/${l.receipt.node}`, { signer: l.signer, node: l.receipt.node }])).entries()]
    const funds = await reader.funds(tabs.map(([, tab]) => tab))
    const byTab = new Map<string, TabFunds>(tabs.map(([key], i) => [key, funds[i]!]))
    const fates = fateOfLines(lines, (signer, node) => byTab.get(`${signer}/${node}`)!, BigInt(this.#options.minPaid))
    const leftOut: Partial<Record<LineFate, number>> = {}
    for (const { line, fate } of fates) {
      if (fate === "pays") continue
      leftOut[fate] = (leftOut[fate] ?? 0) + 1
      // Underfunded lines pay after a top-up, dust with the next day's: they stay. So does one whose tab is not there: an RPC that lags, or an opening
      // that a reorg takes back for a while, says so too, and a node hands no receipt in twice. It goes when its day is too old to be handed in.
      const old = line.receipt.day < today - OLDEST_DAYS
      if (fate === "stale") receipts.drop(line, "covered")
      if (fate === "unknown_tab" && old) receipts.drop(line, "unknown")
      if (fate === "closed") receipts.drop(line, "closed")
    }
    return { paying: fates.filter((f) => f.fate === "pays").map((f) => f.line), leftOut }
  }

  /** Settles what is due up to the chain's day now, whatever the delay. `all`: the running day's newest receipts too. */
  async prepareNow(head: Head, all: boolean): Promise<{ ids: number[]; lines: number; leftOut: Partial<Record<LineFate, number>> }> {
    const { receipts, outbox } = this.#parts
    const underWay = outbox.pending().filter((tx) => tx.kind === "settle")
    const today = dayOf(head.timestamp)
    const prepared = await this.prepare(receipts.openStatements(all ? today + 2 : today), today)
    return {
      ...prepared,
      ids: [...underWay.map((tx) => tx.id), ...prepared.ids],
      lines: prepared.lines + underWay.reduce((sum, tx) => sum + tx.items, 0),
    }
  }

  async #prepareClosing(head: Head): Promise<void> {
    const { marks, receipts } = this.#parts
    const now = Number(head.timestamp)
    const due = marks.dueClosing(now - CLOSING_EVERY)
    const lines = due.map(({ node, signer }) => receipts.newestOpen(node, signer)).filter((line) => line !== undefined)
    if (lines.length === 0) return
    await this.prepare(lines, dayOf(now))
    for (const { signer, receipt } of lines) marks.closingSettled(receipt.node, signer, now)
  }

  /** Halves a batch that takes more gas or bytes than a transaction may, until it fits. */
  async #send(lines: readonly TabLine[]): Promise<number[]> {
    const { berth, sender, db, receipts, outbox, onStep } = this.#parts
    const batch = bytesToHex(packSettlement(lines))
    const data = hexToBytes(encodeFunctionData({ abi: berthAbi, functionName: "settle", args: [batch] }))
    const tooLong = data.length > MAX_BYTES && lines.length > 1
    const gas = tooLong
      ? undefined
      : await sender.simulate(berth, data).catch((error) => {
          if (lines.length > 1 && /gas/i.test((error as Error).message)) return undefined
          throw error
        })
    if (gas === undefined || (gas > BigInt(this.#options.maxGas) && lines.length > 1)) {
      const half = Math.ceil(lines.length / 2)
      return [...(await this.#send(lines.slice(0, half))), ...(await this.#send(lines.slice(half)))]
    }
    const tx = await sender.sign("settle", berth, data, gas, lines.length)
    onStep("signed")
    const id = db.transaction(() => {
      const id = outbox.add(tx)
      receipts.assignStatements(lines, id)
      return id
    })
    onStep("queued")
    return [id]
  }
}
