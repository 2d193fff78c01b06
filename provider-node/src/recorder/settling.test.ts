import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, addressOfKey, bytesToHex, keccakText, type Market } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { expect } from "chai"
import { pino } from "pino"
import { keyOf, TestTab } from "../../../test/support/market.ts"
import type { TabFunds } from "./batches.ts"
import { OLDEST_DAYS } from "./intake.ts"
import { Settling } from "./settling.ts"
import { RecorderDatabase } from "./store/database.ts"
import { Marks } from "./store/marks.ts"
import { Outbox } from "./store/outbox.ts"
import { ReceiptStore } from "./store/receipts.ts"
import { checkSubmission, treeAfter } from "./submission.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const node = { key: keyOf("node"), address: addressOfKey(keyOf("node")), operator: undefined as never }
const DAY = 20_000

describe("a settlement of lines that each need a group of their own", () => {
  it("goes out in transactions that public pools take, 128 KiB each", async () => {
    const dir = mkdtempSync(join(tmpdir(), "berth-settling-"))
    const db = new RecorderDatabase(dir, market, bytesToHex(keccakText("origin")))
    try {
      const receipts = new ReceiptStore(db)
      const LINES = 1_000
      for (let i = 0; i < LINES; i++) {
        const own = { ...node, key: keyOf(`node ${i}`), address: addressOfKey(keyOf(`node ${i}`)) }
        const tab = new TestTab(market, own, keyOf(`signer ${i}`))
        const submission = checkSubmission(
          nativeEcdsa,
          market,
          tab.receipt({ day: DAY, block: 10n, usage: [{ leaseNo: 1, cumulativeMs: 100_000n }] }).wire,
        )
        receipts.putStatement(submission, undefined, "open")
      }
      const sizes: number[] = []
      let lines = 0
      const sender = {
        // Lines of a few tabs, over and over, take little gas each.
        simulate: async () => 9_000_000n,
        sign: async (kind: "settle", target: Address, data: Uint8Array, gas: bigint, items: number) => {
          sizes.push(data.length)
          lines += items
          return { kind, nonce: sizes.length, target, data, gas, raw: "0x", hashes: [], sentAt: 0, items } as const
        },
      }
      const options = { autoSettle: true, settleDelay: 0, settleEvery: 1, minPaid: 1, maxSettleLines: LINES, maxGas: 1.6e7 }
      const settling = new Settling(options, {
        ...{ berth: market.contract, db, receipts, marks: new Marks(db), outbox: new Outbox(db), onStep: () => {} },
        ...{ log: pino({ level: "silent" }), sender: sender as never },
        reader: { funds: async (tabs) => tabs.map(() => ({ state: "open", deposit: 10n ** 9n, spent: 0n })) },
      })
      await settling.prepareNow({ number: 1n, timestamp: BigInt(DAY + 1) * 86_400n }, false)
      expect(lines).equal(LINES)
      // Beside the calldata a transaction has some hundred bytes of its own.
      expect(Math.max(...sizes)).to.be.lessThan(128 * 1_024 - 1_000)
    } finally {
      db.close()
      rmSync(dir, { recursive: true })
    }
  })
})

describe("a statement whose tab the chain does not have", () => {
  let dir: string
  let db: RecorderDatabase
  let receipts: ReceiptStore
  let settling: Settling
  let state: TabFunds["state"]
  const tab = new TestTab(market, node, keyOf("signer"))

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-settling-"))
    db = new RecorderDatabase(dir, market, bytesToHex(keccakText("origin")))
    receipts = new ReceiptStore(db)
    const options = { autoSettle: true, settleDelay: 0, settleEvery: 1, minPaid: 1, maxSettleLines: 100, maxGas: 1e7 }
    settling = new Settling(options, {
      ...{ berth: market.contract, db, receipts, marks: new Marks(db), outbox: new Outbox(db), onStep: () => {} },
      ...{ log: pino({ level: "silent" }), reader: { funds: async (tabs) => tabs.map(() => ({ state, deposit: 0n, spent: 0n })) } },
      // No line here pays: nothing is sent.
      sender: undefined as never,
    })
    const { wire } = tab.receipt({ day: DAY, block: 10n, usage: [{ leaseNo: 1, cumulativeMs: BigInt(tab.books.seq + 1) * 100_000n }] })
    const submission = checkSubmission(nativeEcdsa, market, wire)
    receipts.putStatement(submission, treeAfter(submission, undefined), "open")
  })
  afterEach(() => {
    db.close()
    rmSync(dir, { recursive: true })
  })

  const settle = async (day: number) => {
    const { leftOut } = await settling.prepareNow({ number: 1n, timestamp: BigInt(day) * 86_400n }, false)
    return leftOut
  }

  it("stays: an RPC that lags says so for a moment, and a node hands no receipt in twice", async () => {
    state = "none"
    expect(await settle(DAY + 1)).deep.equal({ unknown_tab: 1 })
    expect(receipts.newestOpen(node.address, tab.signer)?.receipt.day).equal(DAY)
    state = "open"
    expect(await settle(DAY + 1), "looked at again").deep.equal({ underfunded: 1 })
  })

  it("goes once its day is older than what is taken", async () => {
    state = "none"
    await settle(DAY + OLDEST_DAYS)
    expect(receipts.countOpen()).equal(1)
    await settle(DAY + OLDEST_DAYS + 1)
    expect(receipts.countOpen()).equal(0)
  })
})
