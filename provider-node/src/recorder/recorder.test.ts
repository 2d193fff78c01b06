import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { anchorRoot, bytesToHex, dayOf, hexToBytes, receiptDigest, unpackAnchor } from "@berth/protocol"
import { berthAbi, computeRecordsAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { type CountersignedReceipt, RECORDS, RecordsRequest, RecordsResponse } from "@berth/protocol/wire"
import type { Libp2p } from "@libp2p/interface"
import { pbStream } from "@libp2p/utils"
import { multiaddr } from "@multiformats/multiaddr"
import { expect } from "chai"
import { encodeAbiParameters, keccak256, parseEther } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { keyOf, type SignedReceipt, TestMarket, type TestNode, TestTab } from "../../../test/support/market.ts"
import { createKeystore } from "../keystore.ts"
import { createHost } from "../p2p/host.ts"
import { askRecorder } from "./admin.ts"
import type { RecorderStatus } from "./recorder.ts"
import type { SettleReport } from "./settling.ts"
import { STEPS } from "./steps.ts"

const main = join(import.meta.dirname, "../main.ts")

describe("recorder (own process, real chain, real libp2p)", function () {
  this.timeout(120_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-recorder-"))
  const socket = join(dir, "r.sock")
  let chain: LocalChain
  let market: TestMarket
  let node: TestNode
  let tabs: TestTab[]
  let peer: Libp2p
  let recorder: `0x${string}`
  let child: ChildProcess | undefined
  let address: string

  before(async () => {
    chain = await startLocalChain({ stateDir: dir, blockTimeMs: 200 })
    market = new TestMarket(chain)
    writeFileSync(join(dir, "pass"), "test")
    recorder = (await createKeystore(join(dir, "key.json"), "test", "light")).address
    await chain.fund(recorder, { eth: parseEther("10") })
    node = await market.registerNode("node a", market.account(1), { recorders: [recorder] })
    await market.deposit(market.account(2), 100_000_000n)
    tabs = []
    for (let i = 0; i < 4; i++) tabs.push(await market.openTab(market.account(2), `signer ${i}`, node, 5_000_000n))
    peer = await createHost({ privateKey: keyOf("node a"), listen: [], announce: [], maxConnections: 20 })
    await peer.start()
    await start()
  })

  after(async () => {
    child?.kill("SIGKILL")
    await peer?.stop()
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  function flags(): string[] {
    const files = ["--deployment", chain.deploymentFile, "--state-dir", dir, "--socket", socket, "--passphrase-file", join(dir, "pass")]
    return [...files, "--listen", "/ip4/127.0.0.1/tcp/0", "--poll-ms", "50", "--no-auto-settle"]
  }

  /** Starts the recorder's process; resolves when it says that it runs, or is dead. */
  async function run(...entry: string[]): Promise<void> {
    child = spawn(process.execPath, [...entry, ...flags()], { stdio: ["ignore", "pipe", "inherit"] })
    const lines = createInterface(child.stdout!)
    for await (const line of lines) {
      const entry = JSON.parse(line)
      if (entry.level >= 50) console.error(line)
      if (entry.msg !== "recorder runs") continue
      address = entry.addresses[0]
      break
    }
    child.stdout!.resume()
  }

  const start = () => run(main, "recorder")

  async function stop(): Promise<void> {
    const ended = once(child!, "exit")
    child!.kill("SIGTERM")
    const [code] = await ended
    expect(code).equal(0)
  }

  /** Starts a recorder that kills itself at a step. @returns what resolves when it is dead */
  async function startKilled(at: string): Promise<{ died: Promise<unknown> }> {
    await run(join(import.meta.dirname, "killed.fixture.ts"), at)
    return { died: child!.exitCode === null && child!.signalCode === null ? once(child!, "exit") : Promise.resolve() }
  }

  async function submit(receipts: readonly CountersignedReceipt[]): Promise<RecordsResponse> {
    const signal = AbortSignal.timeout(RECORDS.timeoutMs)
    const stream = await peer.dialProtocol(multiaddr(address), RECORDS.id, { signal })
    const frames = pbStream(stream, { maxDataLength: RECORDS.maxFrame })
    await frames.write({ submit: [...receipts] }, RecordsRequest, { signal })
    const response = await frames.read(RecordsResponse, { signal })
    await stream.close()
    return response
  }

  const status = () => askRecorder<RecorderStatus>(socket, "GET", "/status")
  const settleNow = (all = false) => askRecorder<SettleReport>(socket, "POST", all ? "/settle?all" : "/settle")
  const unanswered: CountersignedReceipt[] = []

  async function spent(tab: TestTab): Promise<bigint> {
    const { berth } = chain.deployment
    return (await chain.client.readContract({ address: berth, abi: berthAbi, functionName: "tabs", args: [tab.signer, node.address] }))
      .spent
  }

  async function settlements(): Promise<string[]> {
    const logs = await chain.client.getContractEvents({
      address: chain.deployment.berth,
      abi: berthAbi,
      eventName: "Settled",
      fromBlock: 0n,
    })
    return logs.map((log) => `${log.args.recordsHash}`)
  }

  let minute = 0
  /** The next receipt of a tab: one lease, a second more of work each time. */
  async function next(tab: TestTab): Promise<SignedReceipt> {
    const { number, timestamp } = await chain.client.getBlock()
    return tab.receipt({ day: dayOf(timestamp), block: number, usage: [{ leaseNo: 1, cumulativeMs: BigInt(++minute) * 100_000n }] })
  }

  async function anchors() {
    const logs = await chain.client.getContractEvents({
      ...{ address: chain.deployment.computeRecords, abi: computeRecordsAbi, eventName: "Anchored", fromBlock: 0n },
    })
    return logs.map((log) => ({
      ...(log.args as { root: `0x${string}`; head: `0x${string}`; records: `0x${string}` }),
      block: log.blockNumber,
    }))
  }

  /** Every (tab, seq) that is anchored, in the order of the chain. */
  async function anchored(): Promise<string[]> {
    return (await anchors()).flatMap(({ records }) =>
      unpackAnchor(Buffer.from(records.slice(2), "hex")).map((e) => `${bytesToHex(e.tab)}/${e.seq}`),
    )
  }

  function nextBlock(): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = chain.client.watchBlockNumber({
        ...{ pollingInterval: 50, onError: reject },
        onBlockNumber: () => {
          stop()
          resolve()
        },
      })
    })
  }

  async function untilAnchored(): Promise<void> {
    for (;;) {
      const { entriesWaiting, transactionsPending } = await status()
      if (entriesWaiting === 0 && transactionsPending === 0) return
      await nextBlock()
    }
  }

  it("anchors what was handed in: the packed records give the root, the roots give the head", async () => {
    const receipts = await Promise.all(tabs.map(next))
    expect(await submit(receipts.map((r) => r.wire))).to.include({ accepted: 4 })
    await untilAnchored()
    const all = await anchors()
    let head: `0x${string}` = `0x${"00".repeat(32)}`
    for (const anchor of all) {
      const entries = unpackAnchor(Buffer.from(anchor.records.slice(2), "hex"))
      expect(bytesToHex(anchorRoot(entries))).equal(anchor.root)
      head = keccak256(
        encodeAbiParameters([{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }], [head, anchor.root, anchor.block]),
      )
      expect(anchor.head).equal(head)
    }
    expect((await anchored()).sort()).deep.equal(tabs.map((t) => `${bytesToHex(t.id)}/1`).sort())
  })

  it("has its state directory to itself: a second one is told who has it, may try again later, and takes no socket away", async () => {
    const second = spawn(process.execPath, [main, "recorder", ...flags()], { stdio: ["ignore", "pipe", "pipe"] })
    const closed = once(second, "close")
    let said = ""
    second.stderr.setEncoding("utf8").on("data", (text) => {
      said += text
    })
    for await (const line of createInterface(second.stdout)) if (JSON.parse(line).msg === "recorder runs") second.kill("SIGKILL")
    const [code] = await closed
    expect([code, said]).deep.equal([
      75,
      `Another recorder (process ${child!.pid}) uses ${dir}. Stop it, or give this one a directory of its own.\n`,
    ])
    expect((await status()).addresses[0]).equal(address)
  })

  it("takes a receipt twice and anchors it once", async () => {
    const before = await anchored()
    const receipt = await next(tabs[0]!)
    for (let i = 0; i < 3; i++) expect(await submit([receipt.wire, receipt.wire])).to.include({ accepted: 2 })
    await untilAnchored()
    expect(await anchored()).deep.equal([...before, `${bytesToHex(tabs[0]!.id)}/2`])
  })

  it("refuses what is not signed by both, of no tab, of another market, of other records; and takes the good one beside it", async () => {
    const good = await next(tabs[1]!)
    const { proposal } = good.wire
    const flip = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte))
    const bad: [CountersignedReceipt, string, string][] = [
      [{ ...good.wire, countersignature: flip(good.wire.countersignature) }, "bad_signature", "countersignature"],
      [{ ...good.wire, proposal: { ...proposal!, nodeSignature: flip(proposal!.nodeSignature) } }, "bad_signature", "nodeSignature"],
      [{ ...good.wire, proposal: { ...proposal!, amount: proposal!.amount + 1n } }, "bad_signature", "nodeSignature"],
      [{ ...good.wire, signer: hexToBytes(tabs[2]!.signer) }, "bad_signature", "nodeSignature"],
      [{ ...good.wire, node: good.wire.node.subarray(1) }, "malformed", "node"],
      [{ ...good.wire, countersignature: new Uint8Array(65) }, "malformed", "countersignature"],
      [{ ...good.wire, proposal: undefined as never }, "malformed", "proposal"],
      [{ ...good.wire, proposal: { ...proposal!, records: [{ ...proposal!.records[0]!, tokens: 7n }] } }, "bad_receipt", "records"],
    ]
    for (const [wire, code, field] of bad) {
      const response = await submit([wire])
      expect([response.accepted, response.error?.code, response.error?.field]).deep.equal([0, code, `submit[0].${field}`])
    }
    const { response, stranger } = await strangerReceipt()
    expect([response.accepted, response.error?.code]).deep.equal([0, "no_tab"])
    const mixed = await submit([stranger.wire, good.wire])
    expect([mixed.accepted, mixed.error?.code]).deep.equal([1, "no_tab"])
  })

  async function strangerReceipt() {
    const stranger = await next(new TestTab(market.market, node, keyOf("a signer without a tab")))
    return { stranger, response: await submit([stranger.wire]) }
  }

  it("outlives random bytes, too large frames and too many receipts", async () => {
    for (const bytes of [randomBytes(300), new Uint8Array(200_000).fill(0xff), new Uint8Array(0)]) {
      const stranger = await createHost({ privateKey: randomBytes(32), listen: [], announce: [], maxConnections: 20 })
      await stranger.start()
      const stream = await stranger.dialProtocol(multiaddr(address), RECORDS.id)
      stream.send(bytes)
      stream.abort(new Error("gone"))
      await stranger.stop()
    }
    const one = await next(tabs[1]!)
    const many = await submit(Array.from({ length: 65 }, () => one.wire))
    expect([many.accepted, many.error?.code]).deep.equal([0, "too_large"])
    const stream = await peer.dialProtocol(multiaddr(address), RECORDS.id)
    const frames = pbStream(stream, { maxDataLength: 2 * RECORDS.maxFrame })
    await frames
      .write({ submit: [{ ...one.wire, countersignature: new Uint8Array(RECORDS.maxFrame + 1) }] }, RecordsRequest)
      .catch(() => {})
    const answer = await frames.read(RecordsResponse, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
    if (answer) expect(answer.error?.code).equal("too_large")
    stream.abort(new Error("done"))
    expect(await submit([one.wire])).to.include({ accepted: 1 })
  })

  it("settles the days that are over on demand, in one batch; repeats nothing; leaves a stale line out", async () => {
    await untilAnchored()
    expect((await settleNow()).lines).equal(0)
    await chain.increaseTime(86_400)
    const report = await settleNow()
    expect([report.lines, report.transactions.length]).deep.equal([4, 1])
    for (const tab of tabs) expect(await spent(tab)).equal(tab.books.amount)
    const again = await settleNow()
    expect([again.lines, again.transactions.length]).deep.equal([0, 0])
    expect((await status()).statementsOpen).equal(0)
    // Paid by somebody else in the meantime: no gas is spent on it.
    const receipt = await next(tabs[0]!)
    await submit([receipt.wire])
    await market.settle(market.account(3), [receipt.line])
    await chain.increaseTime(86_400)
    expect((await settleNow()).lines).equal(0)
  })

  it("submits the newest receipt at once when a close is requested", async () => {
    const tab = tabs[3]!
    await submit([(await next(tab)).wire, (await next(tab)).wire])
    await market.call(market.account(2), "requestClose", [tab.signer, node.address])
    while ((await spent(tab)) !== tab.books.amount) await nextBlock()
    expect((await settleNow(true)).lines).equal(0)
  })

  it("pays what was handed in though the tenant settles a line of its own of a day far ahead", async () => {
    const tab = tabs[3]!
    const { wire } = await next(tab)
    await submit([wire])
    const own = { node: node.address, day: 2 ** 32 - 1, gpuMs: 0n, amount: (await spent(tab)) + 1n, recordsHash: new Uint8Array(32) }
    const countersignature = nativeEcdsa.sign(receiptDigest(market.market, own), tab.signerKey)
    await market.settle(market.account(2), [{ receipt: own, countersignature }])
    expect(await spent(tab)).equal(own.amount)
    await nextBlock()
    await nextBlock()
    await settleNow(true)
    expect(await spent(tab)).equal(tab.books.amount)
    // And no line of it is looked at for ever.
    expect(await settleNow(true)).to.include({ lines: 0 })
  })

  it("killed with -9 at every step, loses nothing and repeats nothing", async function () {
    this.timeout(240_000)
    await untilAnchored()
    const sent = new Set(await anchored())
    for (const step of STEPS)
      for (const count of [1]) {
        await stop()
        const { died } = await startKilled(`${step}:${count}`)
        for (const tab of tabs.slice(0, 3)) {
          const { wire } = await next(tab)
          // The answer may be lost with the process: the node hands in again, as here.
          const taken = await submit([wire]).catch(() => undefined)
          sent.add(`${bytesToHex(tab.id)}/${wire.proposal!.seq}`)
          if (!taken) unanswered.push(wire)
        }
        await settleNow(true).catch(() => {})
        await Promise.race([died, nextBlock().then(nextBlock).then(nextBlock)])
        child!.kill("SIGKILL")
        await died
        await start()
        expect(await submit(unanswered)).to.include({ accepted: unanswered.length })
        unanswered.length = 0
      }
    await untilAnchored()
    const all = await anchored()
    expect(all.length, "nothing twice").equal(new Set(all).size)
    expect([...sent].sort()).deep.equal(all.sort())
    await settleNow(true)
    for (const tab of tabs.slice(0, 3)) expect(await spent(tab)).equal(tab.books.amount)
    expect(await settlements(), "no line settled twice").to.satisfy((lines: string[]) => new Set(lines).size === lines.length)
  })

  it("control: with its store gone, it anchors again what is on chain", async () => {
    const { wire } = await next(tabs[0]!)
    await submit([wire])
    await untilAnchored()
    await stop()
    for (const file of readdirSync(dir)) if (file.includes(".sqlite")) rmSync(join(dir, file))
    await start()
    await submit([wire])
    await untilAnchored()
    const all = await anchored()
    expect(all.length).equal(new Set(all).size + 1)
  })
})
