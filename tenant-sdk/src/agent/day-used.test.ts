import { addressOfKey, keccakText } from "@berth/protocol"
import { expect } from "chai"
import { type DayUsedStore, dayUsed } from "./day-used.ts"

const signer = addressOfKey(keccakText("signer"))
const other = addressOfKey(keccakText("another"))
const MINUTE_MS = 60_000

describe("how long a day was used", () => {
  /** Receipts of day 100 in which each lease stands at so many minutes of its GPUs together. */
  const storeOf = (receipts: Record<number, number>[], counts: Record<number, number>): DayUsedStore => ({
    leases: { all: () => [signer, other].flatMap((by) => leasesOf(by, by === signer ? counts : { 1: 100, 2: 100 })) },
    receipts: {
      async *slices(by, { from, to }) {
        if (by === signer && from <= 100 && to >= 100) for (const receipt of receipts) yield [{ proposal: proposalOf(receipt) }]
      },
    },
  })
  const leasesOf = (by: typeof signer, counts: Record<number, number>) =>
    Object.entries(counts).map(([leaseNo, count]) => ({ signer: by, leaseNo: Number(leaseNo), terms: { count } }))
  const proposalOf = (minutes: Record<number, number>) => ({
    records: Object.entries(minutes).map(([leaseNo, m]) => ({ leaseNo: Number(leaseNo), cumulativeMs: BigInt(m * MINUTE_MS) })),
  })

  it("is nothing before a second receipt, and on another day", async () => {
    const store = storeOf([{ 1: 400 }], { 1: 1 })
    expect(await dayUsed(store, signer, 2, 100)).equal(0)
    expect(await dayUsed(store, signer, 2, 101)).equal(0)
  })

  it("is its longest lease's time, or that of all over all GPUs, from the day's first receipt on", async () => {
    const receipts = [{ 1: 400 }, { 2: 10 }, { 1: 520, 2: 100 }]
    // 120 minutes of two GPUs are one hour; 90 of one GPU are longer. Together 210 of four.
    expect(await dayUsed(storeOf(receipts, { 1: 2, 2: 1 }), signer, 4, 100)).equal(90)
    // Together over two GPUs they are 105.
    expect(await dayUsed(storeOf(receipts, { 1: 2, 2: 1 }), signer, 2, 100)).equal(105)
  })
})
