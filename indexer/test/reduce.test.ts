import { anchorRoot, bytesToHex, emptyBooks, keccakText, packAnchor, propose, tabBlockRoot } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import { encodeFunctionData } from "viem"
import { headAfter, openAnchor } from "../src/reduce/anchor.ts"
import { cleanText, profileRow } from "../src/reduce/node.ts"
import { classOfLine, paidPrice } from "../src/reduce/price.ts"
import { matchStatement, type ReceiptLeaf } from "../src/reduce/proof.ts"
import { daysCut, paidDays, reservationKey, stateOf } from "../src/reduce/reservation.ts"
import { isSettleCall, settledLine } from "../src/reduce/settlement.ts"

const tab = keccakText("a tab")
const node = `0x${"11".repeat(20)}` as const
const record = (block: bigint, cumulativeMs: bigint, amount: bigint) => ({
  block,
  leaseNo: 1,
  cumulativeMs,
  amount,
  requests: 0,
  tokens: 0n,
})
const terms = [{ leaseNo: 1, publicTermsHash: keccakText("terms") }]

describe("reducers", () => {
  it("charge the fee on the cumulative total, so that dust changes nothing", () => {
    let spent = 0n
    let fees = 0n
    for (let i = 0; i < 100; i++) {
      const line = settledLine({ spent, feeBps: 100, gpuMs: 0n, amount: 0n }, { gpuMs: 0n, amount: spent + 33n, paid: 33n })
      spent = line.spent
      fees += line.fee
      expect(line.earned + line.fee).equal(33n)
    }
    expect([spent, fees]).deep.equal([3_300n, 33n])
  })

  it("add no GPU-ms for a line that is older than the last", () => {
    const line = settledLine({ spent: 50n, feeBps: 0, gpuMs: 900n, amount: 100n }, { gpuMs: 700n, amount: 80n, paid: 30n })
    expect(line).to.include({ addedGpuMs: 0n, gpuMs: 900n, amount: 100n, newest: false, spent: 80n })
  })

  it("count a price only when class and offer leave no doubt", () => {
    const offer = (name: string, price: bigint) => ({ class: name, price })
    expect(classOfLine([offer("nvidia/h200", 3_000_000n)], 3_000_000n, 3_600_000n)).equal("nvidia/h200")
    expect(classOfLine([offer("nvidia/h200", 3_000_000n)], 30_000_000n, 3_600_000n), "a fantasy price").equal(undefined)
    expect(classOfLine([offer("nvidia/h200", 3n), offer("cpu/x86-64", 3n)], 3n, 3_600_000n), "two classes").equal(undefined)
    expect(classOfLine([offer("nvidia/h200", 3n)], 3n, 0n), "an advance only").equal(undefined)
    expect(paidPrice(10n, 0n)).equal(undefined)
  })

  it("make text storable and tiers GraphQL names", () => {
    expect(cleanText("a\0b\uD800")).equal("a\uFFFDb\uFFFD")
    const row = profileRow({
      tier: 1,
      region: "DE",
      addresses: [],
      recorders: ["0xAA00000000000000000000000000000000000000"],
      metadataHash: "0x",
    })
    expect([row.tier, row.recorders]).deep.equal(["data_center", ["0xaa00000000000000000000000000000000000000"]])
  })

  it("open an anchor only when its data give its root", () => {
    const entry = { tab, seq: 1, terms, records: [record(5n, 1_000n, 10n)] }
    const root = bytesToHex(anchorRoot([entry]))
    const good = openAnchor(root, bytesToHex(packAnchor([entry])))
    expect(good.verified).equal(true)
    expect(good.entries[0]!.root).equal(bytesToHex(tabBlockRoot(tab, 1, entry.terms, entry.records)))
    expect(openAnchor(root, "0x")).deep.equal({ verified: undefined, entries: [] })
    expect(openAnchor(headAfter(root, root, 1n), bytesToHex(packAnchor([entry]))).verified).equal(false)
    for (const junk of ["0x01", "0x02ff", `0x01${"ff".repeat(400)}`] as const)
      expect(openAnchor(root, junk)).deep.equal({ verified: false, entries: [] })
  })

  describe("prove a statement from anchored records", () => {
    const inputs = [1, 2, 3].map((i) => ({
      seq: i * 2,
      terms: i === 1 ? terms : [],
      records: [record(BigInt(10 * i), BigInt(i) * 1_000n, 10n)],
      block: BigInt(10 * i + 1),
      day: i < 3 ? 100 : 101,
    }))
    let books = emptyBooks(tab, node)
    const signed = inputs.map((input) => {
      const proposal = propose(books, { ...input, advance: 7n })
      books = proposal.next
      return proposal
    })
    const leaves: ReceiptLeaf[] = inputs.map((i) => ({ ...i, anchorBlock: i.block + 2n }))
    const claim = (i: number) => ({
      id: `s${i}`,
      day: inputs[i]!.day,
      gpuMs: signed[i]!.receipt.gpuMs,
      recordsHash: bytesToHex(signed[i]!.receipt.recordsHash),
      block: inputs[i]!.block + 2n,
    })

    it("over two days", () => {
      const { match: first } = matchStatement(emptyBooks(tab, node), leaves, claim(1))
      expect(first).to.include({ statement: "s1", seq: 4 })
      const { match: second } = matchStatement(first!.books, leaves.slice(2), claim(2))
      expect(second).to.include({ statement: "s2", seq: 6 })
      expect(second!.books.used).equal(30n)
    })

    /** A lease of one record at block 10 sleeps; the receipt of its end, without records, is anchored at `anchorBlock`. */
    const slept = (block: bigint, anchorBlock: bigint) => {
      const first = { seq: 1, terms, records: [record(10n, 1_000n, 10n)], block: 11n, day: 100 }
      const worked = propose(emptyBooks(tab, node), { ...first, advance: 7n })
      const end = { seq: 2, terms: [], records: [], block, day: 100 }
      const { gpuMs, recordsHash } = propose(worked.next, { ...end, advance: 0n }).receipt
      const leaves = [
        { ...first, anchorBlock: 13n },
        { ...end, anchorBlock },
      ]
      return matchStatement(emptyBooks(tab, node), leaves, {
        id: "s",
        day: 100,
        gpuMs,
        recordsHash: bytesToHex(recordsHash),
        block: 50_000n,
      }).match
    }

    it("whose lease slept before it ended, however long, and were the anchor late", () => {
      for (const block of [74n, 75n, 460n, 1_810n, 43_000n]) {
        expect(slept(block, block + 2n), `receipt of block ${block}`).to.include({ seq: 2 })
        expect(slept(block, 43_100n), `receipt of block ${block}, anchored late`).to.include({ seq: 2 })
      }
    })

    it("not of a block after the anchor or the settlement", () => {
      expect(slept(76n, 75n)).equal(undefined)
      expect(slept(50_001n, 50_003n)).equal(undefined)
    })

    it("not when a record is altered, missing, or the day in between was never settled", () => {
      const altered = leaves.with(1, { ...leaves[1]!, records: [record(20n, 2_000n, 11n)] })
      expect(matchStatement(emptyBooks(tab, node), altered, claim(1)).match).equal(undefined)
      expect(matchStatement(emptyBooks(tab, node), leaves.slice(1), claim(1)).match).equal(undefined)
      expect(matchStatement(emptyBooks(tab, node), leaves, claim(2)).match).equal(undefined)
    })
  })

  describe("of a reservation's days", () => {
    const terms = { pricePerDay: 1_000_007n, collateralPerDay: 500_103n }
    const run = {
      firstDay: 20_000,
      days_: 0b0101n,
      served: "0x05a0000002bd0000",
      paid: 1_486_815n,
      owed: 513_199n,
      collateral: 1_000_206n,
    } as const

    it("round each day as the contract does, without those of 0 minutes, which stay open", () => {
      expect(paidDays(terms, run)).deep.equal([
        { day: 20_000, minutes: 1_440, paid: 1_000_007n, owed: 0n },
        { day: 20_002, minutes: 701, paid: 486_808n, owed: 513_199n },
      ])
    })

    it("without minutes are whole days", () => {
      const whole = { firstDay: 7, days_: 0b101n, served: "0x", paid: 2_000_014n, owed: 0n, collateral: 1_000_206n } as const
      expect(paidDays(terms, whole).map(({ day, minutes }) => [day, minutes])).deep.equal([
        [7, 1_440],
        [9, 1_440],
      ])
    })

    it("reach the last of the 39 days that a call can resolve", () => {
      const last = { firstDay: 1, days_: 1n << 38n, served: "0x", paid: 1_000_007n, owed: 0n, collateral: 500_103n } as const
      expect(paidDays(terms, last)).deep.equal([{ day: 39, minutes: 1_440, paid: 1_000_007n, owed: 0n }])
    })

    it("are refused when they don't sum to the event's figures, each of them", () => {
      for (const field of ["paid", "owed", "collateral"] as const)
        expect(() => paidDays(terms, { ...run, [field]: run[field] + 1n }), field).throw(/days from 20000 on/)
      expect(() => paidDays({ ...terms, pricePerDay: 1_000_008n }, run)).throw(/days from 20000 on/)
    })

    it("cut off are counted by their prices, which must be whole ones", () => {
      expect(daysCut(terms, 5n * 1_000_007n)).equal(5)
      expect(daysCut(terms, 0n)).equal(0)
      expect(() => daysCut(terms, 1_000_008n)).throw(/no whole number of days/)
    })

    it("make its state: cancelled before over", () => {
      expect(stateOf({ openDays: 2, cancelledAt: null })).equal("active")
      expect(stateOf({ openDays: 0, cancelledAt: null })).equal("over")
      expect(stateOf({ openDays: 2, cancelledAt: 1n })).equal("cancelled")
    })

    it("belong to a token whose id keeps its leading zeros", () => {
      expect(reservationKey(0xabn)).equal(`0x${"0".repeat(62)}ab`)
    })
  })

  it("take a settled line for countersigned only in a plain call of the core's settle", () => {
    const core = "0x00000000000000000000000000000000000000cc"
    const settle = encodeFunctionData({ abi: berthAbi, functionName: "settle", args: ["0x00"] })
    const inside = encodeFunctionData({ abi: berthAbi, functionName: "multicall", args: [[settle]] })
    expect(isSettleCall({ to: core.toUpperCase().replace("0X", "0x"), input: settle }, core)).equal(true)
    expect(isSettleCall({ to: core, input: inside }, core)).equal(false)
    expect(isSettleCall({ to: `0x${"11".repeat(20)}`, input: settle }, core)).equal(false)
    expect(isSettleCall({ to: null, input: settle }, core)).equal(false)
  })
})
