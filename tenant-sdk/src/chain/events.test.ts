import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { addressOfKey, keccakText } from "@berth/protocol"
import { expect } from "chai"
import { custom, HttpRequestError, TimeoutError } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { TestMarket } from "../../../test/support/market.ts"
import { createBerthClient } from "../client.ts"
import { berthAbi } from "./abi.ts"
import { readEvents } from "./events.ts"

/** The range that the provider in this test takes, as most do. */
const RANGE = 10_000n

interface Call {
  readonly method: string
  readonly params?: unknown
}

describe("reading events", function () {
  this.timeout(60_000)
  let chain: LocalChain
  let market: TestMarket
  const ranges: bigint[] = []

  /** Passes calls on to the chain, and refuses what `refuse` refuses. */
  const clientWith = (refuse: (blocks: bigint) => void) => {
    const request = async (call: Call) => {
      if (call.method === "eth_getLogs") {
        const [{ fromBlock, toBlock }] = call.params as [{ fromBlock: string; toBlock: string }]
        const blocks = BigInt(toBlock) - BigInt(fromBlock) + 1n
        ranges.push(blocks)
        refuse(blocks)
      }
      return chain.client.request(call as never)
    }
    const deployment = { ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) }
    return createBerthClient({ deployment, transport: custom({ request }, { retryCount: 0 }) })
  }
  const registered = (client: ReturnType<typeof clientWith>) =>
    readEvents(client, { address: chain.deployment.berth, abi: berthAbi, eventName: "NodeRegistered", args: {} }, "reading nodes")

  before(async () => {
    chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: 0 })
    market = new TestMarket(chain)
    for (const name of ["first", "second", "third"]) {
      await market.registerNode(name, market.account(1))
      await chain.client.mine({ blocks: 9_000 })
    }
  })
  after(() => chain?.stop())
  beforeEach(() => {
    ranges.length = 0
  })
  const nodes = ["first", "second", "third"].map((name) => addressOfKey(keccakText(name)))
  const found = async (client: ReturnType<typeof clientWith>) => (await registered(client)).map((log) => log.args.node.toLowerCase())

  it("asks once where the RPC gives all", async () => {
    expect(await found(clientWith(() => {}))).deep.equal(nodes)
    expect(ranges).lengthOf(1)
  })

  it("asks in pieces, none left out and none twice, where it refuses the whole range", async () => {
    const client = clientWith((blocks) => {
      if (blocks > RANGE) throw Object.assign(new Error("query exceeds max block range 10000"), { code: -32602 })
    })
    expect(await found(client)).deep.equal(nodes)
    expect(ranges).lengthOf(5)
    expect(ranges.slice(1).every((blocks) => blocks <= RANGE)).equal(true)
    expect(ranges.slice(1).reduce((sum, blocks) => sum + blocks, 0n)).equal(ranges[0])
  })

  it("does not ask one again that is silent", async () => {
    const client = clientWith(() => {
      throw new HttpRequestError({ url: "http://127.0.0.1:1", details: "connect ECONNREFUSED" })
    })
    const error = await registered(client).then(
      () => undefined,
      (e: unknown) => e,
    )
    expect(error).include({ code: "rpc" })
    expect(ranges).lengthOf(1)
  })

  it("asks one that took too long over all for less, once, and not one that wants patience or money", async () => {
    const asked = async (error: Error) => {
      ranges.length = 0
      await registered(
        clientWith(() => {
          throw error
        }),
      ).catch(() => {})
      return ranges.length
    }
    const url = "http://127.0.0.1:1"
    expect(await asked(new TimeoutError({ body: {}, url }))).equal(2)
    expect(await asked(new HttpRequestError({ url, status: 504 }))).equal(2)
    for (const status of [401, 402, 403, 429]) expect(await asked(new HttpRequestError({ url, status }))).equal(1)
    expect(await asked(Object.assign(new Error("request limit reached"), { code: -32007 }))).equal(1)
    // 9,000 and what is half of it, down to a single block.
    expect(await asked(Object.assign(new Error("unknown block range"), { code: -32000 }))).equal(15)
  })
})
