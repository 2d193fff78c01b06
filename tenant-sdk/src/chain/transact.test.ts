// A transaction whose answer is lost is one transaction: it is waited for, and never called something to try again.
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { http } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { TestMarket } from "../../../test/support/market.ts"
import { TcpProxy } from "../../../test/support/tcp-proxy.ts"
import { deposit } from "../actions/deposit.ts"
import { createBerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { broadcast, receiptOf } from "./broadcast.ts"

const AMOUNT = 1_000_000n

describe("a transaction whose answer is lost", function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-transact-"))
  let chain: LocalChain
  let market: TestMarket
  const account = () => market.account(2)

  before(async () => {
    chain = await startLocalChain({ stateDir: join(dir, "chain"), blockTimeMs: 0 })
    market = new TestMarket(chain)
    await chain.fund(account().address, { usd: 100_000_000n })
  })
  after(async () => {
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  const clientAt = (url: string, retryCount = 0) => {
    const deployment = { ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) }
    return createBerthClient({ deployment, transport: http(url, { retryCount, timeout: 2_000 }), account: account(), pollingInterval: 50 })
  }
  const held = () => creditsOf(clientAt(chain.rpcUrl), account().address)

  for (const retryCount of [0, 3])
    it(`one that the RPC took before the line broke is one deposit (the transport tries ${retryCount} times more)`, async () => {
      const before = await held()
      const rpc = await brokenRpc(chain.rpcUrl, "eth_sendRawTransaction", 1)
      try {
        const { hash } = await deposit(clientAt(rpc.url, retryCount), { amount: AMOUNT })
        expect(rpc.broken()).equal(1)
        expect((await chain.client.getTransactionReceipt({ hash })).status).equal("success")
        expect(await held()).equal(before + AMOUNT)
      } finally {
        await rpc.stop()
      }
    })

  it("the wait for its receipt outlasts an RPC that is gone for a moment", async () => {
    const before = await held()
    const rpc = await brokenRpc(chain.rpcUrl, "eth_getTransactionReceipt", 2)
    try {
      await deposit(clientAt(rpc.url), { amount: AMOUNT })
      expect(rpc.broken()).equal(2)
      expect(await held()).equal(before + AMOUNT)
    } finally {
      await rpc.stop()
    }
  })

  it("when the RPC stays away, the error names the transaction and is nothing to try again", async () => {
    const proxy = await TcpProxy.to(Number(new URL(chain.rpcUrl).port))
    await proxy.cut()
    const hash = `0x${"ab".repeat(32)}` as const
    const client = clientAt(proxy.url)
    const patience = { minedMs: 60_000, silentMs: 300 }
    for (const wait of [
      receiptOf(client, hash, "depositing", patience),
      broadcast(client, { raw: "0x00", hash }, "depositing", { patience }),
    ]) {
      const error = await wait.then(
        () => expect.fail("it was mined"),
        (failure: BerthError) => failure,
      )
      expect(error).instanceOf(BerthError).include({ code: "unconfirmed", transient: false })
      expect(error.message).equal(`depositing: transaction ${hash} was sent; look whether it was mined before sending again`)
    }
  })

  it("what the RPC refuses was not sent: its own words", async () => {
    const error = await broadcast(clientAt(chain.rpcUrl), { raw: "0x00", hash: `0x${"cd".repeat(32)}` }, "depositing").then(
      () => expect.fail("it was taken"),
      (failure: BerthError) => failure,
    )
    expect(error).include({ code: "rpc" })
  })
})

async function creditsOf(client: ReturnType<typeof createBerthClient>, address: `0x${string}`): Promise<bigint> {
  const { berthAbi } = await import("./abi.ts")
  return client.publicClient.readContract({ address: client.deployment.berth, abi: berthAbi, functionName: "credits", args: [address] })
}

/** An RPC that passes everything on, and breaks the line in place of the first answers to one method. */
async function brokenRpc(target: string, method: string, times: number) {
  let broken = 0
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request.setEncoding("utf8")) body += chunk
    const answer = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body })
    const text = await answer.text()
    if (broken < times && body.includes(`"${method}"`)) {
      broken++
      request.socket.destroy()
    } else response.writeHead(200, { "content-type": "application/json" }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    broken: () => broken,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
