import {
  amountBetween,
  type BundleStatement,
  type BundleTab,
  bytesToHex,
  type ComputeRecord,
  DayTree,
  hexToBytes,
  type Market,
  nobleEcdsa,
  publicTermsHash,
  receiptDigest,
  recordsHashOf,
  recoverAddress,
  type TermsLeaf,
  tabBlockRoot,
  tabId,
  windowAmount,
} from "@berth/protocol"
import type { Finding } from "./finding.ts"

/** A receipt as the bundle makes it again: what a settlement or an anchor may name. */
export interface Rebuilt {
  readonly day: number
  readonly seq: number
  readonly block: bigint
  readonly gpuMs: bigint
  readonly used: bigint
  readonly terms: readonly TermsLeaf[]
  readonly records: readonly ComputeRecord[]
}

/** From which receipt to which a bundle shows a lease. */
export interface LeaseSpan {
  readonly openedSeq: number
  /** Of its last record; of its opening when it has none. */
  readonly lastSeq: number
  readonly lastBlock: bigint
  readonly worked: boolean
  /** Credits of one window. */
  readonly window: bigint
  /** Milliseconds that its terms let it be without work, and paused, before it is ended. */
  readonly restMs: number
}

export interface CheckedTab {
  readonly findings: Finding[]
  /** Every countersigned receipt by its recordsHash. */
  readonly byHash: ReadonlyMap<string, Rebuilt>
  readonly bySeq: ReadonlyMap<number, Rebuilt>
  readonly leases: readonly LeaseSpan[]
}

/** Recomputes a tab's bundle from nothing but itself: amounts, leaves, trees, hashes, signatures, the chain of days. Pure. */
export function checkTab(market: Market, tab: BundleTab): CheckedTab {
  const walk = new TabWalk(market, tab)
  for (const statement of tab.statements) walk.statement(statement)
  return {
    findings: walk.findings,
    byHash: walk.byHash,
    bySeq: walk.bySeq,
    leases: [...walk.spans.values()],
  }
}

type Place = { day?: number; seq?: number; block?: bigint; leaseNo?: number; expected?: unknown; actual?: unknown }

class TabWalk {
  readonly findings: Finding[] = []
  readonly byHash = new Map<string, Rebuilt>()
  readonly bySeq = new Map<number, Rebuilt>()
  readonly spans = new Map<number, LeaseSpan>()
  readonly #market: Market
  readonly #tab: BundleTab
  readonly #id: Uint8Array
  readonly #terms: Map<number, BundleTab["terms"][number]>
  readonly #leases = new Map<number, bigint>()
  #seq = 0
  #lastBlock = 0n
  #day = 0
  #used = 0n
  #gpuMs = 0n
  #previousDay: `0x${string}` = `0x${"0".repeat(64)}`
  #lastRecord = { block: 0n, leaseNo: 0 }

  constructor(market: Market, tab: BundleTab) {
    this.#market = market
    this.#tab = tab
    this.#id = tabId(market, tab.signer, tab.node)
    this.#terms = new Map(tab.terms.map((t) => [t.leaseNo, t]))
  }

  statement(s: BundleStatement): void {
    const at = { day: s.day, seq: s.seq }
    if (s.day <= this.#day && this.#day > 0) this.#error("order", `day ${s.day} does not come after day ${this.#day}`, at)
    this.#day = s.day
    this.#expect("chain-of-days", "the hash of the day before", this.#previousDay, s.previousDayRecordsHash, at)
    let tree = DayTree.empty()
    for (const block of s.blocks) {
      const { terms, records } = this.#block(s.day, block)
      tree = tree.append(tabBlockRoot(this.#id, block.seq, terms, records))
      const opening = {
        tab: this.#id,
        seq: block.seq,
        block: block.block,
        used: this.#used,
        treeSize: tree.size,
        treeRoot: tree.root(),
        previousDayRecordsHash: hexToBytes(this.#previousDay),
      }
      const rebuilt = { day: s.day, seq: block.seq, block: block.block, gpuMs: this.#gpuMs, used: this.#used, terms, records }
      this.byHash.set(bytesToHex(recordsHashOf(opening)), rebuilt)
      this.bySeq.set(block.seq, rebuilt)
    }
    this.#totals(s, tree)
    this.#signatures(s)
    this.#previousDay = s.recordsHash
  }

  #block(day: number, block: BundleStatement["blocks"][number]): { terms: TermsLeaf[]; records: readonly ComputeRecord[] } {
    const at = { day, seq: block.seq, block: block.block }
    if (block.seq <= this.#seq) this.#error("order", `receipt ${block.seq} does not come after receipt ${this.#seq}`, at)
    if (block.block < this.#lastBlock) this.#error("order", `receipt ${block.seq} is of a block before that of receipt ${this.#seq}`, at)
    this.#seq = block.seq
    this.#lastRecord = { block: this.#lastBlock, leaseNo: 0 }
    this.#lastBlock = block.block
    const terms: TermsLeaf[] = []
    for (const leaseNo of block.terms) {
      const t = this.#terms.get(leaseNo)
      if (!t || this.#leases.has(leaseNo)) {
        this.#error(
          "terms",
          `receipt ${block.seq} opens lease ${leaseNo}, ${t ? "which was opened before" : "whose terms are not in the bundle"}`,
          { ...at, leaseNo },
        )
        continue
      }
      this.#leases.set(leaseNo, 0n)
      const span = { openedSeq: block.seq, lastSeq: block.seq, lastBlock: block.block, worked: false }
      this.spans.set(leaseNo, { ...span, window: windowAmount(t.window, t.count, t.price), restMs: t.idle + t.stop })
      terms.push({ leaseNo, publicTermsHash: publicTermsHash({ ...t, tab: this.#id }) })
    }
    for (const record of block.records) this.#record(record, at)
    return { terms, records: block.records }
  }

  /** The amount to the micro-dollar: what the lease's total grew by at the signed price. */
  #record(record: ComputeRecord, receipt: { day: number; seq: number; block: bigint }): void {
    const at = { ...receipt, block: record.block, leaseNo: record.leaseNo }
    const terms = this.#terms.get(record.leaseNo)
    const before = this.#leases.get(record.leaseNo)
    const name = `the record of lease ${record.leaseNo} at block ${record.block} in receipt ${receipt.seq}`
    const last = this.#lastRecord
    if (record.block > receipt.block || record.block < last.block || (record.block === last.block && record.leaseNo <= last.leaseNo))
      this.#error("order", `${name} is out of order`, at)
    this.#lastRecord = record
    this.#used += record.amount
    if (!terms || before === undefined) {
      this.#error("terms", `${name} has no terms before it`, at)
      return
    }
    this.#leases.set(record.leaseNo, record.cumulativeMs)
    this.spans.set(record.leaseNo, { ...this.spans.get(record.leaseNo)!, lastSeq: receipt.seq, lastBlock: record.block, worked: true })
    this.#gpuMs += record.cumulativeMs - before
    if (record.cumulativeMs < before) {
      this.#error("record", `${name} runs backwards`, { ...at, expected: `at least ${before}`, actual: record.cumulativeMs })
      return
    }
    const expected = amountBetween(before, record.cumulativeMs, terms.price)
    if (record.amount !== expected)
      this.#error("record", `${name} bills ${record.amount} credits where ${record.cumulativeMs - before} ms give ${expected}`, {
        ...at,
        expected,
        actual: record.amount,
      })
  }

  #totals(s: BundleStatement, tree: DayTree): void {
    const at = { day: s.day, seq: s.seq }
    this.#expect("order", "the last receipt of the day", this.#seq, s.seq, at)
    this.#expect("total", "credits used", this.#used, s.used, at)
    this.#expect("total", "GPU milliseconds", this.#gpuMs, s.gpuMs, at)
    this.#expect("tree", "the size of the day's tree", tree.size, s.treeSize, at)
    this.#expect("tree", "the root of the day's tree", bytesToHex(tree.root()), s.treeRoot, at)
    const opening = { ...s, tab: this.#id, treeRoot: hexToBytes(s.treeRoot), previousDayRecordsHash: hexToBytes(s.previousDayRecordsHash) }
    this.#expect("records-hash", "recordsHash", bytesToHex(recordsHashOf(opening)), s.recordsHash, at)
    if (s.amount < s.used) this.#error("advance", `receipt ${s.seq} owes less than was used`, { ...at, expected: s.used, actual: s.amount })
  }

  #signatures(s: BundleStatement): void {
    const { node, signer } = this.#tab
    const receipt = { node, day: s.day, gpuMs: s.gpuMs, amount: s.amount, recordsHash: hexToBytes(s.recordsHash) }
    const digest = receiptDigest(this.#market, receipt)
    const at = { day: s.day, seq: s.seq }
    const byNode = recoverAddress(nobleEcdsa, digest, hexToBytes(s.nodeSignature))
    if (byNode !== node)
      this.#error("signature", `receipt ${s.seq} is not signed by the node`, { ...at, expected: node, actual: byNode ?? "nobody" })
    const bySigner = recoverAddress(nobleEcdsa, digest, hexToBytes(s.signerSignature))
    if (bySigner !== signer)
      this.#error("signature", `receipt ${s.seq} is not countersigned by the tab's signer`, {
        ...at,
        expected: signer,
        actual: bySigner ?? "nobody",
      })
  }

  #expect(kind: Finding["kind"], what: string, expected: bigint | number | string, actual: bigint | number | string, at: Place): void {
    if (expected !== actual)
      this.#error(kind, `${what} in the statement of day ${at.day} is not what its records give`, { ...at, expected, actual })
  }

  #error(kind: Finding["kind"], message: string, { expected, actual, ...at }: Place): void {
    const { node, signer } = this.#tab
    const values = expected === undefined ? {} : { expected: String(expected), actual: String(actual) }
    this.findings.push({ severity: "error", kind, message, node, signer, ...at, ...values })
  }
}
