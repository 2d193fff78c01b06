import { type Address, type AnchorEntry, anchorEntrySize, type SettlementLine } from "@berth/protocol"

/**
 * Splits entries, in their order, into anchors of at most `maxBytes` of packed data. An entry that is larger alone gets an anchor alone,
 * which posts its root only: records can't be split, since one root covers them.
 */
export function anchorBatches<T extends { readonly entry: AnchorEntry }>(entries: readonly T[], maxBytes: number): T[][] {
  const batches: T[][] = []
  let size = 0
  for (const item of entries) {
    const bytes = anchorEntrySize(item.entry)
    if (batches.length === 0 || size + bytes > maxBytes) {
      batches.push([])
      size = 1
    }
    batches.at(-1)!.push(item)
    size += bytes
  }
  return batches
}

/** What the chain says of a tab, as far as settling needs it. */
export interface TabFunds {
  readonly state: "none" | "open" | "closed"
  readonly deposit: bigint
  readonly spent: bigint
}

/** A line with the tab that it is of. */
export interface TabLine extends SettlementLine {
  readonly signer: Address
}

export type LineFate = "pays" | "stale" | "closed" | "unknown_tab" | "underfunded" | "dust"

/**
 * What each line of a batch would do, in order, computed as the contract does: max(0, min(amount, deposit) - spent).
 * @param fundsOf a tab's funds before the batch
 */
export function fateOfLines<T extends TabLine>(
  lines: readonly T[],
  fundsOf: (signer: Address, node: Address) => TabFunds,
  minPaid: bigint,
): { line: T; fate: LineFate; pays: bigint }[] {
  const spentAfter = new Map<string, bigint>()
  return lines.map((line) => {
    const { node, amount } = line.receipt
    const funds = fundsOf(line.signer, node)
    if (funds.state !== "open") return { line, fate: funds.state === "none" ? "unknown_tab" : "closed", pays: 0n }
    const key = `${line.signer}/${node}`
    const spent = spentAfter.get(key) ?? funds.spent
    if (amount <= spent) return { line, fate: "stale", pays: 0n }
    const covered = amount <= funds.deposit
    const target = covered ? amount : funds.deposit
    const pays = target > spent ? target - spent : 0n
    if (pays === 0n) return { line, fate: "underfunded", pays }
    if (pays < minPaid) return { line, fate: "dust", pays: 0n }
    spentAfter.set(key, target)
    return { line, fate: "pays", pays }
  })
}

/** Splits into runs of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
