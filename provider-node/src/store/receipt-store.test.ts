import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { addressOfKey, bytesToHex, emptyBooks, encodeBooks, keccakText, type Market, propose, tabId } from "@berth/protocol"
import { proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { Journal } from "./journal.ts"
import { ReceiptStore } from "./receipt-store.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const node = addressOfKey(keccakText("node"))
const signer = addressOfKey(keccakText("signer"))
const id = tabId(market, signer, node)
const tab = bytesToHex(id)
const none = emptyBooks(id, node)

describe("the node's receipts", () => {
  let dir: string
  let path: string
  let journal: Journal
  let receipts: ReceiptStore
  const open = () => {
    journal = new Journal(path, market)
    receipts = new ReceiptStore(journal)
  }
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-receipts-"))
    path = join(dir, "journal.sqlite")
    open()
    receipts.saveTab({ tab, signer, tenant: signer, books: none, lastSeq: 0, closeAmount: null, reserved: false })
  })
  afterEach(() => {
    journal.close()
    rmSync(dir, { recursive: true })
  })

  const written = () => {
    const db = new DatabaseSync(path, { readOnly: true })
    const row = db.prepare("SELECT books FROM tabs").get() as { books: string }
    db.close()
    return row.books
  }

  it("are where a tab's books and its highest seq come from, though the books are written with every sixteenth of a day only", () => {
    let books = none
    let seq = 0
    for (let i = 0; i < 40; i++) {
      const claim = (no: number) => {
        const block = BigInt(no)
        const records = [{ block, leaseNo: 1, cumulativeMs: BigInt(2_000 * no), amount: BigInt(no), requests: 0, tokens: 0n }]
        const terms = books.seq === 0 ? [{ leaseNo: 1, publicTermsHash: keccakText("terms") }] : []
        return propose(books, { seq: no, day: i < 21 ? 20_000 : 20_001, block, advance: 0n, terms, records })
      }
      // Every third receipt is replaced by another before anybody signs it.
      const made = i % 3 === 0 ? [claim(++seq), claim(++seq)] : [claim(++seq)]
      for (const proposal of made) receipts.addProposal(tab, proposalToWire(proposal, new Uint8Array(64).fill(1)))
      expect(receipts.tab(tab)).to.include({ lastSeq: seq })
      const { next } = made.at(-1)!
      receipts.countersign(tab, next, new Uint8Array(64).fill(2), books.seq)
      books = next
      expect(encodeBooks(receipts.tab(tab)!.books)).to.equal(encodeBooks(books))
      expect(written() === encodeBooks(books), `written with receipt ${books.tree.size} of the day`).to.equal(books.tree.size % 16 === 0)
    }
    journal.close()
    open()
    expect(receipts.tabs().map((row) => [encodeBooks(row.books), row.lastSeq])).to.deep.equal([[encodeBooks(books), seq]])
    expect(receipts.countToHand()).to.equal(40)
  })

  it("of a newer berth-node are left alone", () => {
    const newer = join(dir, "newer.sqlite")
    new Journal(newer, market).close()
    const db = new DatabaseSync(newer)
    db.exec("PRAGMA user_version = 99")
    db.close()
    expect(() => new Journal(newer, market)).to.throw("was written by a newer berth-node (version 99")
  })
})
