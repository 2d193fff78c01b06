// What the market's owner, a node's operator and anybody may send, by `berth` itself: fees, pause, retiring, claims under a standing order,
// settling a bundle, closing a tab whose agent is lost.
import {
  type Address,
  bytesToHex,
  emptyBooks,
  keccakText,
  nobleEcdsa,
  propose,
  receiptDigest,
  stringifyBundle,
  tabId,
} from "@berth/protocol"
import { expect } from "chai"
import { CommandWorld } from "./support/command-world.ts"

const OWNER = 19

describe("berth owner, node, settle, standing-order claim, close --node", function () {
  this.timeout(300_000)
  let w: CommandWorld

  before(async () => {
    w = await CommandWorld.start()
    await w.profile("operator", 1)
    await w.profile("owner", OWNER)
    await w.profile("tenant")
  })
  after(() => w?.stop())

  it("the owner sets the fee and the pause, with its wallet or as a call for a multisig", async () => {
    const owner = w.market.account(OWNER).address.toLowerCase()
    expect(await w.json("tenant", "owner")).include({ owner, feeBps: 0, maxFeeBps: 500, paused: false, accruedFees: "0" })
    expect(await w.json("owner", "owner", "fee", "200")).include({ bps: 200 })
    expect((await w.refused("owner", "owner", "fee", "501")).error.message).contain("above 500")
    expect((await w.refused("owner", "owner", "fee", "2%")).error).include({ code: "usage" })
    expect((await w.refused("tenant", "owner", "fee", "1")).error.message).contain("is not the owner")
    expect((await w.refused("owner", "owner", "withdraw-fees", owner)).error.message).contain("the amount is zero")
    const call = await w.json("nobody", "owner", "pause", "--call")
    expect(call).include({ to: w.chain.deployment.berth, value: "0" })
    await w.chain.client.waitForTransactionReceipt({ hash: await w.chain.client.sendTransaction({ to: call.to, data: call.data }) })
    expect((await w.berth("tenant", "owner")).stdout)
      .match(/fee +2 % .*at most 5 %/)
      .and.match(/paused +new deposits/)
    expect((await w.refused("tenant", "account", "deposit", "10")).error.message).contain("paused")
    await w.json("owner", "owner", "unpause")
    await w.json("tenant", "account", "deposit", "10")
  })

  it("anybody hands in what a node signed for a tab with a standing order", async () => {
    const { node, market } = w
    const flags = ["--order-cap", "2", "--order-rate", "0.10", "--order-hours", "48", "--order-base", "0.05"]
    const { signer } = await w.json("tenant", "tabs", "open", node.address, "3", ...flags)
    const claim = (of: Address, amount: bigint, key = node.key) => {
      const books = emptyBooks(tabId(market.market, of, node.address), node.address)
      const { receipt, opening } = propose(books, { seq: 1, day: 20_000, block: 1n, advance: amount, terms: [], records: [] })
      const { tab: _, ...records } = opening
      const { day, gpuMs } = receipt
      const signature = nobleEcdsa.sign(receiptDigest(market.market, receipt), key)
      return { version: 1, ...market.market, signer: of, node: node.address, receipt: { day, gpuMs, amount }, opening: records, signature }
    }
    const good = claim(signer, 50_000n)
    const post = (value: object) => w.refused("owner", "standing-order", "claim", w.file("order.json", value))
    expect((await post({ ...good, signature: claim(signer, 50_000n, keccakText("x")).signature })).error).include({ code: "bad_signature" })
    expect((await post({ ...good, receipt: { ...good.receipt, amount: 49_999n } })).error).include({ code: "bad_signature" })
    expect((await post({ ...good, contract: node.address })).error).include({ code: "wrong_market" })
    expect((await post({ ...good, opening: { ...good.opening, treeRoot: "0x12" } })).error).include({ code: "malformed" })
    expect(await w.json("owner", "standing-order", "claim", w.file("order.json", good))).include({ paid: "50000" })
    expect((await post(good)).error.message).contain("pays nothing")
    const owner = w.market.account(OWNER).address
    expect(await w.json("owner", "owner", "withdraw-fees", owner)).include({ amount: "1000" })
  })

  it("anybody settles the receipts of a bundle; a second time it pays nothing", async () => {
    await w.market.deposit(w.market.account(1), 5_000_000n)
    const tab = await w.market.openTab(w.market.account(1), "bundled", w.node, 1_000_000n)
    const { line } = tab.receipt({ day: 20_000, block: 5n, usage: [{ leaseNo: 1, cumulativeMs: 3_600_000n }] })
    const { receipt, countersignature } = line
    const statement = {
      day: receipt.day,
      seq: 1,
      block: 5n,
      gpuMs: receipt.gpuMs,
      used: receipt.amount,
      amount: receipt.amount,
      treeSize: 1,
      treeRoot: bytesToHex(new Uint8Array(32)),
      previousDayRecordsHash: bytesToHex(new Uint8Array(32)),
      recordsHash: bytesToHex(receipt.recordsHash),
      nodeSignature: bytesToHex(new Uint8Array(64)),
      signerSignature: bytesToHex(countersignature),
      blocks: [],
    }
    const { computeRecords, startBlock } = w.chain.deployment
    const bundle = {
      version: 1 as const,
      ...w.market.market,
      computeRecords: computeRecords.toLowerCase() as Address,
      startBlock: BigInt(startBlock),
      tenant: w.market.account(1).address.toLowerCase() as Address,
      tabs: [{ signer: tab.signer, node: w.node.address, terms: [], statements: [statement] }],
    }
    const file = w.file("bundle.json", JSON.parse(stringifyBundle(bundle)))
    const done = await w.json("tenant", "settle", file)
    expect(done).deep.include({
      settled: [{ node: w.node.address, signer: tab.signer, day: 20_000, paid: `${receipt.amount}` }],
      skipped: [],
    })
    expect((await w.json("tenant", "settle", file)).skipped).deep.equal([
      { node: w.node.address, signer: tab.signer, index: 0, reason: "stale" },
    ])
    const empty = w.file("empty.json", JSON.parse(stringifyBundle({ ...bundle, tabs: [] })))
    expect((await w.refused("tenant", "settle", empty)).error.message).contain("no receipt")
    expect(
      (await w.refused("tenant", "settle", w.file("other.json", { ...JSON.parse(stringifyBundle(bundle)), chainId: 1 }))).error.code,
    ).equal("wrong_market")
  })

  it("a wallet closes a tab whose agent is lost, in time", async () => {
    // Opened by the operator's wallet with a signer that its agent never had.
    const { signer } = await w.market.openTab(w.market.account(1), "lost", w.node, 1_000_000n)
    const tab = ["close", signer, "--node", w.node.address]
    expect((await w.refused("operator", ...tab)).error).include({ code: "usage" })
    expect((await w.refused("tenant", ...tab, "--timed")).error.message).contain("did not open the tab")
    await w.json("operator", ...tab, "--timed")
    expect((await w.refused("operator", ...tab, "--finish")).error.message).contain("challenge period runs")
    await w.nextNoon(4)
    const before = BigInt((await w.json("operator", "account", "balance")).available)
    // Anybody may; what is left goes to whose tab it was.
    await w.json("tenant", ...tab, "--finish")
    expect(BigInt((await w.json("operator", "account", "balance")).available)).equal(before + 1_000_000n)
  })

  it("an operator retires its node, for ever", async () => {
    expect((await w.refused("operator", "node", "retire", w.node.address)).error).include({ code: "usage", hint: "add --yes" })
    expect((await w.refused("tenant", "node", "retire", w.node.address, "--yes")).error.message).contain("is not the operator")
    await w.json("operator", "node", "retire", w.node.address, "--yes")
    expect((await w.refused("operator", "node", "retire", w.node.address, "--yes")).error.message).contain("is retired")
    expect((await w.refused("tenant", "tabs", "open", w.node.address, "1", "--another")).error.message).contain("is retired")
  })
})
