import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type Address, addressOfKey, type Books, emptyBooks, encodeBooks, keccakText, type Market, propose, tabId } from "@berth/protocol"
import { proposalToWire, WireProposal } from "@berth/protocol/wire"
import { expect } from "chai"
import { BerthError } from "../errors.ts"
import type { ReceiptRow } from "./receipt-rows.ts"
import { openStore, type Store } from "./store.ts"
import type { TabRow } from "./tab-rows.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const node = addressOfKey(keccakText("node"))
const COUNT = 50
/** Receipts of a day after which the books are written. */
const EVERY = 16

/** Countersigned receipts of a tab over two days, each with the books that follow from it. */
function receiptsOf(signer: Address): { row: ReceiptRow; books: Books }[] {
  let books = emptyBooks(tabId(market, signer, node), node)
  return Array.from({ length: COUNT }, (_, i) => {
    const [seq, block] = [2 * i + 1, BigInt(i + 1)]
    const claim = {
      ...{ seq, day: i < 21 ? 20_000 : 20_001, block, advance: 7n },
      terms: i === 0 ? [{ leaseNo: 1, publicTermsHash: keccakText("terms") }] : [],
      records: [{ block, leaseNo: 1, cumulativeMs: BigInt(1_000 + 2_000 * i), amount: BigInt(i), requests: 0, tokens: 0n }],
    }
    const proposal = propose(books, claim)
    books = proposal.next
    const wire = proposalToWire(proposal, new Uint8Array(64).fill(1))
    return { row: { seq, day: claim.day, proposal: wire, countersignature: new Uint8Array(64).fill(2) }, books }
  })
}

async function joined(slices: AsyncIterable<ReceiptRow[]>): Promise<ReceiptRow[]> {
  const all: ReceiptRow[] = []
  for await (const rows of slices) all.push(...rows)
  return all
}

describe("the agent's store", () => {
  const signers = ["a", "b"].map((name) => addressOfKey(keccakText(name)))
  const tabs = signers.map((signer) => ({ signer, receipts: receiptsOf(signer) }))
  let dir: string
  let path: string
  let store: Store | undefined
  const open = (): Store => {
    store = openStore(path, market)
    return store
  }
  const close = () => {
    store?.close()
    store = undefined
  }
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-store-"))
    path = join(dir, "agent.db")
  })
  afterEach(() => {
    close()
    rmSync(dir, { recursive: true })
  })

  const rowOf = (signer: Address): TabRow => ({
    ...{ signer, node, tenant: node, keystore: "{}", state: "open", deposit: 5n, nextLeaseNo: 2, createdAt: 1 },
    books: emptyBooks(tabId(market, signer, node), node),
  })
  const written = () => {
    const db = new DatabaseSync(path, { readOnly: true })
    const rows = db.prepare("SELECT books FROM tabs").all() as { books: string }[]
    db.close()
    return rows.map(({ books }) => books)
  }

  it("gives the books of a tab's newest receipt after any number of them, though it writes them with every sixteenth of a day only", async () => {
    let store = open()
    for (const { signer } of tabs) store.tabs.insert(rowOf(signer))
    for (let i = 0; i < COUNT; i++) {
      await Promise.all(tabs.map(({ signer, receipts }) => store.receipts.save(signer, receipts[i]!.row, receipts[i]!.books)))
      const expected = tabs.map(({ signer, receipts }) => [signer, encodeBooks(receipts[i]!.books)])
      expect(new Map(store.tabs.all().map(({ signer, books }) => [signer, encodeBooks(books)]))).to.deep.equal(new Map(expected as never))
      const size = tabs[0]!.receipts[i]!.books.tree.size
      expect(written().includes(expected[0]![1]!), `written with receipt ${size} of the day`).to.equal(size % EVERY === 0)
    }
    close()
    store = open()
    for (const { signer, receipts } of tabs) {
      expect((await joined(store.receipts.slices(signer))).map(({ seq }) => seq)).to.deep.equal(receipts.map(({ row }) => row.seq))
      expect(store.receipts.last(signer)?.seq).to.equal(receipts.at(-1)!.row.seq)
    }
  })

  it("gives the receipts of some days alone, and those before one from the newest on", async () => {
    const store = open()
    for (const { signer, receipts } of tabs) {
      store.tabs.insert(rowOf(signer))
      for (const { row, books } of receipts) await store.receipts.save(signer, row, books)
    }
    const { signer, receipts } = tabs[1]!
    const seqs = async (days: { from?: number; to?: number }) => (await joined(store.receipts.slices(signer, days))).map(({ seq }) => seq)
    const of = (...days: number[]) => receipts.filter(({ row }) => days.includes(row.day)).map(({ row }) => row.seq)
    expect(await seqs({})).to.deep.equal(of(20_000, 20_001))
    expect(await seqs({ to: 20_000 })).to.deep.equal(of(20_000))
    expect(await seqs({ from: 20_001 })).to.deep.equal(of(20_001))
    expect(await seqs({ from: 20_000, to: 20_000 })).to.deep.equal(of(20_000))
    expect(await seqs({ from: 1, to: 30_000 })).to.deep.equal(of(20_000, 20_001))
    expect(await seqs({ from: 20_002 })).to.deep.equal([])
    expect(await seqs({ to: 19_999 })).to.deep.equal([])
    const before = (await joined(store.receipts.slicesBefore(signer, 9))).map(({ seq }) => seq)
    expect(before).to.deep.equal([7, 5, 3, 1])
  })

  it("says so when a receipt does not follow from the ones before", async () => {
    const store = open()
    const { signer, receipts } = tabs[0]!
    store.tabs.insert(rowOf(signer))
    for (const { row, books } of receipts.slice(0, 3)) await store.receipts.save(signer, row, books)
    const db = new DatabaseSync(path)
    db.exec("DELETE FROM receipts WHERE seq = 3")
    db.close()
    expect(() => store.tabs.all()).to.throw("does not follow from receipt 1 and its records")
  })

  it("refuses a receipt of a tab that it does not have", async () => {
    const store = open()
    const { row, books } = tabs[0]!.receipts[0]!
    const refused = await store.receipts.save(signers[0]!, row, books).catch((error) => error)
    expect(refused).to.match(/NOT NULL constraint failed: receipts\.tab/)
  })

  it("takes over the tabs and receipts of version 3, which kept them by signer", async () => {
    const db = new DatabaseSync(path)
    db.exec(`CREATE TABLE tabs (
        chainId INTEGER NOT NULL, contract TEXT NOT NULL, signer TEXT NOT NULL, node TEXT NOT NULL, tenant TEXT NOT NULL,
        keystore TEXT NOT NULL, state TEXT NOT NULL, deposit TEXT NOT NULL, nextLeaseNo INTEGER NOT NULL, books TEXT NOT NULL,
        createdAt INTEGER NOT NULL, PRIMARY KEY (chainId, contract, signer)) STRICT;
      CREATE TABLE receipts (
        chainId INTEGER NOT NULL, contract TEXT NOT NULL, signer TEXT NOT NULL, seq INTEGER NOT NULL, day INTEGER NOT NULL,
        proposal BLOB NOT NULL, countersignature BLOB NOT NULL, PRIMARY KEY (chainId, contract, signer, seq)) STRICT, WITHOUT ROWID;
      CREATE TABLE reservations (
        chainId INTEGER NOT NULL, contract TEXT NOT NULL, id TEXT NOT NULL, node TEXT NOT NULL, PRIMARY KEY (chainId, contract, id)) STRICT;
      INSERT INTO reservations VALUES (${market.chainId}, '${market.contract}', '0x07', '${node}');
      PRAGMA user_version = 3`)
    const key = [market.chainId, market.contract] as const
    for (const { signer, receipts } of tabs) {
      const newest = encodeBooks(receipts.at(-1)!.books)
      db.prepare("INSERT INTO tabs VALUES (?, ?, ?, ?, ?, '{}', 'open', '5', 2, ?, 1)").run(...key, signer, node, node, newest)
      for (const { row } of receipts)
        db.prepare("INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?)").run(
          ...key,
          ...[signer, row.seq, row.day, WireProposal.encode(row.proposal), row.countersignature],
        )
    }
    db.close()
    const store = open()
    expect(store.tabs.all().map(({ signer, state, deposit, books }) => [signer, state, deposit, encodeBooks(books)])).to.have.deep.members(
      tabs.map(({ signer, receipts }) => [signer, "open", 5n, encodeBooks(receipts.at(-1)!.books)]),
    )
    for (const { signer, receipts } of tabs)
      expect(await joined(store.receipts.slices(signer))).to.deep.equal(receipts.map(({ row }) => row))
    expect(store.reservations.all()).to.deep.equal([{ id: "0x07", node, silent: false }])
  })

  it("keeps for which reservations nothing is to be signed", () => {
    const reopened = () => {
      close()
      return open().reservations
    }
    const silent = () =>
      reopened()
        .all()
        .map((r) => r.silent)
    for (const id of ["0x07", "0x08"] as const) reopened().insert({ id, node, silent: false })
    reopened().setSilent("0x07", true)
    expect(silent()).to.deep.equal([true, false])
    reopened().insert({ id: "0x07", node, silent: false })
    reopened().setSilent("0x08", true)
    expect(silent()).to.deep.equal([true, true])
    reopened().setSilent("0x07", false)
    expect(silent()).to.deep.equal([false, true])
  })

  it("refuses a file that a newer version wrote", () => {
    open()
    close()
    const db = new DatabaseSync(path)
    db.exec("PRAGMA user_version = 99")
    db.close()
    expect(() => openStore(path, market))
      .to.throw(BerthError, "written by a newer version (schema 99)")
      .with.property("code", "unsupported")
  })
})
