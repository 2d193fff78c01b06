// A record billed by one credit too much: caught by the agent, and where the agent is blind, by the audit.
import {
  type Address,
  addressOfKey,
  bytesToHex,
  emptyBooks,
  type Proposal,
  type PublicTerms,
  propose,
  receiptDigest,
  tabId,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { openProposal, type WireProposal } from "@berth/protocol/wire"
import { expect } from "chai"
import { type ConnectedAgent, readDeployment } from "../../tenant-sdk/src/index.ts"
import type { LeaseRow } from "../../tenant-sdk/src/store/lease-rows.ts"
import { bundleOf } from "../support/bundle-of.ts"
import { FaultWorld } from "../support/fault-world.ts"
import { keyOf } from "../support/market.ts"
import { LyingNode } from "./lying-node.ts"

describe("a node that bills one record by one credit too much", function () {
  this.timeout(60_000)
  let world: FaultWorld
  let node: LyingNode
  before(async () => {
    world = await FaultWorld.start()
    node = await LyingNode.start(world)
  })
  after(async () => {
    await node?.stop()
    await world?.stop()
  })

  /** The next receipt, consistent in all its sums, hashes and signatures, but for this. */
  async function overbilled(ms: bigint, credits = 1n): Promise<Proposal> {
    const claim = await node.claim(ms)
    return propose(node.books, { ...claim, records: claim.records.map((r) => ({ ...r, amount: r.amount + credits })) })
  }

  it("is caught by the agent, which names the record and signs nothing", async () => {
    const { agent }: { agent: ConnectedAgent } = await world.startAgent(await world.tenant())
    await agent.openTab({ node: node.setup.address, amount: 1_000_000_000n })
    await agent.run({ image: "busybox", class: "cpu/x86-64", node: node.setup.address, hours: 0.01 })
    expect((await node.agree(0n)).answer.countersignature).to.not.equal(undefined)
    expect((await node.agree(200n)).answer.countersignature).to.not.equal(undefined)
    for (const credits of [1n, -1n]) {
      const proposal = await overbilled(150n, credits)
      const { countersignature, disagreement } = await node.ask(node.sign(proposal))
      expect(countersignature).to.equal(undefined)
      expect(disagreement?.error).to.include({ code: "bad_receipt", field: "records" })
      const { block, amount } = proposal.records[0]!
      expect(disagreement!.error!.message).to.include(
        `lease 1 at block ${block} claims ${amount} credits where its terms give ${amount - credits}`,
      )
    }
    expect((await agent.tabs())[0]!.used).to.equal(node.books.used)
    expect((await node.agree(150n)).answer.countersignature).to.not.equal(undefined)
  })

  it("with an agent that signs anything: the audit names the very record, from chain and bundle alone", async () => {
    const blind = await BlindAgent.open(world, node)
    await blind.sign(node.sign((await node.honest(0n)).proposal), node)
    await blind.sign(node.sign((await node.honest(700n)).proposal), node)
    const bad = await overbilled(300n)
    await blind.sign(node.sign(bad), node, bad)
    await blind.sign(node.sign((await node.honest(500n)).proposal), node)

    const bundle = await blind.bundle()
    await world.settle(bundle)
    const { ok, findings } = await world.audit(bundle)
    const errors = findings.filter((f) => f.severity === "error")
    console.log(`      ${errors.map((f) => f.message).join("; ")}`)
    expect(ok).to.equal(false)
    expect(errors).to.have.length(1)
    const { amount, block } = bad.records[0]!
    expect(errors[0]).to.deep.include({
      ...{ kind: "record", node: node.setup.address.toLowerCase(), signer: blind.signer, seq: bad.opening.seq, block, leaseNo: 1 },
      ...{ expected: `${amount - 1n}`, actual: `${amount}` },
    })
  })

  it("control: the same play without the one credit is audited without a finding", async () => {
    const blind = await BlindAgent.open(world, node)
    await blind.sign(node.sign((await node.honest(0n)).proposal), node)
    await blind.sign(node.sign((await node.honest(1_000n)).proposal), node)
    const bundle = await blind.bundle()
    await world.settle(bundle)
    const { ok, findings } = await world.audit(bundle)
    expect(findings.filter((f) => f.severity === "error")).to.deep.equal([])
    expect(ok).to.equal(true)
  })
})

let names = 0

/** An agent that signs what it is given. */
class BlindAgent {
  readonly signer: Address
  readonly #world: FaultWorld
  readonly #key: Uint8Array
  readonly #tenant: Address
  readonly #node: Address
  readonly #terms: PublicTerms
  readonly #receipts: { seq: number; day: number; proposal: WireProposal; countersignature: Uint8Array }[] = []

  private constructor(world: FaultWorld, node: LyingNode, name: string, tenant: Address) {
    this.#world = world
    this.#key = keyOf(name)
    this.signer = addressOfKey(this.#key)
    this.#tenant = tenant
    this.#node = node.setup.address
    const tab = tabId(node.market, this.signer, this.#node)
    const windows = { window: 60_000, pause: 60_000, stop: 60_000, idle: 60_000 }
    this.#terms = { tab, leaseNo: 1, class: "cpu/x86-64", count: 1, price: 361_234_567n, meter: 0, start: 1n, ...windows }
    node.terms = this.#terms
    node.books = emptyBooks(tab, this.#node)
  }

  static async open(world: FaultWorld, node: LyingNode): Promise<BlindAgent> {
    const name = `blind ${world.label} ${names++}`
    const tenant = await world.wallet(`tenant ${name}`)
    await world.market.deposit(tenant, 100_000_000n)
    const { setup } = node
    await world.market.openTab(tenant, name, { key: setup.key, address: setup.address, operator: setup.operator }, 100_000_000n)
    return new BlindAgent(world, node, name, tenant.address)
  }

  /** Signs it, and lets the node's books go on as if it were right. */
  async sign(wire: WireProposal, node: LyingNode, proposal?: Proposal): Promise<void> {
    const { receipt } = openProposal({ tab: this.#terms.tab, node: this.#node }, wire)
    const countersignature = nativeEcdsa.sign(receiptDigest(this.#world.market.market, receipt), this.#key)
    this.#receipts.push({ seq: wire.seq, day: wire.day, proposal: wire, countersignature })
    const { terms, records, seq, day, block } = wire
    node.books = (proposal ?? propose(node.books, { terms, records, seq, day, block, advance: wire.amount - wire.used })).next
    expect(bytesToHex(node.books.recordsHash)).to.equal(bytesToHex(receipt.recordsHash))
  }

  bundle() {
    const lease = { leaseNo: 1, terms: this.#terms } as LeaseRow
    const source = { node: this.#node, signer: this.signer, leases: new Map([[1, lease]]), receipts: this.#receipts }
    return bundleOf(readDeployment(this.#world.chain.deploymentFile), this.#tenant, [source])
  }
}
