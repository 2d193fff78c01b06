// Bills of a real chain that is longer than a provider lets anybody read at once.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type Address,
  type AnchorEntry,
  anchorRoot,
  bytesToHex,
  keccakText,
  packAnchor,
  propose,
  publicTermsHash,
  receiptDigest,
} from "@berth/protocol"
import { computeRecordsAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { http } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { bundleOf } from "../../../test/support/bundle-of.ts"
import { type LimitedRpc, limitedRpc } from "../../../test/support/limited-rpc.ts"
import { TestMarket, type TestNode, type TestTab, type Wallet } from "../../../test/support/market.ts"
import { balance } from "../actions/balance.ts"
import { readClosePayments, readSettlements } from "../chain/settlements.ts"
import { createBerthClient } from "../client.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { ReceiptRow } from "../store/receipt-rows.ts"
import { audit } from "./audit.ts"

/** Blocks between the things that happen, and what providers in use allow. */
const GAP = 4_000
const LIMITS = [10_000n, 2_000n, 1_000n]

describe("the bill, read from a chain that is longer than its provider gives at once", function () {
  this.timeout(120_000)
  let chain: LocalChain
  let market: TestMarket
  let rpc: LimitedRpc
  let node: TestNode
  let tab: TestTab
  let tenant: Wallet
  const receipts: ReceiptRow[] = []
  const entries: AnchorEntry[] = []

  const deployment = () => ({ ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) })
  const client = () => createBerthClient({ deployment: deployment(), transport: http(rpc.url, { retryCount: 0 }) })
  const terms = () => ({
    ...{ tab: tab.id, leaseNo: 1, class: "cpu/x86-64", count: 1, price: tab.price, meter: 0, start: 1n },
    ...{ window: 60_000, pause: 1, stop: 1, idle: 1 },
  })

  /** A receipt over the lease's time so far, as node and agent sign and keep it. */
  const signReceipt = async (cumulativeMs: bigint) => {
    const { number: block, timestamp } = await chain.client.getBlock()
    const first = tab.books.seq === 0
    const amount = (cumulativeMs * tab.price) / 3_600_000n - tab.books.used
    const proposal = propose(tab.books, {
      ...{ seq: tab.books.seq + 1, day: Number(timestamp / 86_400n), block, advance: 0n },
      terms: first ? [{ leaseNo: 1, publicTermsHash: publicTermsHash(terms()) }] : [],
      records: [{ block, leaseNo: 1, cumulativeMs, amount, requests: 0, tokens: 0n }],
    })
    const digest = receiptDigest(market.market, proposal.receipt)
    const countersignature = nativeEcdsa.sign(digest, tab.signerKey)
    const wire = proposalToWire(proposal, nativeEcdsa.sign(digest, node.key))
    receipts.push({ seq: proposal.opening.seq, day: proposal.receipt.day, proposal: wire, countersignature })
    entries.push({ tab: tab.id, seq: proposal.opening.seq, terms: proposal.terms, records: proposal.records })
    tab.books = proposal.next
    return { receipt: proposal.receipt, countersignature }
  }
  const anchor = (recorder: Wallet, of: readonly AnchorEntry[], whole = true) =>
    market.send(recorder, chain.deployment.computeRecords, computeRecordsAbi, "anchor", [
      bytesToHex(anchorRoot(of)),
      whole ? bytesToHex(packAnchor(of)) : "0x",
    ])
  const bundle = () => {
    const lease = { leaseId: "0x1", leaseNo: 1, terms: terms(), privateTerms: '{"image":"x"}' } as unknown as LeaseRow
    const source = { node: node.address, signer: tab.signer, leases: new Map([[1, lease]]), receipts }
    return bundleOf(deployment(), tenant.address, [source])
  }

  before(async () => {
    chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: 0 })
    market = new TestMarket(chain)
    rpc = await limitedRpc(chain.rpcUrl, LIMITS[0]!)
    node = await market.registerNode("node", market.account(1), { recorders: [market.account(3).address] })
    tenant = market.account(2)
    await market.deposit(tenant, 5_000_000n)
    await chain.client.mine({ blocks: GAP })
    tab = await market.openTab(tenant, "signer", node, 1_000_000n)
    for (const ms of [1_000_000n, 2_000_000n]) {
      const line = await signReceipt(ms)
      await market.settle(market.account(3), [line])
      await anchor(market.account(3), entries.slice(-1))
      await chain.client.mine({ blocks: GAP })
    }
    // Of a recorder that the node did not name, who says otherwise; of its own: a root alone, another tab's records, and the second receipt again.
    const forged = entries.map((e) => ({ ...e, records: e.records.map((r) => ({ ...r, amount: r.amount + 1n })) }))
    await anchor(market.account(4), forged)
    await anchor(market.account(3), entries, false)
    await anchor(market.account(3), [{ ...entries[0]!, tab: keccakText("another tab") }, entries[1]!])
    const deadline = (await market.chainTime()) + 600n
    const [r, vs] = market.sign(node.key, "TabClose", { signer: tab.signer, node: node.address, amount: 200_000n, deadline })
    await market.call(tenant, "closeTab", [tab.signer, node.address, 200_000n, deadline, r, vs])
    await chain.client.mine({ blocks: GAP })
  })
  after(async () => {
    await rpc?.stop()
    await chain?.stop()
  })
  beforeEach(() => rpc.forget())

  for (const limit of LIMITS)
    it(`of which it gives ${limit} blocks`, async () => {
      rpc.limit = limit
      const signers: Address[] = [tab.signer]
      expect((await readSettlements(client(), signers)).map((s) => s.paid)).deep.equal([100_000n, 100_000n])
      expect((await readClosePayments(client(), signers)).map((c) => [c.node, c.paid])).deep.equal([[node.address, 0n]])
      expect(await balance(client(), { account: tenant.address })).include({ available: 4_800_000n, inTabs: 0n })
      const { directory, publicClient } = client()
      await directory.refresh(publicClient, deployment())
      expect(directory.list().map((n) => n.node)).deep.equal([node.address])
      const result = await audit(await bundle(), { publicClient, deployment: deployment() })
      expect(result.findings).deep.equal([])
      expect(result.checked).include({ receipts: 2, settlements: 2, anchored: 2 })
      expect(result.paid).equal(200_000n)
      expect(rpc.asked.every((a) => a.refused === a.blocks > limit)).equal(true)
    })

  it("asks for no anchor of other recorders than the node named, nor from before the first receipt", async () => {
    rpc.limit = 10_000n
    await audit(await bundle(), { publicClient: client().publicClient, deployment: deployment() })
    const ofAnchors = rpc.asked
      .map((a) => a.filter)
      .filter((f) => f.address?.toLowerCase() === chain.deployment.computeRecords.toLowerCase())
    expect(ofAnchors).not.deep.equal([])
    const named = [`0x${market.account(3).address.slice(2).toLowerCase().padStart(64, "0")}`]
    const first = receipts[0]!.proposal.block
    for (const { topics, fromBlock } of ofAnchors) {
      expect([topics?.[1]].flat()).deep.equal(named)
      expect(BigInt(fromBlock!) >= first - 10n).equal(true)
    }
  })

  it("of which it gives none", async () => {
    rpc.limit = 0n
    const failed = await readSettlements(client(), [tab.signer]).then(
      () => undefined,
      (error) => error,
    )
    expect(failed).include({ code: "rpc" })
    expect(failed.message).equal("reading settlements failed: RPC Request failed. eth_getLogs is limited to a 0 range")
    expect(rpc.asked.at(-1)?.blocks).equal(1n)
  })
})
