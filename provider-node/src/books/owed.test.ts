import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, addressOfKey, bytesToHex, hexToBytes, keccakText, type Market, tabId } from "@berth/protocol"
import { proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { pino } from "pino"
import type { LeaseRow } from "../lease/lease.ts"
import { LeaseTable } from "../lease/table.ts"
import { Journal } from "../store/journal.ts"
import { LeaseStore } from "../store/lease-store.ts"
import { OrderStore } from "../store/order-store.ts"
import { ReceiptStore } from "../store/receipt-store.ts"
import { Ledger } from "./ledger.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const node = addressOfKey(keccakText("node"))
const tenant: Address = "0x00000000000000000000000000000000000000aa"
const PRICE = 3_600_000n
const WINDOW = 60_000n

describe("what a tenant owes, over all its tabs", () => {
  let dir: string
  let journal: Journal
  let receipts: ReceiptStore
  let leases: LeaseTable
  let ledger: Ledger
  const open = () => {
    journal = new Journal(join(dir, "journal.sqlite"), market)
    receipts = new ReceiptStore(journal)
    leases = new LeaseTable({ store: new LeaseStore(journal), log: pino({ level: "silent" }) })
    ledger = new Ledger({ market, node }, { receipts, orders: new OrderStore(journal), leases, claimFilter: (_no, ms) => ms })
  }
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-owed-"))
    open()
  })
  afterEach(() => {
    journal.close()
    rmSync(dir, { recursive: true })
  })

  function add(name: string, more: Partial<LeaseRow> = {}, startPrice = 0n) {
    const signer = addressOfKey(keccakText(name))
    const tab = bytesToHex(tabId(market, signer, node))
    ledger.open(tab, signer, tenant)
    const terms = { tab: hexToBytes(tab), leaseNo: 1, class: "cpu/x86-64", count: 1, price: PRICE, meter: 0, start: 1n }
    const lease = leases.add({
      deal: {
        leaseId: bytesToHex(keccakText(`lease ${name}`)),
        tab,
        signer,
        terms: { ...terms, window: Number(WINDOW), pause: Number(WINDOW), stop: 900_000, idle: 900_000 },
        privateTerms: { image: "busybox" },
        startPrice,
        pullLimit: 0n,
        retention: 0,
        nodeSignature: new Uint8Array(64),
        devices: [],
      },
      state: "ready",
      reason: null,
      detail: "",
      exitCode: null,
      endWish: null,
      imageId: "",
      activeMs: 0n,
      forgivenMs: 0n,
      endedAt: null,
      removed: false,
      ...more,
    })
    return { tab, lease }
  }

  it("is what ended unsigned, on tabs that the node has forgotten too, and after a restart", () => {
    add("first", { state: "ended", activeMs: 100_000n, endedAt: 1, removed: true })
    const { tab } = add("second", { state: "ended", activeMs: 20_000n, endedAt: 1, removed: true })
    expect(ledger.owedBy(tenant)).to.equal(120_000n)
    ledger.forget(tab)
    expect(ledger.owedBy(tenant)).to.equal(120_000n)
    journal.close()
    open()
    expect(ledger.owedBy(tenant)).to.equal(120_000n)
    expect(ledger.all(), "asking keeps nothing in memory").to.deep.equal([])
    expect(ledger.owedBy("0x00000000000000000000000000000000000000ab")).to.equal(0n)
  })

  it("is not what runs, for that has a grace of its own, nor what was paid ahead", () => {
    add("runs", { activeMs: 5_000n })
    expect(ledger.owedBy(tenant)).to.equal(0n)
    const { tab } = add("ahead", { state: "ended", activeMs: 7_000n, endedAt: 1 }, 10_000n)
    const account = ledger.find(tab)!
    account.books = { ...account.books, amount: 10_000n }
    expect(ledger.owedBy(tenant)).to.equal(0n)
  })

  it("lets it work unpaid only while that, with a lease's grace, is no more than a window; and not while a lease of it is silent", () => {
    const terms = { pause: Number(WINDOW), count: 1, price: PRICE }
    const trusted = () => ledger.isTrusted(tenant, terms)
    add("left", { state: "ended", activeMs: 5_000n, endedAt: 1 })
    const { lease } = add("silent", { activeMs: 30_000n })
    expect(trusted()).to.equal(true)
    lease.row.state = "ended"
    expect(trusted(), "30 s more were left").to.equal(false)
    lease.row.activeMs = 0n
    expect(trusted()).to.equal(true)
    const other = add("more", { activeMs: 30_001n }).lease
    expect(trusted(), "half its grace is used").to.equal(false)
    other.row.state = "ended"
    other.row.activeMs = 1n
    expect(trusted(), "5,001 ms were left, here and there").to.equal(false)
  })

  it("is what it disputed: forgiven once, remembered", () => {
    const { tab, lease } = add("third", { activeMs: 50_000n })
    const account = ledger.find(tab)!
    account.record(1n, ledger.leasesOf(tab))
    receipts.addProposal(tab, proposalToWire(account.propose({ number: 1n, timestamp: 1n }, ledger.leasesOf(tab)), new Uint8Array(64)))
    expect(lease.forgive(0n, 0n)).to.equal(true)
    expect(lease.claimedMs).to.equal(0n)
    expect(ledger.owedBy(tenant)).to.equal(50_000n)
    leases.saveActivity(lease)
    journal.close()
    open()
    expect(ledger.owedBy(tenant), "after a restart").to.equal(50_000n)
    const again = leases.ofTab(lease.row.deal.tab)[0]!
    expect(again.claimedMs).to.equal(0n)
    expect(ledger.find(tab)!.pending, "asked for in a receipt that was stored before").to.deep.equal([])
    expect(again.forgive(0n, 0n), "control: there is nothing more to dispute").to.equal(false)
  })

  it("a newcomer can dispute no more than a clock's error: each new wallet would get a window for nothing", () => {
    const { lease } = add("fourth", { activeMs: 50_000n }, WINDOW)
    expect(lease.forgive(0n, 0n)).to.equal(false)
    expect(lease.forgive(48_500n, 0n)).to.equal(true)
    expect(lease.forgive(47_000n, 0n)).to.equal(false)
    expect(lease.claimedMs).to.equal(48_500n)
  })
})
