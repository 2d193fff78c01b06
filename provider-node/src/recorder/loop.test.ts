import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { addressOfKey, dayOf } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { RECORDS, RecordsRequest, RecordsResponse } from "@berth/protocol/wire"
import { pbStream } from "@libp2p/utils"
import { multiaddr } from "@multiformats/multiaddr"
import { expect } from "chai"
import { pino } from "pino"
import { parseEther } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { keyOf, TestMarket, type TestNode, type TestTab } from "../../../test/support/market.ts"
import { createHost } from "../p2p/host.ts"
import { type Recorder, runRecorder } from "./recorder.ts"

describe("a recorder whose anchors all fail", function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-loop-"))
  const key = keyOf("a recorder without anchors")
  let chain: LocalChain
  let market: TestMarket
  let node: TestNode
  let tab: TestTab
  let recorder: Recorder

  before(async () => {
    chain = await startLocalChain({ stateDir: dir, blockTimeMs: 200 })
    market = new TestMarket(chain)
    await chain.fund(addressOfKey(key), { eth: parseEther("10") })
    node = await market.registerNode("node a", market.account(1))
    await market.deposit(market.account(2), 5_000_000n)
    tab = await market.openTab(market.account(2), "signer", node, 5_000_000n)
    await start()
  })
  after(async () => {
    await recorder?.stop()
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  async function start(): Promise<void> {
    // The core knows no `anchor`: each one's simulation reverts.
    const deployment = { ...chain.deployment, computeRecords: chain.deployment.berth }
    const input = {
      deployment,
      rpcUrl: chain.rpcUrl,
      stateDir: dir,
      listen: ["/ip4/127.0.0.1/tcp/0"],
      pollMs: 50,
      settleDelay: 0,
      settleEvery: 1,
    }
    recorder = await runRecorder(input, key, pino({ level: "silent" }))
  }

  /** Hands the tab's next receipt in. */
  async function submit(): Promise<void> {
    const { number, timestamp } = await chain.client.getBlock()
    const usage = [{ leaseNo: 1, cumulativeMs: BigInt(tab.books.seq + 1) * 100_000n }]
    const { wire } = await tab.receipt({ day: dayOf(timestamp), block: number, usage })
    const peer = await createHost({ privateKey: new Uint8Array(randomBytes(32)), listen: [], announce: [], maxConnections: 5 })
    await peer.start()
    const frames = pbStream(await peer.dialProtocol(multiaddr(recorder.status().addresses[0]!), RECORDS.id), {
      maxDataLength: RECORDS.maxFrame,
    })
    await frames.write({ submit: [wire] }, RecordsRequest)
    expect(await frames.read(RecordsResponse)).include({ accepted: 1 })
    await peer.stop()
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  async function isPaid(): Promise<boolean> {
    const { berth } = chain.deployment
    const { spent } = await chain.client.readContract({
      ...{ address: berth, abi: berthAbi, functionName: "tabs", args: [tab.signer, node.address] },
    })
    return spent === tab.books.amount
  }

  it("settles each day by itself all the same, and says what fails", async () => {
    await submit()
    await until(() => recorder.status().lastError?.startsWith("anchoring: ") === true)
    await chain.increaseTime(86_400)
    await until(() => recorder.status().settlements === 1)
    expect(await isPaid()).equal(true)
    expect(recorder.status().entriesWaiting).equal(1)
  })

  it("settles when asked", async () => {
    await submit()
    await until(() => recorder.status().entriesWaiting === 2)
    expect(await recorder.settleNow({ all: true })).include({ lines: 1 })
    expect(await isPaid()).equal(true)
  })

  it("starts again, and settles what came before", async () => {
    await submit()
    await recorder.stop()
    await chain.increaseTime(86_400)
    await start()
    await until(isPaid)
  })
})
