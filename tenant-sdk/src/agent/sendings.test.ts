// Money under an id moves once: whoever lost the answer, or died in between, asks again.
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { encodeFunctionData, type Hex, http, keccak256, parseTransaction } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { TestMarket } from "../../../test/support/market.ts"
import { deposit } from "../actions/deposit.ts"
import { withdraw } from "../actions/withdraw.ts"
import { berthAbi } from "../chain/abi.ts"
import type { Once } from "../chain/transact.ts"
import { createBerthClient } from "../client.ts"
import type { BerthError } from "../errors.ts"
import { openStore, type Store } from "../store/store.ts"
import { Sendings } from "./sendings.ts"

const AMOUNT = 1_000_000n

describe("a transaction under an id of its caller's", function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-sendings-"))
  let chain: LocalChain
  let market: TestMarket
  let store: Store
  let count = 0

  before(async () => {
    chain = await startLocalChain({ stateDir: join(dir, "chain"), blockTimeMs: 0 })
    market = new TestMarket(chain)
    await chain.fund(market.account(2).address, { usd: 100_000_000n })
    reopen()
  })
  after(async () => {
    store.close()
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  /** What an agent's restart does. */
  const reopen = () => {
    store?.close()
    store = openStore(join(dir, "agent.db"), clientAt(chain.rpcUrl).market)
  }
  const clientAt = (url: string) => {
    const deployment = { ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) }
    const transport = http(url, { retryCount: 0, timeout: 2_000 })
    return createBerthClient({ deployment, transport, account: market.account(2), pollingInterval: 50 })
  }
  const newId = (): Hex => `0x${(++count).toString(16).padStart(32, "0")}`
  const depositing = (id: Hex, { amount = AMOUNT, url = chain.rpcUrl, dies = false, sendings = new Sendings(store.transactions) } = {}) =>
    sendings.once(id, `depositing ${amount}`, (once) => deposit(clientAt(url), { amount, once: dies ? dyingAfterKeeping(once!) : once }))
  const credits = () => {
    const { publicClient, deployment } = clientAt(chain.rpcUrl)
    return publicClient.readContract({
      address: deployment.berth,
      abi: berthAbi,
      functionName: "credits",
      args: [market.account(2).address],
    })
  }
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail("it went through"),
      (error: BerthError) => error,
    )

  it("done and asked for again it is the same, also at once and after a restart", async () => {
    const [before, id] = [await credits(), newId()]
    const sendings = new Sendings(store.transactions)
    const [first, second] = await Promise.all([depositing(id, { sendings }), depositing(id, { sendings })])
    expect(second).to.deep.equal(first)
    reopen()
    expect(await depositing(id)).to.deep.equal(first)
    expect(await credits()).to.equal(before + AMOUNT)
  })

  it("with another id, or without one, it is another", async () => {
    const before = await credits()
    const hashes = [await depositing(newId()), await depositing(newId()), await deposit(clientAt(chain.rpcUrl), { amount: AMOUNT })]
    expect(new Set(hashes.map(({ hash }) => hash)).size).to.equal(3)
    expect(await credits()).to.equal(before + 3n * AMOUNT)
  })

  it("signed by an agent that died before it sent it: sent then, and once", async () => {
    const [before, id] = [await credits(), newId()]
    await failureOf(depositing(id, { dies: true }))
    const kept = store.transactions.find(id)!
    expect(await credits()).to.equal(before)
    reopen()
    expect((await depositing(id)).hash).to.equal(kept.hash)
    expect((await depositing(id)).hash).to.equal(kept.hash)
    expect(await credits()).to.equal(before + AMOUNT)
  })

  it("sent by an agent that died before it was mined, or before it knew: once", async () => {
    const [before, id] = [await credits(), newId()]
    await failureOf(depositing(id, { dies: true }))
    const { raw, hash } = store.transactions.find(id)!
    await chain.client.sendRawTransaction({ serializedTransaction: raw })
    reopen()
    expect((await depositing(id)).hash).to.equal(hash)
    expect(await credits()).to.equal(before + AMOUNT)
  })

  it("whose place another transaction took is never made anew behind one's back: the error names it", async () => {
    const [before, id] = [await credits(), newId()]
    await failureOf(depositing(id, { dies: true }))
    await deposit(clientAt(chain.rpcUrl), { amount: 1n })
    const error = await failureOf(depositing(id))
    expect(error).to.include({ code: "unconfirmed", transient: false })
    expect(error.message).to.contain(store.transactions.find(id)!.hash)
    expect(await credits()).to.equal(before + 1n)
  })

  it("that the wallet's owner sent again with a higher fee is found there", async () => {
    const [before, id] = [await credits(), newId()]
    await failureOf(depositing(id, { dies: true }))
    const { raw, hash } = store.transactions.find(id)!
    const { maxFeePerGas, maxPriorityFeePerGas, to, data, gas, nonce } = parseTransaction(raw)
    const dearer = { to, data, gas, nonce, maxFeePerGas: maxFeePerGas! * 2n, maxPriorityFeePerGas: (maxPriorityFeePerGas ?? 0n) * 2n + 1n }
    const wallet = clientAt(chain.rpcUrl).wallet!
    const other = await wallet.sendTransaction(dearer as never)
    const error = await failureOf(depositing(id))
    expect(error.message, "seen too late to know").to.contain(`${hash} is not on the chain, but a transaction ${nonce} of`)
    expect(await credits()).to.equal(before + AMOUNT)
    expect(other).not.to.equal(hash)
  })

  it("that was refused before it was signed did nothing: its id is free", async () => {
    const id = newId()
    expect(await failureOf(depositing(id, { amount: 10n ** 15n }))).to.include({ code: "insufficient_reserve" })
    expect(store.transactions.find(id)).to.equal(undefined)
  })

  it("that the RPC refused may have come through all the same: asked again it is sent again, and once", async () => {
    for (const passesOn of [false, true]) {
      const [before, id] = [await credits(), newId()]
      const rpc = await refusingRpc(chain.rpcUrl, passesOn)
      try {
        const error = await failureOf(depositing(id, { url: rpc.url }))
        expect(error.message).to.contain("not today")
      } finally {
        await rpc.stop()
      }
      await depositing(id)
      expect(await credits()).to.equal(before + AMOUNT)
    }
  })

  it("that was mined and reverted did nothing: its id is free", async () => {
    const [before, id] = [await credits(), newId()]
    const withdrawing = (amount: bigint, dies: boolean) =>
      new Sendings(store.transactions).once(id, "withdrawing", (once) =>
        withdraw(clientAt(chain.rpcUrl), { amount, once: dies ? dyingAfterKeeping(once!) : once }),
      )
    await failureOf(withdrawing(before, true))
    // In its place one that the contract refuses, as it may what it took when it was simulated.
    const kept = store.transactions.find(id)!
    const { maxFeePerGas, maxPriorityFeePerGas, to, gas, nonce } = parseTransaction(kept.raw)
    const data = encodeFunctionData({ abi: berthAbi, functionName: "withdraw", args: [before + 1n, market.account(2).address] })
    const raw = await market.account(2).signTransaction({
      ...{ to: to!, data, gas: gas!, nonce: nonce ?? 0, maxFeePerGas: maxFeePerGas!, maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n },
      chainId: chain.deployment.chainId,
    })
    store.transactions.save(id, { what: "withdrawing", raw, hash: keccak256(raw) })
    expect(await failureOf(withdrawing(before, false))).to.include({ code: "reverted" })
    expect(store.transactions.find(id)).to.equal(undefined)
    await withdrawing(1n, false)
    expect(await credits()).to.equal(before - 1n)
  })

  it("with the same id and something else is refused, and says what the id stands for", async () => {
    const id = newId()
    const { hash } = await depositing(id)
    const error = await failureOf(depositing(id, { amount: 2n }))
    expect(error).to.include({ code: "usage" })
    expect(error.message).to.contain(hash).and.contain(`depositing ${AMOUNT}`)
  })

  it("an id that is none is refused before anything is signed", async () => {
    const error = await failureOf(depositing("0x12"))
    expect(error).to.include({ code: "usage", message: '"0x12" is no id' })
  })
})

/** Keeps it and is gone, as after kill -9. */
function dyingAfterKeeping(once: Once): Once {
  return {
    ...once,
    keep(transaction) {
      once.keep(transaction)
      throw new Error("killed")
    },
  }
}

/** An RPC that says that it takes no transaction, and may have passed it on before it says so. */
async function refusingRpc(target: string, passesOn: boolean) {
  const server = createServer(async (request, response) => {
    let body = ""
    for await (const chunk of request.setEncoding("utf8")) body += chunk
    const { id, method } = JSON.parse(body)
    const headers = { "content-type": "application/json" }
    if (method === "eth_sendRawTransaction") {
      if (passesOn) await fetch(target, { method: "POST", headers, body })
      response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32000, message: "not today" } }))
      return
    }
    response.writeHead(200, headers).end(await (await fetch(target, { method: "POST", headers, body })).text())
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}
