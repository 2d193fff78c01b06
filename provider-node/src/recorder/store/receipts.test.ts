import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bytesToHex, keccakText, type Market } from "@berth/protocol"
import { expect } from "chai"
import { RecorderDatabase } from "./database.ts"
import { ReceiptStore } from "./receipts.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const DAY = 20_000

describe("entries that wait for an anchor", () => {
  let dir: string
  let db: RecorderDatabase
  let receipts: ReceiptStore

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-entries-"))
    db = new RecorderDatabase(dir, market, bytesToHex(keccakText("origin")))
    receipts = new ReceiptStore(db)
  })
  afterEach(() => {
    db.close()
    rmSync(dir, { recursive: true })
  })

  /** 40 bytes a record, its block among them, and some more. */
  function put(seq: number, records: number): void {
    const record = { leaseNo: 1, block: 1n, cumulativeMs: 1n, amount: 1n, requests: 0, tokens: 0n }
    const entry = { tab: keccakText("tab"), seq, terms: [], records: Array.from({ length: records }, () => record) }
    receipts.putEntry(entry, DAY)
  }

  it("are read up to so many bytes, the first whatever its size: a stranger's large ones don't fill memory", () => {
    for (let seq = 1; seq <= 20; seq++) put(seq, 4_000)
    const seqs = (bytes: number) => receipts.waitingEntries(5_000, bytes).map(({ entry }) => entry.seq)
    expect(seqs(1)).deep.equal([1])
    expect(seqs(400_000)).deep.equal([1, 2, 3])
    expect(seqs(1e9)).to.have.length(20)
    expect(receipts.waitingEntries(5, 1e9)).to.have.length(5)
  })

  it("are counted by what they take, also after some were anchored", () => {
    put(1, 1_000)
    const one = receipts.waitingBytes()
    expect(one).to.be.within(40_000, 42_000)
    put(2, 1_000)
    expect(receipts.waitingBytes()).equal(2 * one)
    receipts.assignEntries([receipts.waitingEntries(1, 1)[0]!.id], 7)
    expect(receipts.waitingBytes()).equal(2 * one)
    receipts.entriesAnchored(7)
    expect(receipts.waitingBytes()).equal(one)
  })
})
