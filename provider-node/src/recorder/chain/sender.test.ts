import { expect } from "chai"
import { pino } from "pino"
import type { PublicClient } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import type { PendingTx } from "../store/outbox.ts"
import { Sender } from "./sender.ts"

const account = privateKeyToAccount(`0x${"11".repeat(32)}`)

describe("a sender whose key has nothing left to pay gas with", () => {
  it("signs anew each minute without a growing list of what may have been mined, and asks the chain for none of it", async () => {
    const asked = { receipts: 0, nonces: 0 }
    let [fee, funds, sent] = [1n, false, 0]
    const client = {
      getTransactionCount: async () => {
        asked.nonces++
        return 0
      },
      getTransactionReceipt: async () => {
        asked.receipts++
        throw Object.assign(new Error("none"), { name: "TransactionReceiptNotFoundError" })
      },
      estimateFeesPerGas: async () => ({ maxFeePerGas: ++fee, maxPriorityFeePerGas: 1n }),
      sendRawTransaction: async () => {
        if (!funds) throw new Error("insufficient funds for gas")
        sent++
      },
    }
    let tx: PendingTx | undefined
    const outbox = {
      pending: () => (tx ? [tx] : []),
      resign(_id: number, nonce: number, raw: `0x${string}`, hashes: readonly `0x${string}`[]) {
        tx = { ...tx!, nonce, raw, hashes }
      },
    }
    const sender = new Sender({
      ...{ client: client as unknown as PublicClient, account, chainId: 31337, outbox, confirmations: 1 },
      ...{ log: pino({ level: "silent" }), onStep: () => {} },
    })
    // Sent at the beginning of time: each look is one of those that sign anew.
    tx = { id: 1, ...(await sender.sign("anchor", account.address, new Uint8Array(4), 21_000n, 1)), sentAt: 0 }
    asked.nonces = 0
    for (let minute = 0; minute < 200; minute++) await sender.work(1n).catch(() => {})
    expect(tx.hashes.length).to.be.at.most(16)
    expect(asked).to.deep.equal({ receipts: 0, nonces: 200 })
    funds = true
    await sender.work(1n)
    expect(sent).to.equal(1)
  })
})
