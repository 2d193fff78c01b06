// Standing orders on a real chain: opened, watched and claimed by the SDK's actions.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, emptyBooks, keccakText, nobleEcdsa, propose, receiptDigest, standingOrderAllowed, tabId } from "@berth/protocol"
import { expect } from "chai"
import { http, parseEther } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { TestMarket, type TestNode } from "../../../test/support/market.ts"
import { berthAbi } from "../chain/abi.ts"
import { readTab } from "../chain/tabs.ts"
import { type BerthClient, createBerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { balance } from "./balance.ts"
import { claimStandingOrder } from "./claimStandingOrder.ts"
import { deposit } from "./deposit.ts"
import { openTab } from "./openTab.ts"
import { requestClose } from "./requestClose.ts"
import { standingOrder } from "./standingOrder.ts"

describe("standing orders", function () {
  this.timeout(60_000)
  let chain: LocalChain
  let market: TestMarket
  let node: TestNode
  let [tenant, operator] = [] as unknown as [BerthClient, BerthClient]
  let tabs = 0

  const clientOf = (account: ReturnType<TestMarket["account"]>) => {
    const deployment = { ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) }
    return createBerthClient({ deployment, transport: http(chain.rpcUrl), account, pollingInterval: 50 })
  }
  const opened = async (amount = 10_000_000n) => {
    const until = (await market.chainTime()) + 36_000n
    const terms = { base: 500n, cap: 5_000_000n, rate: 1_000_001n, until }
    const signerKey = keccakText(`signer ${++tabs}`)
    const { signer } = await openTab(tenant, { node: node.address, amount, signerKey, standingOrder: terms })
    return { signer, node: node.address }
  }
  /** A receipt for `advance` credits that the node alone has signed. */
  const claimOf = async (signer: Address, amount: bigint, key = node.key) => {
    const books = emptyBooks(tabId(market.market, signer, node.address), node.address)
    const { receipt, opening } = propose(books, { seq: 1, day: 20_000, block: 1n, advance: amount, terms: [], records: [] })
    return { signer, node: node.address, receipt, opening, signature: nobleEcdsa.sign(receiptDigest(market.market, receipt), key) }
  }

  before(async () => {
    chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: 0 })
    market = new TestMarket(chain)
    node = await market.registerNode("node", market.account(1))
    await market.deposit(market.account(2), 100_000_000n)
    ;[operator, tenant] = [1, 2].map((index) => clientOf(market.account(index))) as [BerthClient, BerthClient]
  })
  after(() => chain?.stop())

  it("a tab without one has none", async () => {
    const { signer } = await openTab(tenant, { node: node.address, amount: 1n, signerKey: keccakText("plain") })
    expect(await standingOrder(tenant, { signer, node: node.address })).equal(undefined)
    await expectError(claimStandingOrder(operator, await claimOf(signer, 1n)), "has no standing order")
  })

  it("allows what protocol's own arithmetic says, second by second, up to cap, deposit and end", async () => {
    const tab = await opened()
    const order = (await standingOrder(tenant, tab))!
    expect(order).include({ base: 500n, cap: 5_000_000n, rate: 1_000_001n, spent: 0n, exposure: 5_000_500n })
    for (const seconds of [1, 3_599, 7_200, 40_000]) {
      await chain.increaseTime(seconds)
      const now = (await standingOrder(tenant, tab))!
      expect(now.allowed).equal(standingOrderAllowed(order, await market.chainTime()))
      expect(now.claimable).equal(now.allowed)
    }
    expect((await standingOrder(tenant, tab))!.allowed).equal(5_000_500n)
    const small = (await standingOrder(tenant, await opened(1_000n)))!
    expect(small.exposure).equal(1_000n)
  })

  it("is claimed with the node's signature alone, up to what it allows, and not with another tab's receipt", async () => {
    const tab = await opened()
    await chain.increaseTime(3_600)
    const before = (await balance(operator)).available
    await expectError(claimStandingOrder(operator, await claimOf(tab.signer, 900_000n, keccakText("x"))), "is not signed by node")
    expect((await claimStandingOrder(operator, await claimOf(tab.signer, 900_000n))).paid).equal(900_000n)
    expect(await standingOrder(tenant, tab)).include({ spent: 900_000n })
    await expectError(claimStandingOrder(operator, await claimOf(tab.signer, 900_000n)), "pays nothing")
    const { paid } = await claimStandingOrder(operator, await claimOf(tab.signer, 9_000_000n))
    const { allowed, spent, claimable } = (await standingOrder(tenant, tab))!
    expect([spent, claimable]).deep.equal([900_000n + paid, allowed - spent])
    expect((await balance(operator)).available - before).equal(spent)
    const other = await opened()
    await chain.increaseTime(3_600)
    const foreign = { ...(await claimOf(tab.signer, 900_000n)), signer: other.signer }
    await expectError(claimStandingOrder(operator, foreign), "is not signed by node")
  })

  it("stops at a close request: nothing is trusted beyond what was allowed then", async () => {
    const tab = await opened()
    await chain.increaseTime(1_800)
    await requestClose(tenant, tab)
    const { allowed, exposure } = (await standingOrder(tenant, tab))!
    await chain.increaseTime(3_600)
    expect(await standingOrder(tenant, tab)).include({ allowed, exposure })
    expect(exposure).equal(allowed)
  })

  it("is given with the deposit that opens the tab, in one transaction", async () => {
    const account = market.account(3)
    await chain.fund(account.address, { eth: parseEther("1"), usd: 3_000_000n })
    const client = clientOf(account)
    const until = (await market.chainTime()) + 7_200n
    const signerKey = keccakText("with deposit")
    const opening = { node: node.address, amount: 2_000_000n, signerKey, standingOrder: { cap: 100n, rate: 10n, until } }
    const { hash } = await deposit(client, { amount: 3_000_000n, openTab: opening })
    const { blockNumber } = await client.publicClient.getTransactionReceipt({ hash })
    const { timestamp } = await client.publicClient.getBlock({ blockNumber })
    const logs = await client.publicClient.getContractEvents({
      address: chain.deployment.berth,
      abi: berthAbi,
      eventName: "StandingOrderGiven",
      fromBlock: blockNumber,
    })
    const { signer } = logs[0]!.args as { signer: Address }
    expect(await readTab(client, { signer, node: node.address })).include({ state: "open", deposit: 2_000_000n })
    const order = (await standingOrder(client, { signer, node: node.address }))!
    // The order begins with the opening; until its end it adds up to 19 credits and something.
    expect(order).include({ base: 0n, cap: 100n, rate: 10n, from: timestamp, until })
    expect(order.exposure).equal((10n * (until - timestamp)) / 3_600n)
  })

  it("that allows nothing is refused", async () => {
    const now = await market.chainTime()
    const open = (standingOrder: { cap: bigint; rate: bigint; until: bigint }) =>
      openTab(tenant, { node: node.address, amount: 1_000n, signerKey: keccakText(`signer ${++tabs}`), standingOrder })
    await expectError(open({ cap: 1n, rate: 1n, until: now - 1n }), "allows nothing")
    await expectError(open({ cap: 0n, rate: 1n, until: now + 3_600n }), "allows nothing")
  })
})

async function expectError(action: Promise<unknown>, text: string): Promise<void> {
  const error = await action.then(
    () => undefined,
    (e: unknown) => e,
  )
  expect(error, "nothing was thrown").instanceOf(BerthError)
  expect((error as BerthError).message).contain(text)
}
