import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { addressOfKey, bytesToHex, emptyBooks, keccakText, type Market, propose, tabId } from "@berth/protocol"
import { proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { pino } from "pino"
import type { LeaseRow } from "../lease/lease.ts"
import { DenialStore } from "../store/denial-store.ts"
import { Journal } from "../store/journal.ts"
import { LeaseStore } from "../store/lease-store.ts"
import { ReceiptStore } from "../store/receipt-store.ts"
import { DeniedDays } from "./denied-days.ts"
import type { Reservation, StoredClaim } from "./reservation.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const node = addressOfKey(keccakText("node"))
const signer = addressOfKey(keccakText("signer"))
const id = tabId(market, signer, node)
const tab = bytesToHex(id)
const reservation = bytesToHex(keccakText("a reservation"))
const FIRST = 20_000
const HOUR_MS = 3_600_000

const running: Reservation = {
  ...{ id: reservation, holder: signer, class: "cpu/x86-64", gpus: 2, startDay: FIRST, term: 30, endDay: FIRST + 30 },
  ...{ pricePerDay: 1_440n, collateralPerDay: 0n, claimPeriod: 8, openDay: FIRST, resolved: 0n },
  signers: { day: FIRST, today: signer, next: signer },
}
const claimOf = (firstDay: number, ...minutes: number[]): StoredClaim => ({ reservation, firstDay, minutes, signature: new Uint8Array(64) })

describe("days of a reservation that was used", () => {
  let dir: string
  let journal: Journal
  let denied: DeniedDays
  let books = emptyBooks(id, node)

  const open = (allowed: string[] = []) => {
    denied = new DeniedDays(allowed, { store: new DenialStore(journal), log: pino({ level: "silent" }) })
  }
  /** A receipt of `day` in which each lease stands at so many hours of all its GPUs together; countersigned, or not. */
  const receipt = (day: number, hours: Record<number, number>, signed = true) => {
    const terms = books.seq === 0 ? [1, 2].map((leaseNo) => ({ leaseNo, publicTermsHash: keccakText("terms") })) : []
    const records = Object.entries(hours).map(([leaseNo, gpuHours]) => ({
      ...{ block: BigInt(books.seq + 1), leaseNo: Number(leaseNo), cumulativeMs: BigInt(gpuHours * HOUR_MS), amount: 0n },
      ...{ requests: 0, tokens: 0n },
    }))
    const made = propose(books, { seq: books.seq + 1, day, block: BigInt(books.seq + 1), advance: 0n, terms, records })
    const store = new ReceiptStore(journal)
    store.addProposal(tab, proposalToWire(made, new Uint8Array(64).fill(1)))
    if (!signed) return
    store.countersign(tab, made.next, new Uint8Array(64).fill(2), books.seq)
    books = made.next
  }
  const lease = (leaseNo: number, count: number, under?: typeof reservation) => {
    const terms = { tab: id, leaseNo, class: "cpu/x86-64", count, price: 0n, meter: 0, start: 0n, window: 1, pause: 1, stop: 1, idle: 1 }
    const deal = {
      ...{ leaseId: bytesToHex(keccakText(`lease ${leaseNo}`)), tab, signer, terms, startPrice: 0n, pullLimit: 0n, retention: 0 },
      ...{ privateTerms: { image: "i" }, nodeSignature: new Uint8Array(64), devices: [], ...(under && { reservation: under }) },
    }
    const state = { state: "ready", reason: null, detail: "", exitCode: null, endWish: null, imageId: "", endedAt: null, removed: false }
    new LeaseStore(journal).insert({ deal, ...state, activeMs: 0n, forgivenMs: 0n } as LeaseRow)
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-denied-"))
    journal = new Journal(join(dir, "journal.sqlite"), market)
    books = emptyBooks(id, node)
    new ReceiptStore(journal).saveTab({ tab, signer, tenant: signer, books, lastSeq: 0, closeAmount: null, reserved: true })
    open()
  })
  afterEach(() => {
    journal.close()
    rmSync(dir, { recursive: true })
  })

  it("are counted by what its signer countersigned on each, of leases under it alone", () => {
    lease(1, 2, reservation)
    lease(2, 1)
    receipt(FIRST, { 1: 0, 2: 0 })
    receipt(FIRST, { 1: 8, 2: 20 })
    receipt(FIRST, { 1: 20, 2: 20 }, false)
    const store = new DenialStore(journal)
    // Eight GPU-hours on two: four hours.
    expect(store.usedMinutes(reservation, 2, FIRST)).equal(240)
    expect(store.usedMinutes(reservation, 2, FIRST + 1)).equal(0)
  })

  it("are those of the longest of its leases, or of all spread over its GPUs, and not what ran before the day's first receipt", () => {
    lease(1, 1, reservation)
    lease(2, 1, reservation)
    receipt(FIRST, { 1: 0, 2: 0 })
    receipt(FIRST + 1, { 1: 10, 2: 0 })
    receipt(FIRST + 1, { 1: 13, 2: 1 })
    const store = new DenialStore(journal)
    expect(store.usedMinutes(reservation, 2, FIRST + 1)).equal(180)
    receipt(FIRST + 1, { 1: 13, 2: 3 })
    expect(store.usedMinutes(reservation, 2, FIRST + 1)).equal(180)
    expect(store.usedMinutes(reservation, 1, FIRST + 1)).equal(360)
  })

  /** A reservation of which 4 hours of the first day were used. */
  function used(): void {
    lease(1, 2, reservation)
    receipt(FIRST, { 1: 0 })
    receipt(FIRST, { 1: 8 })
  }

  it("are denied by a minute on chain, and by letting them lapse; not by half of them", () => {
    used()
    const paid = (minutes?: number) => {
      denied.compare(running, { ...running, openDay: FIRST + 1 }, new Map(minutes === undefined ? [] : [[FIRST, minutes]]), [])
      return denied.why({ ...running, openDay: FIRST + 1 }, FIRST + 10, [])
    }
    expect(paid(240)).equal(undefined)
    expect(denied.of(reservation)).deep.equal([])
    expect(paid(120)).equal(undefined)
    expect(denied.of(reservation).map(({ minutes, counted }) => [minutes, counted])).deep.equal([[120, 240]])
    for (const minutes of [119, 1, undefined]) {
      expect(paid(minutes)).match(new RegExp(`has ${minutes ?? 0} minutes for 2024-10-04, 240 were`))
      expect(denied.deniedBy(signer)).equal(true)
    }
  })

  it("are not denied where a lapsed day's claim is here still, nor by little use", () => {
    used()
    denied.compare(running, { ...running, openDay: FIRST + 1 }, new Map(), [claimOf(FIRST, 1_440)])
    lease(2, 2, reservation)
    receipt(FIRST + 1, { 1: 8, 2: 0 })
    receipt(FIRST + 1, { 1: 9.9, 2: 0 })
    denied.compare({ ...running, openDay: FIRST + 1 }, { ...running, openDay: FIRST + 2 }, new Map([[FIRST + 1, 1]]), [])
    expect(denied.why({ ...running, openDay: FIRST + 2 }, FIRST + 10, [])).equal(undefined)
  })

  it("hold it back while nothing is signed for them a day later, or next to nothing", () => {
    used()
    expect(denied.why(running, FIRST + 1, [])).equal(undefined)
    expect(denied.why(running, FIRST + 2, [])).match(/used for 240 minutes, 0 are signed for/)
    expect(denied.why(running, FIRST + 2, [claimOf(FIRST, 1)])).match(/240 minutes, 1 are/)
    expect(denied.why(running, FIRST + 2, [claimOf(FIRST, 1), claimOf(FIRST, 200, 0)])).equal(undefined)
    expect(denied.why({ ...running, openDay: FIRST + 1 }, FIRST + 2, [])).equal(undefined)
    open([reservation])
    expect(denied.why(running, FIRST + 2, [])).equal(undefined)
  })

  it("are remembered over a restart, however late that is", () => {
    used()
    denied.compare(running, { ...running, openDay: FIRST + 1 }, new Map([[FIRST, 1]]), [])
    open()
    expect(denied.why({ ...running, openDay: FIRST + 1 }, FIRST + 10, [])).match(/has 1 minutes/)
  })
})
