// A chain that is longer than its provider gives at once, as every chain is after some hours.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, type Deployment, keccakText } from "@berth/protocol"
import { computeRecordsAbi } from "@berth/protocol/abi"
import { readRange } from "@berth/protocol/read-range"
import { expect } from "chai"
import pino from "pino"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { type LimitedRpc, limitedRpc } from "../../../test/support/limited-rpc.ts"
import { TestMarket, type TestNode, type TestTab, type Wallet } from "../../../test/support/market.ts"
import { MarketReader } from "../recorder/chain/market-reader.ts"
import { publicClientOf } from "./client.ts"
import { ChainReader } from "./reader.ts"
import { ReservationReader } from "./reservation-reader.ts"
import { TenantHistory } from "./tenant-history.ts"
import { ChainWatcher } from "./watcher.ts"

const GAP = 4_000
const log = pino({ level: "silent" })
const hash = (text: string) => `0x${Buffer.from(keccakText(text)).toString("hex")}` as const

describe("a chain that is longer than its provider gives at once", function () {
  this.timeout(60_000)
  let chain: LocalChain
  let market: TestMarket
  let rpc: LimitedRpc
  let deployment: Deployment
  let operator: Wallet
  let tenant: Wallet
  let recorder: Wallet
  let node: TestNode

  const reader = () => new ChainReader({ rpcUrls: [rpc.url], deployment })
  const head = () => chain.client.getBlockNumber({ cacheTime: 0 })
  const lower = (wallet: Wallet) => wallet.address.toLowerCase() as Address
  const settle = async (tab: TestTab, cumulativeMs: bigint) => {
    const { number: block, timestamp } = await chain.client.getBlock()
    const { line } = tab.receipt({ day: Number(timestamp / 86_400n), block, usage: [{ leaseNo: 1, cumulativeMs }] })
    await market.settle(recorder, [line])
  }
  const anchor = (name: string) => market.send(recorder, chain.deployment.computeRecords, computeRecordsAbi, "anchor", [hash(name), "0x"])

  before(async () => {
    chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: 0 })
    deployment = { ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) }
    rpc = await limitedRpc(chain.rpcUrl, 10_000n)
    market = new TestMarket(chain)
    ;[operator, tenant, recorder] = [market.account(1), market.account(2), market.account(3)]
    node = await market.registerNode("first", operator)
    await market.deposit(tenant, 5_000_000n)
    await settle(await market.openTab(tenant, "one", node, 1_000_000n), 1_000_000n)
    await anchor("old")
    await chain.client.mine({ blocks: GAP })
    // Another node of the operator, and one of somebody else.
    const second = await market.registerNode("second", operator)
    await settle(await market.openTab(tenant, "two", second, 1_000_000n), 2_000_000n)
    const other = await market.registerNode("other", market.account(4))
    await settle(await market.openTab(tenant, "three", other, 1_000_000n), 4_000_000n)
    await chain.client.mine({ blocks: 2 * GAP })
    await anchor("new")
  })
  after(async () => {
    await rpc?.stop()
    await chain?.stop()
  })
  beforeEach(() => rpc.forget())

  for (const limit of [10_000n, 2_000n, 1_000n])
    it(`of which it gives ${limit} blocks: a tenant is known, and all else that is read from events`, async () => {
      rpc.limit = limit
      const watcher = new ChainWatcher({ node: node.address, pollMs: 60_000, confirmations: 0 }, { reader: reader(), log })
      await watcher.poll()
      expect(await watcher.settledBy(lower(tenant))).equal(300_000n)
      expect(await watcher.settledBy(lower(operator))).equal(0n)
      await watcher.stop()
      const made = await new ReservationReader(publicClientOf([rpc.url]), deployment).made(
        node.address,
        deployment.startBlock,
        await head(),
      )
      expect(made).deep.equal([])
      const records = new MarketReader(rpc.url, market.market, deployment)
      const events = await records.events(deployment.startBlock, await head())
      expect(events.filter((e) => e.name === "NodeUpdated")).lengthOf(3)
      expect(await records.anchoredBy(recorder.address, hash("old"), deployment.startBlock)).equal(true)
      expect(await records.anchoredBy(recorder.address, hash("none"), deployment.startBlock)).equal(false)
      expect(await records.anchoredBy(operator.address, hash("old"), deployment.startBlock)).equal(false)
      expect(rpc.asked.every((a) => a.refused === a.blocks > limit)).equal(true)
    })

  it("reads what was opened once, and then what is new", async () => {
    rpc.limit = 10_000n
    const history = new TenantHistory({ reader: reader(), log }, 0)
    const settled = async (who: Wallet) => history.settledBy(lower(who), lower(operator), await head())
    expect(await settled(tenant)).equal(300_000n)
    rpc.forget()
    const late = await market.openTab(tenant, "late", node, 1_000_000n)
    await settle(late, 500_000n)
    expect(await settled(tenant)).equal(350_000n)
    expect(await settled(recorder)).equal(0n)
    const blocks = rpc.asked.reduce((sum, a) => sum + a.blocks, 0n)
    expect(blocks > 0n && blocks < 500n, `${blocks} blocks were read again`).equal(true)
    rpc.forget()
    for (const who of [operator, recorder, tenant]) await settled(who)
    expect(rpc.asked, "nothing is new: made-up tenants cost no reading").deep.equal([])
  })

  it("counts a closed tab once, however often it is read", async () => {
    rpc.limit = 10_000n
    const history = new TenantHistory({ reader: reader(), log }, 0)
    const settled = async () => history.settledBy(lower(tenant), lower(operator), await head())
    const before = await settled()
    const tab = await market.openTab(tenant, "closed", node, 100_000n)
    const deadline = (await market.chainTime()) + 600n
    const [r, vs] = market.sign(node.key, "TabClose", { signer: tab.signer, node: node.address, amount: 7n, deadline })
    await market.call(tenant, "closeTab", [tab.signer, node.address, 7n, deadline, r, vs])
    for (let i = 0; i < 3; i++) expect(await settled()).equal(before + 7n)
  })

  it("forgets no tenant that it knows while the RPC refuses, says so once, and goes on where it was", async () => {
    rpc.limit = 10_000n
    const said: string[] = []
    const loud = pino({ level: "info" }, { write: (line: string) => void said.push(JSON.parse(line).msg) })
    const history = new TenantHistory({ reader: reader(), log: loud }, 0)
    const settled = async (who: Wallet) => history.settledBy(lower(who), lower(operator), await head())
    const known = await settled(tenant)
    expect(known > 0n).equal(true)
    // There is a block to read.
    await market.openTab(tenant, "one more", node, 1_000n)
    rpc.limit = 0n
    expect(await settled(tenant)).equal(known)
    expect(await settled(recorder)).equal(0n)
    expect(said).deep.equal(["the history of tenants can't be read: those that are not known yet stay unknown"])
    rpc.limit = 10_000n
    rpc.forget()
    expect(await settled(tenant)).equal(known)
    expect(said).lengthOf(2)
    expect(rpc.asked.every((a) => a.blocks < 500n)).equal(true)
  })

  it("is read from the newest end where a find is likely there", async () => {
    const pieces: [bigint, bigint][] = []
    for await (const { from, to } of readRange(5n, 20_000n, async () => {}, { newestFirst: true })) pieces.push([from, to])
    expect(pieces).deep.equal([
      [11_001n, 20_000n],
      [2_001n, 11_000n],
      [5n, 2_000n],
    ])
    rpc.limit = 10_000n
    expect(
      await new MarketReader(rpc.url, market.market, deployment).anchoredBy(recorder.address, hash("new"), deployment.startBlock),
    ).equal(true)
    expect(rpc.asked).lengthOf(1)
  })
})
