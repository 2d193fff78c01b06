import type { Bundle, BundleStatement, BundleTab } from "@berth/protocol"
import { BerthError } from "../errors.ts"

/**
 * A bundle in pieces, each small enough for a process that must sign in between: some receipts' records, then the statement of the day that they are of; after a
 * tab's last statement the tab, after the last tab the bundle. What a piece is part of always comes after it.
 */
export type BundlePiece =
  | { readonly blocks: BundleStatement["blocks"] }
  | { readonly statement: Omit<BundleStatement, "blocks"> }
  | { readonly tab: Omit<BundleTab, "statements"> }
  | { readonly bundle: Omit<Bundle, "tabs"> }

/** Receipts and records that one bundle holds at most: as text up to 270 characters each, of the 2^29 that a program can read from one file. */
const MOST_ITEMS = 1_500_000

/**
 * The bundle that the pieces make.
 * @throws BerthError `too_large` when it would hold more than a file of it could give back
 */
export async function assembleBundle(pieces: AsyncIterable<BundlePiece> | Iterable<BundlePiece>): Promise<Bundle> {
  const tabs: BundleTab[] = []
  let statements: BundleStatement[] = []
  let blocks: BundleStatement["blocks"] = []
  let items = 0
  for await (const piece of pieces) {
    if ("blocks" in piece) {
      items += piece.blocks.reduce((sum, b) => sum + 1 + b.records.length, 0)
      if (items > MOST_ITEMS) throw tooLarge()
      for (const block of piece.blocks) blocks.push(block)
    } else if ("statement" in piece) {
      statements.push({ ...piece.statement, blocks })
      blocks = []
    } else if ("tab" in piece) {
      tabs.push({ ...piece.tab, statements })
      statements = []
    } else return { ...piece.bundle, tabs }
  }
  throw new BerthError("internal", "the agent's bundle has no end", { hint: "try again" })
}

function tooLarge(): BerthError {
  const most = MOST_ITEMS.toLocaleString("en")
  return new BerthError("too_large", `these tabs have more than ${most} receipts and records, and no file of them could be read back`, {
    hint: "export what came up to an earlier day: --day YYYY-MM-DD",
  })
}
