import { type Address, type BundleTab, equalBytes, formatCredits, packRecord } from "@berth/protocol"
import type { Settlement } from "../chain/settlements.ts"
import type { AnchoredReceipt } from "./anchored.ts"
import type { CheckedTab } from "./check-tab.ts"
import type { Finding } from "./finding.ts"

/** What the chain says of one tab. */
export interface ChainFacts {
  readonly tenant: Address
  readonly spent: bigint
  readonly settlements: readonly Settlement[]
  /** The most that the tab's standing order ever allows, cumulative; 0 without one. */
  readonly orderedAtMost: bigint
  /** Paid when the tab was closed by agreement. */
  readonly paidAtClose: bigint
  /** Receipts of this tab as they were anchored by recorders that the node ever named: an anchor of anybody else counts for nothing. */
  readonly anchored: readonly AnchoredReceipt[]
}

/** What a tab's comparison with the chain came to. */
export interface CheckedChain {
  readonly findings: Finding[]
  /** Receipts of the bundle that are anchored just as they were recomputed. */
  readonly anchored: number
}

/** Compares a tab's bundle, already checked in itself, with the chain. Pure. */
export function checkChain(tenant: Address, tab: BundleTab, checked: CheckedTab, facts: ChainFacts): CheckedChain {
  const anchors = checkAnchors(tab, checked, facts)
  return { ...anchors, findings: [...checkTenant(tenant, tab, facts), ...checkSettlements(tab, checked, facts), ...anchors.findings] }
}

function checkTenant(tenant: Address, tab: BundleTab, facts: ChainFacts): Finding[] {
  if (facts.tenant.toLowerCase() === tenant) return []
  const where = { node: tab.node, signer: tab.signer }
  return [
    { severity: "error", kind: "tab", message: "on chain the tab is another tenant's", expected: facts.tenant, actual: tenant, ...where },
  ]
}

function checkSettlements(tab: BundleTab, checked: CheckedTab, facts: ChainFacts): Finding[] {
  const findings: Finding[] = []
  const { node, signer } = tab
  const add = (severity: Finding["severity"], kind: Finding["kind"], message: string, at: Partial<Finding>) =>
    findings.push({ severity, kind, message, node, signer, ...at })
  const last = tab.statements.at(-1)
  let paid = 0n
  let highest = 0n
  /** For days after the bundle's last: exported up to a day, it holds none of them. */
  let later = 0n
  for (const s of facts.settlements) {
    paid += s.paid
    const receipt = checked.byHash.get(s.recordsHash)
    const at = { day: s.day, block: s.block }
    if (!receipt && paid <= facts.orderedAtMost) {
      const what = `${formatCredits(s.paid)} was paid by the tab's standing order`
      add("notice", "standing-order", `${what}: the node's word alone, there is nothing to recompute`, at)
      continue
    }
    if (!receipt && last && s.day > last.day) {
      later += s.paid
      add("notice", "settlement", `${formatCredits(s.paid)} was settled for day ${s.day}; the bundle ends with day ${last.day}`, at)
      continue
    }
    if (!receipt) {
      add("error", "settlement", `the chain settled a receipt of day ${s.day} (${s.amount} credits) that the bundle does not hold`, at)
      continue
    }
    if (s.amount > highest) highest = s.amount
    const place = { ...at, seq: receipt.seq }
    const differ = (what: string, expected: bigint | number, actual: bigint | number) =>
      expected !== actual &&
      add("error", "settlement", `receipt ${receipt.seq} was settled with another ${what}`, {
        ...place,
        expected: `${expected}`,
        actual: `${actual}`,
      })
    differ("day", receipt.day, s.day)
    differ("gpuMs", receipt.gpuMs, s.gpuMs)
    if (s.amount < receipt.used)
      add("error", "settlement", `receipt ${receipt.seq} was settled with ${s.amount} credits where ${receipt.used} were used`, place)
    const statement = tab.statements.find((t) => t.recordsHash === s.recordsHash)
    if (statement) differ("amount", statement.amount, s.amount)
  }
  paid += facts.paidAtClose
  if (paid !== facts.spent)
    add("error", "tab", "what the settlements paid is not what the tab has spent", { expected: `${facts.spent}`, actual: `${paid}` })
  if (!last) return findings
  const spent = facts.spent - later
  const settled = spent > highest ? spent : highest
  if (settled < last.used)
    add("notice", "unsettled", `${formatCredits(last.used - settled)} of ${formatCredits(last.used)} used is not settled yet`, {
      day: last.day,
      seq: last.seq,
    })
  const how =
    facts.orderedAtMost > 0n ? "ahead or by the tab's standing order for work that is not signed" : "ahead for work that was not done"
  if (spent > last.used)
    add("notice", "paid-ahead", `${formatCredits(spent - last.used)} was paid ${how}`, {
      day: last.day,
      seq: last.seq,
    })
  return findings
}

function checkAnchors(tab: BundleTab, checked: CheckedTab, facts: ChainFacts): CheckedChain {
  const same = new Set<number>()
  const findings = facts.anchored.flatMap((anchored) => {
    const differences = compareEntry(tab, checked, anchored)
    if (differences.length === 0 && checked.bySeq.has(anchored.entry.seq)) same.add(anchored.entry.seq)
    return differences
  })
  return { findings, anchored: same.size }
}

function compareEntry(tab: BundleTab, checked: CheckedTab, { entry, recorder, block: anchoredIn }: AnchoredReceipt): Finding[] {
  const { node, signer } = tab
  const where = { severity: "error", kind: "anchor", node, signer, seq: entry.seq } as const
  const mine = checked.bySeq.get(entry.seq)
  if (!mine) {
    const last = tab.statements.at(-1)?.seq ?? 0
    // The bundle ends earlier than the chain: nothing to compare.
    if (entry.seq > last) return []
    return [{ ...where, block: anchoredIn, message: `receipt ${entry.seq} is anchored by ${recorder} but not in the bundle` }]
  }
  const findings: Finding[] = []
  const count = Math.max(mine.records.length, entry.records.length)
  for (let i = 0; i < count; i++) {
    const [ours, theirs] = [mine.records[i], entry.records[i]]
    if (ours && theirs && ours.block === theirs.block && equalBytes(packRecord(ours), packRecord(theirs))) continue
    const { block, leaseNo } = (ours ?? theirs)!
    const shown = (r: typeof ours) => (r ? `${r.cumulativeMs} ms, ${r.amount} credits at block ${r.block}` : "no such record")
    const message = `the record of lease ${leaseNo} at block ${block} in receipt ${entry.seq} is not the anchored one`
    findings.push({ ...where, block, leaseNo, message, expected: shown(theirs), actual: shown(ours) })
  }
  const sameTerms =
    mine.terms.length === entry.terms.length && mine.terms.every((t, i) => equalBytes(t.publicTermsHash, entry.terms[i]!.publicTermsHash))
  if (!sameTerms) findings.push({ ...where, message: `the terms that receipt ${entry.seq} opens are not the anchored ones` })
  return findings
}
