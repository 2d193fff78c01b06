import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, addressOfKey, bytesToHex, type ErrorCode, keccakText, type Market, ProtocolError } from "@berth/protocol"
import { expect } from "chai"
import { pino } from "pino"
import { TestTab } from "../../../test/support/market.ts"
import { seen } from "../../test-support/seen.ts"
import type { Head } from "../chain/reader.ts"
import type { SeenTab } from "../chain/watcher.ts"
import { Signal } from "../signal.ts"
import { Journal } from "../store/journal.ts"
import { LeaseStore } from "../store/lease-store.ts"
import { type CountersignedRow, ReceiptStore } from "../store/receipt-store.ts"
import { Handover } from "./handover.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const nodeKey = keccakText("node")
const node = { key: nodeKey, address: addressOfKey(nodeKey), operator: undefined as never }
const DAY = 20_000

describe("what a node hands to recorders", () => {
  let dir: string
  let journal: Journal
  let receipts: ReceiptStore
  let handover: Handover | undefined
  /** The recorder's word on each batch; throws to refuse it. */
  let word: (rows: readonly CountersignedRow[], recorder: string) => void
  /** Signers whose tabs the node sees closed on chain. */
  let closedOnChain: string[]
  let taken: CountersignedRow[]
  let count = 0
  const chain = {
    head: { number: 10n, timestamp: 0n } as Head,
    onHead: new Signal<Head>(),
    tab: async (signer: Address) => ({ status: closedOnChain.includes(signer) ? "closed" : "open" }) as SeenTab,
  }
  const tried = new Signal<void>()

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-handover-"))
    chain.head = { number: 10n, timestamp: BigInt(DAY) * 86_400n }
    taken = []
    closedOnChain = []
    open()
  })
  afterEach(async () => {
    await handover?.stop()
    journal.close()
    rmSync(dir, { recursive: true })
  })

  function open(...recorders: string[]): void {
    journal = new Journal(join(dir, "journal.sqlite"), market)
    receipts = new ReceiptStore(journal)
    const submit = async (recorder: string, rows: readonly CountersignedRow[]) => {
      try {
        word(rows, recorder)
        taken.push(...rows)
      } finally {
        count++
        setImmediate(() => tried.emit())
      }
    }
    const log = pino({ level: "silent" })
    handover = new Handover(recorders.length > 0 ? recorders : ["one"], { receipts, chain, loop: { onSigned: new Signal() }, submit, log })
  }

  const until = (condition: () => boolean) => seen(tried, condition)

  /** A countersigned receipt of block 10, on a tab that pays or is under a reservation. */
  function signed(name: string, reservation?: `0x${string}`): `0x${string}` {
    const tab = new TestTab(market, node, keccakText(name))
    const id = bytesToHex(tab.id)
    const reserved = reservation !== undefined
    receipts.saveTab({ tab: id, signer: tab.signer, tenant: tab.signer, books: tab.books, lastSeq: 0, closeAmount: null, reserved })
    const terms = { tab: tab.id, leaseNo: 1, class: "cpu/x86-64", count: 1, price: 0n, meter: 0, start: 1n }
    new LeaseStore(journal).insert({
      deal: {
        ...{ leaseId: bytesToHex(keccakText(`lease ${name}`)), tab: id, signer: tab.signer },
        terms: { ...terms, window: 1_000, pause: 1_000, stop: 1_000, idle: 1_000 },
        ...{
          privateTerms: { image: "busybox" },
          startPrice: 0n,
          pullLimit: 0n,
          retention: 0,
          nodeSignature: new Uint8Array(64),
          devices: [],
        },
        ...(reservation && { reservation }),
      },
      ...{
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
      },
    })
    const { wire } = tab.receipt({ day: DAY, block: 10n, usage: [{ leaseNo: 1, cumulativeMs: 1_000n }] })
    receipts.addProposal(id, wire.proposal!)
    receipts.countersign(id, tab.books, wire.countersignature, 0)
    return id
  }
  const idOf = (name: string) => bytesToHex(keccakText(name))

  it("names the reservation; one that is refused holds up no other and nothing that pays, and is given up after a while, for good", async () => {
    const [paying, good, bad] = [signed("paying"), signed("good", idOf("good")), signed("bad", idOf("bad"))]
    word = (rows) => {
      if (rows.some((row) => row.reservation === idOf("bad"))) throw new ProtocolError("no_reservation", "no such")
    }
    handover!.start()
    await until(() => taken.length === 2)
    expect(taken.map(({ tab, reservation }) => [tab, reservation])).to.have.deep.members([
      [paying, undefined],
      [good, idOf("good")],
    ])
    expect([handover!.lag, receipts.reservedToHand()]).deep.equal([0, [{ tab: bad, day: DAY }]])
    chain.head = { ...chain.head, number: 75n }
    await until(() => receipts.reservedToHand().length === 0)
    await handover!.stop()
    journal.close()
    open()
    expect([taken.length, receipts.reservedToHand()]).deep.equal([2, []])
  })

  it("keeps one of which nobody said no, but at most something of whom it asked, however old it is", async () => {
    const tab = signed("kept", idOf("kept"))
    chain.head = { ...chain.head, number: 1_000n }
    for (const code of ["timeout", "unauthorized"] as const) {
      word = () => {
        throw new ProtocolError(code, "not now")
      }
      const tries = count
      if (code === "timeout") handover!.start()
      await until(() => count > tries)
      expect(receipts.reservedToHand()).deep.equal([{ tab, day: DAY }])
    }
    word = () => {}
    await until(() => receipts.reservedToHand().length === 0)
    expect(taken.map((row) => row.tab)).deep.equal([tab])
  })

  /** As a recorder answers: it takes the others and names the first that it refused. */
  function refuse(rows: readonly CountersignedRow[], code: ErrorCode, tabs: readonly string[]): void {
    const at = rows.findIndex((row) => tabs.includes(row.tab))
    if (at >= 0) throw new ProtocolError(code, "refused", { field: `submit[${at}].signer` })
  }

  const signersOf = (tabs: readonly string[]) => tabs.map((tab) => receipts.tab(tab)!.signer)

  it("lets go of receipts of a tab that the chain has closed: signed late, they would keep back all that come after them", async () => {
    const tabs = Array.from({ length: 70 }, (_, i) => signed(`tab ${i}`)).sort()
    const closed = tabs.slice(3, 5)
    closedOnChain = signersOf(closed)
    word = (rows) => refuse(rows, "closing", closed)
    handover!.start()
    await until(() => taken.length >= 68)
    expect(taken.map((row) => row.tab)).deep.equal(tabs.filter((tab) => !closed.includes(tab)))
    expect(handover!.lag).equal(0)
  })

  it("lets go of them on one recorder's word and the chain's, whatever the other recorders are", async () => {
    journal.close()
    open("dead", "liar", "honest")
    const tabs = Array.from({ length: 70 }, (_, i) => signed(`tab ${i}`)).sort()
    const closed = tabs.slice(3, 5)
    closedOnChain = signersOf(closed)
    word = (rows, recorder) => {
      if (recorder === "dead") throw new Error("no answer")
      refuse(rows, "closing", recorder === "liar" ? rows.map(({ tab }) => tab) : closed)
    }
    handover!.start()
    await until(() => taken.length >= 68)
    expect(taken.map((row) => row.tab)).deep.equal(tabs.filter((tab) => !closed.includes(tab)))
    expect(handover!.lag).equal(0)
  })

  it("keeps those of an open tab and of a young day, whatever recorders say; lets go of those of a day a month ago", async () => {
    const [tab] = [signed("open")]
    for (const code of ["closing", "stale"] as const) {
      word = (rows) => refuse(rows, code, [tab])
      const tries = count
      if (code === "closing") handover!.start()
      await until(() => count > tries)
      expect(handover!.lag).equal(1)
    }
    chain.head = { ...chain.head, timestamp: BigInt(DAY + 31) * 86_400n }
    await until(() => handover!.lag === 0)
    expect(taken).deep.equal([])
  })

  it("hands in as paying what was reserved, once its signer has opened the tab on chain", async () => {
    const tab = signed("opened", idOf("opened"))
    receipts.saveTab({ ...receipts.tab(tab)!, reserved: false })
    word = () => {}
    handover!.start()
    await until(() => taken.length === 1)
    expect([taken[0]!.tab, taken[0]!.reservation, receipts.reservedToHand()]).deep.equal([tab, undefined, []])
  })
})
