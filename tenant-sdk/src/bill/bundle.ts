import {
  type Address,
  type Bundle,
  type BundleStatement,
  type BundleTab,
  bytesToHex,
  type Deployment,
  type Market,
  recordsHashOf,
  tabId,
} from "@berth/protocol"
import type { ReceiptRow } from "../store/receipt-rows.ts"
import type { BillSource } from "./bill.ts"

/**
 * The bundle of some tabs: every countersigned receipt's records, and each day's last receipt with both signatures. Pure.
 * Whole tabs up to and with `day`: each day's tree stands alone, but a record's amount follows from the one before.
 */
export function makeBundle(deployment: Deployment, tenant: Address, sources: readonly BillSource[], day?: number): Bundle {
  const market = { chainId: deployment.chainId, contract: lower(deployment.berth) }
  return {
    version: 1,
    chainId: market.chainId,
    contract: market.contract,
    computeRecords: lower(deployment.computeRecords),
    startBlock: deployment.startBlock,
    tenant: lower(tenant),
    tabs: sources.map((s) => tabOf(market, s, day)).filter((t) => t.statements.length > 0),
  }
}

function tabOf(market: Market, source: BillSource, day: number | undefined): BundleTab {
  const receipts = source.receipts.filter((r) => day === undefined || r.day <= day)
  const opened = new Set(receipts.flatMap((r) => r.proposal.terms.map((t) => t.leaseNo)))
  const terms = [...source.leases.values()]
    .filter((l) => opened.has(l.leaseNo))
    .sort((a, b) => a.leaseNo - b.leaseNo)
    .map(({ terms: { tab: _tab, ...rest } }) => rest)
  const days = Map.groupBy(receipts, (r) => r.day)
  const tab = tabId(market, source.signer, source.node)
  return {
    signer: lower(source.signer),
    node: lower(source.node),
    terms,
    statements: [...days.values()].map((rows) => statementOf(tab, rows)),
  }
}

function statementOf(tab: Uint8Array, rows: readonly ReceiptRow[]): BundleStatement {
  const { proposal: p, countersignature } = rows.at(-1)!
  const recordsHash = recordsHashOf({ ...p, tab })
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
    recordsHash: bytesToHex(recordsHash),
    nodeSignature: bytesToHex(p.nodeSignature),
    signerSignature: bytesToHex(countersignature),
    blocks: rows.map(({ proposal }) => ({
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
    })),
  }
}

function lower(address: Address): Address {
  return address.toLowerCase() as Address
}
