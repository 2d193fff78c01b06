import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, addressOfKey, bytesToHex, dayOf, type ReservationQuote, reservationQuoteDigest, unpackAnchor } from "@berth/protocol"
import { computeRecordsAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { type CountersignedReceipt, RECORDS, RecordsRequest, RecordsResponse, reservationToWire } from "@berth/protocol/wire"
import type { Libp2p } from "@libp2p/interface"
import { pbStream } from "@libp2p/utils"
import { multiaddr } from "@multiformats/multiaddr"
import { expect } from "chai"
import { pino } from "pino"
import { parseEther } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { keyOf, TestMarket, type TestNode, TestTab } from "../../../test/support/market.ts"
import { TcpProxy } from "../../../test/support/tcp-proxy.ts"
import { createHost } from "../p2p/host.ts"
import { type Recorder, runRecorder } from "./recorder.ts"

const DAY = 86_400

describe("a recorder and receipts under reservations (real chain, real libp2p)", function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-reserved-"))
  const key = keyOf("a recorder of reserved work")
  let chain: LocalChain
  let proxy: TcpProxy
  let market: TestMarket
  let node: TestNode
  let other: TestNode
  let peer: Libp2p
  const hosts: Libp2p[] = []
  let recorder: Recorder
  let address: string

  before(async () => {
    chain = await startLocalChain({ stateDir: dir, blockTimeMs: 200 })
    proxy = await TcpProxy.to(Number(new URL(chain.rpcUrl).port))
    market = new TestMarket(chain)
    await chain.fund(addressOfKey(key), { eth: parseEther("10") })
    node = await market.registerNode("node a", market.account(1))
    other = await market.registerNode("node b", market.account(1))
    await market.deposit(market.account(2), 100_000_000n)
    peer = await peerOf("node a")
    await start()
  })
  after(async () => {
    await recorder?.stop()
    await Promise.all(hosts.map((host) => host.stop()))
    await proxy?.cut()
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  async function start(): Promise<void> {
    const { deployment } = chain
    const input = { deployment, rpcUrl: proxy.url, stateDir: dir, listen: ["/ip4/127.0.0.1/tcp/0"], pollMs: 50, autoSettle: false }
    recorder = await runRecorder(input, key, pino({ level: "silent" }))
    address = recorder.status().addresses[0]!
  }

  /** Waits until the recorder has seen what happened. */
  async function seen(happening: Promise<unknown>): Promise<void> {
    await happening
    const block = Number(await chain.client.getBlockNumber())
    await until(() => recorder.status().block >= block)
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  const today = async () => dayOf(await market.chainTime())

  /** A reservation of account 2 with no collateral, from today on unless said otherwise. */
  async function reserve(signer: Address, at: TestNode = node, changes: Partial<ReservationQuote> = {}): Promise<bigint> {
    const quote: ReservationQuote = {
      ...{ node: at.address, tenant: market.account(2).address.toLowerCase() as Address, class: "cpu/x86-64", gpus: 1 },
      ...{ startDay: await today(), term: 3, pricePerDay: 1_000n, listPricePerDay: 1_000n, collateralBps: 0, cancelFeeBps: 0 },
      ...{ claimPeriod: 8, expires: (await market.chainTime()) + 3_600n, nonce: new Uint8Array(randomBytes(32)), ...changes },
    }
    return market.reserve(market.account(2), quote, nativeEcdsa.sign(reservationQuoteDigest(market.market, quote), at.key), signer)
  }

  async function peerOf(name: string): Promise<Libp2p> {
    const host = await createHost({ privateKey: keyOf(name), listen: [], announce: [], maxConnections: 20 })
    await host.start()
    hosts.push(host)
    return host
  }

  /** A tab that the chain does not have, of work that costs nothing. */
  function tabOf(name: string, at = node): TestTab {
    const tab = new TestTab(market.market, at, keyOf(name))
    tab.price = 0n
    return tab
  }

  async function receipt(tab: TestTab, id: bigint | undefined, day?: number): Promise<CountersignedReceipt> {
    const { number: block, timestamp } = await chain.client.getBlock()
    return receiptOf(tab, id, day ?? dayOf(timestamp), block)
  }

  function receiptOf(tab: TestTab, id: bigint | undefined, day: number, block = 1n): CountersignedReceipt {
    const used = (tab.books.leases.get(1) ?? 0n) + 100_000n
    const { wire } = tab.receipt({ day, block, usage: [{ leaseNo: 1, cumulativeMs: used }] })
    return id === undefined ? wire : { ...wire, reservation: reservationToWire(id) }
  }

  const submit = (...receipts: CountersignedReceipt[]) => submitAs(peer, receipts)

  async function submitAs(who: Libp2p, receipts: CountersignedReceipt[]): Promise<string> {
    const signal = AbortSignal.timeout(RECORDS.timeoutMs)
    const stream = await who.dialProtocol(multiaddr(address), RECORDS.id, { signal })
    const frames = pbStream(stream, { maxDataLength: RECORDS.maxFrame })
    await frames.write({ submit: receipts }, RecordsRequest, { signal })
    const { accepted, error } = await frames.read(RecordsResponse, { signal })
    await stream.close()
    return error ? `${error.code} ${error.field}`.trim() : `${accepted}`
  }

  /** Seqs of a tab in all anchors, in the order of the chain, once nothing waits any more. */
  async function anchored(tab: TestTab): Promise<number[]> {
    await until(() => recorder.status().entriesWaiting === 0 && recorder.status().transactionsPending === 0)
    const logs = await chain.client.getContractEvents({
      ...{ address: chain.deployment.computeRecords, abi: computeRecordsAbi, eventName: "Anchored", fromBlock: 0n },
    })
    const entries = logs.flatMap((log) => unpackAnchor(Buffer.from(log.args.records!.slice(2), "hex")))
    return entries.filter((entry) => bytesToHex(entry.tab) === bytesToHex(tab.id)).map((entry) => entry.seq)
  }

  it("anchors those of the signer in force, once, over a restart, and settles none of them", async () => {
    const tab = tabOf("day signer")
    const id = await reserve(tab.signer)
    const first = await receipt(tab, id)
    expect(await submit(first, await receipt(tab, id))).equal("2")
    expect(await anchored(tab)).deep.equal([1, 2])
    await recorder.stop()
    await start()
    expect(await submit(first, await receipt(tab, id))).equal("2")
    expect(await anchored(tab)).deep.equal([1, 2, 3])
    expect(recorder.status().statementsOpen).equal(0)
    expect(await recorder.settleNow({ all: true })).to.deep.include({ lines: 0, leftOut: {} })
  })

  it("refuses records that are not those that were signed", async () => {
    const tab = tabOf("honest signer")
    const wire = await receipt(tab, await reserve(tab.signer))
    const records = wire.proposal!.records.map((r) => ({ ...r, requests: 7 }))
    expect(await submit({ ...wire, proposal: { ...wire.proposal!, records } })).equal("bad_receipt submit[0].records")
  })

  it("refuses those of no reservation, of another node's, of another signer, outside its days, and of money", async () => {
    const tab = tabOf("refused signer")
    const refused = async (id: bigint | undefined, day?: number) => submit(await receipt(tab, id, day))
    expect(await submit({ ...(await receipt(tab, undefined)), reservation: new Uint8Array(31) })).equal("malformed submit[0].reservation")
    expect(await refused(undefined)).equal("no_tab submit[0].signer")
    expect(await refused(12_345n)).equal("no_reservation submit[0].reservation")
    expect(await refused(await reserve(tab.signer, other))).equal("no_reservation submit[0].reservation")
    expect(await refused(await reserve(addressOfKey(keyOf("somebody else"))))).equal("no_reservation submit[0].reservation")
    const many = await Promise.all(Array.from({ length: 64 }, (_, i) => receipt(tabOf(`one of many ${i}`), BigInt(i + 1) << 200n)))
    expect(await submit(...many)).equal("no_reservation submit[0].reservation")
    const day = await today()
    const later = await reserve(tab.signer, node, { startDay: day + 1 })
    expect(await refused(later)).equal("no_reservation submit[0].reservation")
    await market.callReservations(market.account(2), "cancel", [later])
    expect(await refused(later, day + 1)).equal("no_reservation submit[0].reservation")
    const paid = tabOf("paid signer")
    paid.price = 360_000n
    expect(await submit(await receipt(paid, await reserve(paid.signer)))).equal("no_tab submit[0].signer")
    expect([await anchored(tab), await anchored(paid)]).deep.equal([[], []])
  })

  it("takes what a term's last minutes left for the next day's first receipt, and nothing later; each day of its own signer", async () => {
    const [old, next, brief] = ["old signer", "next signer", "brief signer"].map((name) => tabOf(name)) as [TestTab, TestTab, TestTab]
    const day = await today()
    const id = await reserve(old.signer, node, { term: 30 })
    const short = await reserve(brief.signer, node, { term: 1 })
    await market.callReservations(market.account(2), "setSigner", [id, next.signer])
    expect(await submit(await receipt(next, id))).equal("no_reservation submit[0].reservation")
    expect(await submit(await receipt(brief, short, day + 1))).equal("1")
    await seen(chain.increaseTime(2 * DAY))
    expect(await submit(await receipt(brief, short))).equal("no_reservation submit[0].reservation")
    expect(await submit(await receipt(next, id), await receipt(old, id))).equal("2")
    await seen(chain.increaseTime(DAY))
    expect(await submit(await receipt(next, id))).equal("1")
    expect(await submit(await receipt(old, id))).equal("no_reservation submit[0].reservation")
  })

  it("asks to try again while the chain does not answer, and forgets nothing", async () => {
    const tab = tabOf("patient signer")
    const wire = await receipt(tab, await reserve(tab.signer))
    await proxy.cut()
    expect(await submit(wire)).equal("chain_unavailable")
    await proxy.mend()
    expect(await submit(wire)).equal("1")
    expect(await anchored(tab)).deep.equal([1])
  })

  it("has room for questions of a node that named it, while a crowd of made-up peers waits to hear of made-up tabs", async () => {
    const [named, ...crowd] = await Promise.all(["named", ..."abcdef"].map((name) => peerOf(`${name} in a crowd`)))
    const at = await market.registerNode("named in a crowd", market.account(1), { recorders: [addressOfKey(key)] })
    const tab = tabOf("signer beside a crowd", at)
    const honest = await receipt(tab, await reserve(tab.signer, at))
    await seen(Promise.resolve())
    const day = await today()
    const madeUp = Array.from({ length: 1_000 }, (_, i) => receiptOf(tabOf(`made up ${i}`), undefined, day))
    // Behind what a peer sent on the same line, and answered without the chain: then that has been seen.
    const heard = async (who: Libp2p) =>
      expect(await submitAs(who, [{ ...honest, node: new Uint8Array() }])).equal("malformed submit[0].node")
    await Promise.all([named!, ...crowd].map(heard))
    proxy.hold()
    const asked = crowd.flatMap((who) => [1, 2, 3].map(() => submitAs(who, madeUp.splice(0, 64))))
    await Promise.all(crowd.map(heard))
    expect(await submit(receiptOf(tabOf("one more"), 1n, day))).equal("rate_limited")
    const taken = submitAs(named!, [honest])
    await heard(named!)
    proxy.letGo()
    expect(await taken).equal("1")
    expect(new Set(await Promise.all(asked))).deep.equal(new Set(["no_tab submit[0].signer", "0"]))
  })

  it("settles the tab as any other once its signer opens it on chain, reserved receipts before it or not", async () => {
    const name = "opening signer"
    const before = tabOf(name)
    expect(await submit(await receipt(before, await reserve(before.signer)))).equal("1")
    const tab = await market.openTab(market.account(2), name, node, 1_000_000n)
    tab.books = before.books
    tab.price = 360_000n
    const { number: block } = await chain.client.getBlock()
    const { wire } = tab.receipt({ day: await today(), block, usage: [{ leaseNo: 2, cumulativeMs: 3_600_000n }] })
    // That there is no such tab is believed for two seconds.
    for (let answer = ""; answer !== "1"; ) answer = await submit(wire)
    expect(await recorder.settleNow({ all: true })).to.include({ lines: 1 })
    expect(await anchored(tab)).deep.equal([1, 2])
    const close = { signer: tab.signer, node: node.address, amount: tab.books.amount, deadline: (await market.chainTime()) + 3_600n }
    const args = [close.signer, close.node, close.amount, close.deadline, ...market.sign(node.key, "TabClose", close)]
    await seen(market.call(market.account(2), "closeTab", args))
    expect(await submit(await receipt(tab, await reserve(tab.signer)))).equal("closing submit[0].signer")
  })
})
