import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, addressOfKey, type Books, emptyBooks, keccakText, priced, propose, publicTermsHash, tabId } from "@berth/protocol"
import { proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { http } from "viem"
import { bundleOf as ofReceipts } from "../../../test/support/bundle-of.ts"
import { assembleBundle } from "../bill/assemble-bundle.ts"
import { createBerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { connectAgent } from "../resident/connect.ts"
import { serveAgent } from "../resident/serve.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { ReceiptRow } from "../store/receipt-rows.ts"
import { openStore, type Store } from "../store/store.ts"
import type { Agent } from "./agent.ts"
import { type BillingModules, billOf, bundleOf } from "./billing.ts"

const contract = "0x00000000000000000000000000000000000000bb"
const elsewhere = { computeRecords: contract, reserve: contract, reservations: contract, verifiers: contract } as const
const deployment = { chainId: 31337, berth: contract, ...elsewhere, startBlock: 1n } as const
const market = { chainId: 31337, contract } as const
const [node, signer, tenant] = ["node", "signer", "tenant"].map((name) => addressOfKey(keccakText(name))) as [Address, Address, Address]
const PRICE = 3_600_000n
/** Receipts a day: some slices of them. */
const A_DAY = 1_200
const DAYS = [100, 101, 102]

const terms = (leaseNo: number) => ({
  ...{ tab: tabId(market, signer, node), leaseNo, class: "cpu/x86-64", count: 1, price: PRICE, meter: 0, start: 1n },
  ...{ window: 60_000, pause: 1, stop: 1, idle: 1 },
})
const leases = new Map(
  [1, 2, 3].map((no) => [no, { leaseId: `0x${no}`, leaseNo: no, terms: terms(no), privateTerms: '{"image":"x"}' } as unknown as LeaseRow]),
)

/** Lease 1 works all the time, lease 2 on the first day and the last, lease 3 from the second day on. */
function receiptsOf(): { row: ReceiptRow; books: Books }[] {
  let books = emptyBooks(tabId(market, signer, node), node)
  return Array.from({ length: DAYS.length * A_DAY }, (_, i) => {
    const day = DAYS[Math.floor(i / A_DAY)]!
    const opens = i === 0 ? [1, 2] : i === A_DAY ? [3] : []
    const working = { 100: [1, 2], 101: [1, 3], 102: [1, 2, 3] }[day]!
    const usage = (leaseNo: number) => ({ block: BigInt(i), leaseNo, cumulativeMs: BigInt(1_001 * (i + leaseNo)), requests: 0, tokens: 0n })
    const proposal = propose(books, {
      ...{ seq: i + 1, day, block: BigInt(i), advance: 0n },
      terms: opens.map((leaseNo) => ({ leaseNo, publicTermsHash: publicTermsHash(terms(leaseNo)) })),
      records: priced(books, working.map(usage), () => PRICE),
    })
    books = proposal.next
    const wire = proposalToWire(proposal, new Uint8Array(64).fill(1))
    return { row: { seq: i + 1, day, proposal: wire, countersignature: new Uint8Array(64).fill(2) }, books }
  })
}

describe("bills of a long tab", function () {
  this.timeout(60_000)
  const made = receiptsOf()
  const kept = made.slice(0, -1)
  const tab = { node, signer }
  let dir: string
  let store: Store
  let modules: BillingModules

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "berth-bills-"))
    store = openStore(join(dir, "agent.db"), market)
    const row = { ...tab, tenant, keystore: "{}", state: "open", deposit: 5n, nextLeaseNo: 4, createdAt: 1 } as const
    store.tabs.insert({ ...row, books: emptyBooks(tabId(market, signer, node), node) })
    await Promise.all(kept.map(({ row, books }) => store.receipts.save(signer, row, books)))
    // No tab is on chain here, so that the chain is not asked.
    const client = createBerthClient({ deployment, transport: http("http://127.0.0.1:1") })
    modules = { client, book: { ofTab: () => leases }, store }
  })
  after(() => {
    store?.close()
    rmSync(dir, { recursive: true })
  })

  it("come to the same by days as in all, and to what the receipts say", async () => {
    const all = await billOf(modules, [tab], [])
    const last = kept.at(-1)!.books
    expect(all.total).to.deep.equal({ activeMs: last.gpuMs, amount: last.used, settled: 0n })
    expect(all.statements.map((s) => [s.day, s.receipts])).to.deep.equal([
      [100, A_DAY],
      [101, A_DAY],
      [102, A_DAY - 1],
    ])
    for (const day of DAYS) {
      const one = await billOf(modules, [tab], [], day)
      expect(one.lines).to.deep.equal(all.lines.filter((l) => l.day === day))
      expect(one.statements).to.deep.equal(all.statements.filter((s) => s.day === day))
    }
    expect(await billOf(modules, [tab], [], 99)).to.deep.include({ lines: [], statements: [] })
  })

  it("read no more of other days than shows what leases had worked by then", async () => {
    let read = 0
    const counted = async function* (slices: AsyncIterable<ReceiptRow[]>) {
      for await (const rows of slices) {
        read += rows.length
        yield rows
      }
    }
    const receipts: BillingModules["store"]["receipts"] = {
      slices: (...args) => counted(store.receipts.slices(...args)),
      slicesBefore: (...args) => counted(store.receipts.slicesBefore(...args)),
      last: (of) => store.receipts.last(of),
    } as BillingModules["store"]["receipts"]
    await billOf({ ...modules, store: { receipts } }, [tab], [], 100)
    expect(read).to.equal(A_DAY)
    read = 0
    await billOf({ ...modules, store: { receipts } }, [tab], [], 101)
    expect(read).to.be.within(A_DAY, A_DAY + 500)
  })

  it("let an agent sign in between, and hold what was there when they were begun", async () => {
    const order: string[] = []
    const late = made.at(-1)!
    const pieces: unknown[] = []
    for await (const piece of bundleOf(modules, [tab], tenant)) {
      if (pieces.push(piece) === 1) void store.receipts.save(signer, late.row, late.books).then(() => order.push("signed"))
    }
    order.push("made")
    expect(order).to.deep.equal(["signed", "made"])
    expect(pieces).to.have.length.above(6)
    const bundle = await assembleBundle(pieces as never)
    expect(bundle).to.deep.equal(await ofReceipts(deployment, tenant, [{ ...tab, leases, receipts: kept.map((m) => m.row) }]))
  })

  it("cross the agent's socket piece by piece, up to a day or all", async () => {
    const socket = join(dir, "agent", "agent.sock")
    const agent = { bundle: (options?: { day?: number }) => bundleOf(modules, [tab], tenant, options?.day) } as unknown as Agent
    const nothing = () => {}
    const server = await serveAgent({ agent, socket, idleMs: 60_000, onIdle: nothing, onShutdown: nothing })
    const line = await connectAgent({ socket })
    try {
      for (const day of [undefined, 101]) {
        const receipts = made.map((m) => m.row).filter((r) => day === undefined || r.day <= day)
        const expected = await ofReceipts(deployment, tenant, [{ ...tab, leases, receipts }])
        expect(await line.exportBundle(day === undefined ? undefined : { day })).to.deep.equal(expected)
      }
    } finally {
      line.disconnect()
      await server.close()
    }
  })

  it("are refused, as a bundle, when no file of them could be read back", async () => {
    const block = { seq: 1, block: 1n, terms: [], records: [] }
    const blocks = Array.from({ length: 100_000 }, () => block)
    const failed = await assembleBundle(Array.from({ length: 16 }, () => ({ blocks }))).catch((error: unknown) => error)
    expect(failed).to.include({ code: "too_large", hint: "export what came up to an earlier day: --day YYYY-MM-DD" })
  })

  it("end with an error, and not with the program, when what comes over the socket can't be read", async () => {
    const socket = join(dir, "agent", "other.sock")
    const server = createServer((line) => {
      line.on("error", () => {})
      line.once("data", () => line.write('{"id":1,"item":{}}\n{"id":1,"item":\n'))
    })
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    const line = await connectAgent({ socket })
    try {
      const failed = await line.bill().catch((error: unknown) => error)
      expect(failed).to.be.instanceOf(BerthError).and.include({ code: "malformed" })
      expect((failed as BerthError).message).to.match(/^what the agent answers can't be read: /)
      expect(await line.bill().catch((error: unknown) => error)).to.include({ code: "no_agent" })
    } finally {
      line.disconnect()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
