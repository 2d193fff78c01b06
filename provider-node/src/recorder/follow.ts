import type { Address } from "@berth/protocol"
import type { Head, MarketReader } from "./chain/market-reader.ts"
import type { RecorderDatabase } from "./store/database.ts"
import type { Marks } from "./store/marks.ts"

/** Blocks asked for at a time; public RPC nodes refuse long ranges. */
const RANGE = 2_000n
/** Blocks read again each time, so that a reorg's new events are not missed. Reading an event twice changes nothing. */
const OVERLAP = 12n

export interface FollowParts {
  readonly reader: MarketReader
  readonly db: RecorderDatabase
  readonly marks: Marks
  readonly recorder: Address
  readonly startBlock: bigint
  readonly onClosed: (signer: Address, node: Address) => void
}

/**
 * Reads the core contract's events up to `head` and notes what the recorder acts on. `Settled` is not among them: a tenant may settle any line
 * that it signs, of whatever day. What is paid is read from the tab's funds.
 */
export async function followEvents(head: Head, parts: FollowParts): Promise<void> {
  const { reader, db, marks, recorder, startBlock } = parts
  const scanned = BigInt(marks.get("scanned") ?? -1)
  let from = scanned < startBlock ? startBlock : scanned - OVERLAP > startBlock ? scanned - OVERLAP : startBlock
  while (from <= head.number) {
    const to = from + RANGE - 1n < head.number ? from + RANGE - 1n : head.number
    const events = await reader.events(from, to)
    db.transaction(() => {
      for (const event of events) {
        if (event.name === "NodeUpdated") marks.name(event.node, event.recorders.includes(recorder))
        else if (event.name === "CloseRequested") marks.closing(event.node, event.signer, event.closesAt)
        else {
          marks.closed(event.node, event.signer)
          parts.onClosed(event.signer, event.node)
        }
      }
      marks.set("scanned", Number(to))
    })
    from = to + 1n
  }
}
