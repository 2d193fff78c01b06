// A lying node against the real agent, over real libp2p: nothing false is signed or stored, and nothing true is lost by it.
import { addressOfKey, bytesToHex, emptyBooks, propose, tabId } from "@berth/protocol"
import type { ReceiptUp, WireProposal } from "@berth/protocol/wire"
import { expect } from "chai"
import fc from "fast-check"
import type { ConnectedAgent } from "../../tenant-sdk/src/index.ts"
import { FaultWorld } from "../support/fault-world.ts"
import { keyOf } from "../support/market.ts"
import { changes, type FieldChange, fieldsOf, isSound } from "./field-changes.ts"
import { LyingNode } from "./lying-node.ts"

const REFUSALS = ["malformed", "stale", "bad_receipt", "bad_signature", "no_lease", "terms_mismatch", "overclaim"]
/** For each field, with the old signature and with a new one. */
const RUNS = 12

describe("false receipts", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let node: LyingNode
  let agent: ConnectedAgent

  before(async () => {
    world = await FaultWorld.start()
    node = await LyingNode.start(world)
    const tenant = await world.tenant()
    ;({ agent } = await world.startAgent(tenant))
    await agent.openTab({ node: node.setup.address, amount: 1_000_000_000n })
    await agent.run({ image: "busybox", class: "cpu/x86-64", node: node.setup.address, hours: 0.01 })
    expect((await node.agree(0n)).answer.countersignature?.seq).to.equal(1)
    expect((await node.agree(300n)).answer.countersignature?.seq).to.equal(2)
  })
  /** Whatever was tried: an honest receipt is still signed, on the very books from before. */
  afterEach(async () => {
    const { answer } = await node.agree(1n)
    expect(answer.disagreement?.error?.message).to.equal(undefined)
    const bundle = await agent.exportBundle()
    const tab = (await agent.tabs())[0]!
    expect(tab.seq).to.equal(node.books.seq)
    expect(tab.used).to.equal(node.books.used)
    expect(bundle.tabs[0]!.statements.at(-1)!.recordsHash).to.equal(bytesToHex(node.books.recordsHash))
  })
  after(async () => {
    await node?.stop()
    await world?.stop()
  })

  async function expectRefused(answer: ReceiptUp, codes: readonly string[] = REFUSALS): Promise<void> {
    expect(answer.countersignature, "a signature under a false receipt").to.equal(undefined)
    expect(answer.disagreement?.error?.code).to.be.oneOf([...codes])
  }

  const receipts = async () => (await agent.exportBundle()).tabs[0]!.statements.reduce((sum, s) => sum + s.blocks.length, 0)

  for (const signed of ["as it was", "again, by the node"] as const)
    it(`every field changed, signed ${signed}: refused with a typed error, nothing stored`, async () => {
      const { wire: last } = await node.agree(100n)
      const { proposal, wire } = await node.honest(100n)
      const before = await receipts()
      const codes: Record<string, number> = {}
      let tried = 0
      for (const field of fieldsOf(wire)) {
        const property = fc.asyncProperty(changes(field), async (change: FieldChange) => {
          const changed = change.apply(wire)
          const sent: WireProposal = signed === "as it was" ? changed : node.signAgain(changed)
          if (isSound(sent, wire, signed === "as it was")) return
          const answer = await node.ask(sent)
          await expectRefused(answer)
          const { code } = answer.disagreement!.error!
          codes[code] = (codes[code] ?? 0) + 1
          tried++
        })
        await fc.assert(property, { numRuns: RUNS, seed: 7 })
      }
      console.log(`      ${tried} false receipts of ${fieldsOf(wire).length} fields: ${JSON.stringify(codes)}`)
      expect(await receipts()).to.equal(before)
      expect((await agent.tabs())[0]!.seq).to.equal(last.seq)
      // The true one is signed: refusing made nothing stale.
      const answer = await node.ask(wire)
      expect(answer.countersignature?.seq).to.equal(wire.seq)
      node.books = proposal.next
    })

  it("replayed: the last one gets the same signature again and no new one, an older one is stale", async () => {
    const first = await node.agree(50n)
    const second = await node.agree(50n)
    const before = await receipts()
    const again = await node.ask(second.wire)
    expect(again.countersignature).to.deep.equal(second.answer.countersignature)
    await expectRefused(await node.ask(first.wire), ["stale"])
    expect(await receipts()).to.equal(before)
  })

  it("reordered: after a later one an earlier one is stale", async () => {
    const early = propose(node.books, await node.claim(10n))
    const late = propose(node.books, { ...(await node.claim(20n)), seq: node.books.seq + 2 })
    expect((await node.ask(node.sign(late))).countersignature?.seq).to.equal(late.opening.seq)
    node.books = late.next
    await expectRefused(await node.ask(node.sign(early)), ["stale"])
  })

  it("made for another tab, another chain, another contract: refused", async () => {
    const claim = await node.claim(10n)
    const other = emptyBooks(tabId(node.market, addressOfKey(keyOf("another signer")), node.setup.address), node.setup.address)
    const foreign = propose({ ...node.books, tab: other.tab }, claim)
    await expectRefused(await node.ask(node.sign(foreign)), ["bad_receipt"])
    const proposal = propose(node.books, claim)
    await expectRefused(await node.ask(node.sign(proposal, { ...node.market, chainId: 1 })), ["bad_signature"])
    await expectRefused(await node.ask(node.sign(proposal, { ...node.market, contract: node.setup.address })), ["bad_signature"])
  })

  it("a lease that was never signed, more time than passed, more than a window ahead: refused", async () => {
    const claim = await node.claim(10n)
    const strange = { leaseNo: 77, publicTermsHash: new Uint8Array(32) }
    await expectRefused(await node.ask(node.sign(propose(node.books, { ...claim, terms: [strange], records: [] }))), ["no_lease"])
    await expectRefused(await node.ask(node.sign(propose(node.books, await node.claim(3_600_000n)))), ["overclaim"])
    await expectRefused(await node.ask(node.sign(propose(node.books, { ...claim, advance: claim.advance + 1n }))), ["overclaim"])
  })
})
