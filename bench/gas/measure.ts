import { ethers } from "../../contracts/test/support/harbour.ts"

/** What a flow took, as results.json keeps it. */
export interface Measured {
  gas: number
  calldataBytes: number
  items: number
  gasPerItem: number
  bytesPerItem: number
}

/** The same with the storage slots written, which say what it will take when their price changes. */
export interface Taken extends Measured {
  /** Slots that held something before. */
  rewritten: number
  /** Slots that were zero. */
  fresh: number
}

type Sending = Promise<{ hash: string; data: string; wait(): Promise<{ gasUsed: bigint } | null> }>

/** What one transaction took, all in: 21,000, calldata (or its floor), execution, refunds. */
export async function measure(items: number, sending: Sending): Promise<Taken> {
  const { hash, data, wait } = await sending.then((sent) => ({ hash: sent.hash, data: sent.data, wait: () => sent.wait() }))
  const gas = Number((await wait())!.gasUsed)
  return { ...measured(gas, (data.length - 2) / 2, items), ...(await slotsWritten(hash)) }
}

/** A flow of several transactions is their sum. */
export function sumOf(items: number, parts: readonly Taken[]): Taken {
  const sum = (key: keyof Taken) => Math.round(parts.reduce((total, part) => total + part[key], 0))
  return { ...measured(sum("gas"), sum("calldataBytes"), items), rewritten: sum("rewritten"), fresh: sum("fresh") }
}

/** One of the items of a flow. */
export function shareOf(taken: Taken): Taken {
  const share = (total: number) => total / taken.items
  return {
    ...measured(share(taken.gas), share(taken.calldataBytes), 1),
    rewritten: share(taken.rewritten),
    fresh: share(taken.fresh),
  }
}

function measured(gas: number, calldataBytes: number, items: number): Measured {
  const per = (total: number) => Math.round((total / Math.max(items, 1)) * 10) / 10
  return { gas, calldataBytes, items, gasPerItem: per(gas), bytesPerItem: per(calldataBytes) }
}

/** What the first write to a slot costs says what was there: 2,900 over something, 20,000 over zero (2,100 more for a cold slot). */
async function slotsWritten(hash: string): Promise<Pick<Taken, "rewritten" | "fresh">> {
  const options = { disableStorage: true, disableMemory: true, disableStack: true }
  const { structLogs } = await ethers.provider.send("debug_traceTransaction", [hash, options])
  const writes = (structLogs as { op: string; gasCost: number }[]).filter(({ op }) => op === "SSTORE").map(({ gasCost }) => gasCost)
  const count = (...prices: number[]) => writes.filter((price) => prices.includes(price)).length
  return { rewritten: count(2_900, 5_000), fresh: count(20_000, 22_100) }
}
