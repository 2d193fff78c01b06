// A lying node against the real agent: what it may ask to close is what the agent signed as used, or what the chain has paid by then.
import { type Address, emptyBooks, formatCredits, propose, receiptDigest, tabId } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { expect } from "chai"
import { http } from "viem"
import { type ConnectedAgent, claimStandingOrder, createBerthClient, readDeployment } from "../../tenant-sdk/src/index.ts"
import { FaultWorld } from "../support/fault-world.ts"
import { LyingNode } from "./lying-node.ts"

const DEPOSIT = 1_000_000n
const CLAIM = 300_000n

describe("a node that signs a close of a tab", function () {
  this.timeout(60_000)
  let world: FaultWorld
  let node: LyingNode
  let agent: ConnectedAgent
  let signer: Address

  before(async () => {
    world = await FaultWorld.start()
    node = await LyingNode.start(world)
  })
  beforeEach(async () => {
    ;({ agent } = await world.startAgent(await world.tenant()))
    const until = (await world.market.chainTime()) + 36_000n
    const standingOrder = { base: DEPOSIT, cap: 0n, rate: 0n, until }
    ;({ signer } = await agent.openTab({ node: node.setup.address, amount: DEPOSIT, standingOrder }))
  })
  after(async () => {
    await node?.stop()
    await world?.stop()
  })

  /** With the node's word alone, of which the agent has signed nothing. */
  async function claim(): Promise<void> {
    const { rpcUrl, deploymentFile } = world.chain
    const deployment = readDeployment(deploymentFile)
    const client = createBerthClient({ deployment, transport: http(rpcUrl), account: node.setup.operator })
    const books = emptyBooks(tabId(node.market, signer, node.setup.address), node.setup.address)
    const { receipt, opening } = propose(books, { seq: 1, day: 20_000, block: 1n, advance: CLAIM, terms: [], records: [] })
    const signature = nativeEcdsa.sign(receiptDigest(node.market, receipt), node.setup.key)
    await claimStandingOrder(client, { signer, node: node.setup.address, receipt, opening, signature })
  }

  async function closeAt(amount: bigint): Promise<unknown> {
    node.closeAt = amount
    return agent.closeTab({ tab: signer }).catch((error) => [error.code, error.message])
  }

  const tab = () =>
    world.chain.client.readContract({
      ...{ address: node.market.contract, abi: berthAbi, functionName: "tabs", args: [signer, node.setup.address] },
    })

  it("for one credit that nobody signed for: is refused", async () => {
    expect(await closeAt(1n)).to.deep.equal(["overclaim", expected(1n, 0n, 0n)])
    expect(await tab()).to.include({ state: 1, spent: 0n })
    expect(await closeAt(0n)).to.include({ amount: 0n, used: 0n })
    expect(await tab()).to.include({ state: 2, spent: 0n })
  })

  it("for what it was paid under the standing order, which the agent did not sign for: is taken, and not for one credit more", async () => {
    await claim()
    expect(await closeAt(CLAIM + 1n)).to.deep.equal(["overclaim", expected(CLAIM + 1n, 0n, CLAIM)])
    expect(await tab()).to.include({ state: 1, spent: CLAIM })
    expect(await closeAt(CLAIM)).to.include({ amount: CLAIM, used: 0n })
    expect(await tab()).to.include({ state: 2, spent: CLAIM })
  })

  it("for less than it was paid: the contract refuses, and the agent says why", async () => {
    await claim()
    expect(await closeAt(CLAIM - 1n)).to.deep.equal([
      "reverted",
      `closing the tab with node ${node.setup.address} by agreement: the node agreed to $0.299999 in all, yet $0.30 are paid already`,
    ])
  })

  function expected(asks: bigint, used: bigint, spent: bigint): string {
    return `node ${node.setup.address} asks ${formatCredits(asks)} to close; ${formatCredits(used)} was signed as used and ${formatCredits(spent)} is paid`
  }
})
