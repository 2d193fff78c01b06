import { type Address, type BundleStatement, bytesToHex, type Deployment, type Market, recordsHashOf, tabId } from "@berth/protocol"
import type { ReceiptRow } from "../store/receipt-rows.ts"
import type { BundlePiece } from "./assemble-bundle.ts"
import type { BillSource } from "./bill.ts"

/** The last piece of a bundle. */
export function bundleHead(deployment: Deployment, tenant: Address): BundlePiece {
  return {
    bundle: {
      version: 1,
      chainId: deployment.chainId,
      contract: lower(deployment.berth),
      computeRecords: lower(deployment.computeRecords),
      startBlock: deployment.startBlock,
      tenant: lower(tenant),
    },
  }
}

/** Makes the pieces of one tab from its countersigned receipts: every one's records, and each day's last receipt with both signatures. */
export class TabBundler {
  readonly #tab: Uint8Array
  readonly #source: BillSource
  readonly #opened = new Set<number>()
  #last: ReceiptRow | undefined

  constructor(market: Market, source: BillSource) {
    this.#tab = tabId(market, source.signer, source.node)
    this.#source = source
  }

  /** The next receipts, in order. Whole tabs from the first one on: a record's amount follows from the one before. */
  *take(rows: readonly ReceiptRow[]): Generator<BundlePiece> {
    for (const [day, ofDay] of Map.groupBy(rows, (r) => r.day)) {
      if (this.#last && this.#last.day !== day) yield { statement: statementOf(this.#tab, this.#last) }
      for (const { proposal } of ofDay) for (const { leaseNo } of proposal.terms) this.#opened.add(leaseNo)
      this.#last = ofDay.at(-1)
      yield { blocks: ofDay.map(blockOf) }
    }
  }

  /** After the last receipt. Nothing for a tab without any. */
  *end(): Generator<BundlePiece> {
    if (!this.#last) return
    yield { statement: statementOf(this.#tab, this.#last) }
    const { signer, node, leases } = this.#source
    const terms = [...leases.values()]
      .filter((l) => this.#opened.has(l.leaseNo))
      .sort((a, b) => a.leaseNo - b.leaseNo)
      .map(({ terms: { tab: _tab, ...rest } }) => rest)
    yield { tab: { signer: lower(signer), node: lower(node), terms } }
  }
}

function statementOf(tab: Uint8Array, { proposal: p, countersignature }: ReceiptRow): Omit<BundleStatement, "blocks"> {
  return {
    day: p.day,
    seq: p.seq,
    block: p.block,
    gpuMs: p.gpuMs,
    used: p.used,
    amount: p.amount,
    treeSize: p.treeSize,
    treeRoot: bytesToHex(p.treeRoot),
    previousDayRecordsHash: bytesToHex(p.previousDayRecordsHash),
    recordsHash: bytesToHex(recordsHashOf({ ...p, tab })),
    nodeSignature: bytesToHex(p.nodeSignature),
    signerSignature: bytesToHex(countersignature),
  }
}

function blockOf({ proposal }: ReceiptRow): BundleStatement["blocks"][number] {
  return {
    seq: proposal.seq,
    block: proposal.block,
    terms: proposal.terms.map((t) => t.leaseNo),
    records: proposal.records.map(({ block, leaseNo, cumulativeMs, amount, requests, tokens }) => ({
      block,
      leaseNo,
      cumulativeMs,
      amount,
      requests,
      tokens,
    })),
  }
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address
}
