import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, addressOfKey, bytesToHex, keccakText, type Market } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import type { CountersignedReceipt } from "@berth/protocol/wire"
import { expect } from "chai"
import { keyOf, TestTab } from "../../../test/support/market.ts"
import type { TabFunds } from "./batches.ts"
import { Intake } from "./intake.ts"
import { RateLimit } from "./rate-limit.ts"
import { ReservedDays } from "./reserved.ts"
import { RecorderDatabase } from "./store/database.ts"
import { Marks } from "./store/marks.ts"
import { ReceiptStore } from "./store/receipts.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const node = { key: keyOf("node"), address: addressOfKey(keyOf("node")), operator: undefined as never }
const DAY = 20_000

describe("what a recorder asks the chain of the tabs of receipts", () => {
  let dir: string
  let db: RecorderDatabase
  let intake: Intake
  let receipts: ReceiptStore
  let rounds: { tabs: readonly { signer: Address }[]; answer: (state?: TabFunds["state"]) => void }[]

  let marks: Marks

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-intake-"))
    db = new RecorderDatabase(dir, market, bytesToHex(keccakText("origin")))
    rounds = []
    marks = new Marks(db)
    receipts = new ReceiptStore(db)
    // Nothing comes back in a test's time.
    const limit = () => new RateLimit({ perSecond: 0, burst: 10 }, { perSecond: 0, burst: 20 })
    intake = new Intake({
      ...{ market, ecdsa: nativeEcdsa, db, receipts, marks, limits: { named: limit(), others: limit() } },
      ...{ onlyNamed: false, onStep: () => {}, chainTime: () => BigInt(DAY) * 86_400n, reserved: new ReservedDays(async () => []) },
      fundsOf: (tabs) =>
        new Promise((resolve) => {
          const answer = (state: TabFunds["state"] = "open") => resolve(tabs.map(() => ({ state, deposit: 1n, spent: 0n })))
          rounds.push({ tabs, answer })
        }),
    })
  })
  afterEach(() => {
    db.close()
    rmSync(dir, { recursive: true })
  })

  const tabOf = (name: string) => new TestTab(market, node, keyOf(name))
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  function receipt(tab: TestTab): CountersignedReceipt {
    const used = (tab.books.leases.get(1) ?? 0n) + 100_000n
    return tab.receipt({ day: DAY, block: 10n, usage: [{ leaseNo: 1, cumulativeMs: used }] }).wire
  }

  const submit = (peer: string, receipts: CountersignedReceipt[]) => intake.submit({ id: peer, node: undefined }, receipts)
  /** Its tab is there. */
  const learning = async (answer: ReturnType<Intake["submit"]>) => {
    await settled()
    rounds.at(-1)!.answer()
    expect(await outcome(answer)).equal(1)
  }
  const outcome = async (answer: ReturnType<Intake["submit"]>) => {
    const { accepted, error } = await answer
    return error ? `${error.code} ${error.field}` : accepted
  }

  it("asks for all that wait at once, each once, whoever brings them", async () => {
    const [first, ...tabs] = Array.from({ length: 5 }, (_, i) => tabOf(`tab ${i}`))
    const answers = [...[first!, ...tabs].map((tab, i) => submit(`peer ${i}`, [receipt(tab)])), submit("late", tabs.map(receipt))]
    await settled()
    expect(rounds.map((round) => round.tabs.map(({ signer }) => signer))).deep.equal([[first!.signer]])
    rounds[0]!.answer()
    await settled()
    expect(rounds[1]!.tabs.map(({ signer }) => signer)).deep.equal(tabs.map(({ signer }) => signer))
    rounds[1]!.answer()
    expect(await Promise.all(answers.map(outcome))).deep.equal([1, 1, 1, 1, 1, 4])
    expect(rounds.length).equal(2)
  })

  it("does not forget an open tab of a request under way, however many others are closed meanwhile", async () => {
    const [known, asked, other] = ["known", "asked", "other"].map(tabOf) as [TestTab, TestTab, TestTab]
    const learnt = submit("peer", [receipt(known)])
    rounds[0]!.answer()
    await learnt
    const closeElsewhere = (i: number) => intake.closed(`0x${i.toString(16).padStart(40, "0")}`, node.address)
    for (let i = 0; i < 99_998; i++) closeElsewhere(i)
    const underWay = submit("peer", [receipt(known), receipt(asked)])
    closeElsewhere(99_998)
    const next = submit("another peer", [receipt(other)])
    rounds[1]!.answer()
    await settled()
    rounds[2]!.answer()
    expect([await outcome(underWay), await outcome(next)]).deep.equal([2, 1])
  })

  it("believes a close that it sees over what the chain was asked before it", async () => {
    const tab = tabOf("closing")
    const asked = submit("peer", [receipt(tab)])
    intake.closed(tab.signer, node.address)
    rounds[0]!.answer("open")
    expect(await outcome(asked)).equal("closing submit[0].signer")
    expect(await outcome(submit("another peer", [receipt(tab)]))).equal("closing submit[0].signer")
  })

  it("pays a tenant's last receipt when the tenant has handed in another one of the same books", async () => {
    const tab = tabOf("two-faced")
    await learning(submit("node", [receipt(tab)]))
    const { books } = tab
    receipt(tab)
    // Both are signed by both, of the same books; one goes to the recorder, the books go on from the other.
    tab.books = books
    const usage = [{ leaseNo: 1, cumulativeMs: books.leases.get(1)! + 150_000n }]
    expect(await outcome(submit("tenant", [tab.receipt({ day: DAY, block: 11n, usage }).wire]))).equal(1)
    tab.books = books
    receipt(tab)
    const last = receipt(tab)
    expect(await outcome(submit("node", [last]))).equal("bad_receipt submit[0].records")
    expect(receipts.newestOpen(node.address, tab.signer)?.receipt.amount).equal(last.proposal!.amount)
    // Nor is it refused for ever.
    expect(await outcome(submit("later", [last]))).equal(1)
  })

  it("counts records, not only receipts: hashing many costs as much as many signatures", async () => {
    const tab = tabOf("many records")
    const many = (from: number) =>
      tab.receipt({ day: DAY, block: 10n, usage: Array.from({ length: 400 }, (_, i) => ({ leaseNo: from + i, cumulativeMs: 1_000n })) })
        .wire
    expect(await outcome(submit("peer", [many(1)]))).equal("rate_limited undefined")
    await learning(submit("another", [receipt(tabOf("few"))]))
  })

  it("takes receipts of a node that named it when a crowd has used up what is taken of all others", async () => {
    const wire = receipt(tabOf("tab"))
    const bad = { ...wire, countersignature: new Uint8Array(65) }
    const rubbish = (peer: string) =>
      outcome(
        submit(
          peer,
          Array.from({ length: 10 }, () => bad),
        ),
      )
    for (const peer of ["a", "b"]) expect(await rubbish(peer)).equal("malformed submit[0].countersignature")
    expect(await rubbish("c")).equal("rate_limited undefined")
    const handIn = () => outcome(intake.submit({ id: "node", node: node.address }, [wire]))
    expect(await handIn()).equal("rate_limited undefined")
    marks.name(node.address, true)
    const taken = handIn()
    await settled()
    rounds[0]?.answer()
    expect(await taken).equal(1)
  })
})
