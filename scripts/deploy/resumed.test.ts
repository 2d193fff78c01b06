import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { type Hex, keccak256 } from "viem"
import { type BareChain, deployer, localParameters, optionsOf, startBareChain } from "./chain.fixture.ts"
import { CREATE_X } from "./create-x.ts"
import { runDeployment } from "./deploy.ts"
import type { DeploymentFile } from "./record.ts"

const JOURNAL = "journal.jsonl"

// What a kill -9 leaves is a prefix of the journal and of the transactions, the sending before the line that says so: here every one of them.
describe("deployment resumed from every line of its journal (real chain)", function () {
  this.timeout(180_000)
  let chain: BareChain
  let stateDir: string
  let whole: DeploymentFile
  let lines: string[]
  let raw: Hex[]

  before(async () => {
    chain = await startBareChain()
    stateDir = join(chain.dir, "state")
    await setUpCreateX()
    const start = await chain.client.snapshot()
    whole = await runDeployment(optionsOf(chain, localParameters(), stateDir))
    lines = readFileSync(join(stateDir, JOURNAL), "utf8").split("\n").filter(Boolean)
    raw = await Promise.all(lines.filter(isSend).map((line) => rawTransaction(JSON.parse(line).transaction.hash)))
    await chain.client.revert({ id: start })
  })
  after(() => chain?.stop())

  const isSend = (line: string) => JSON.parse(line).type === "TRANSACTION_SEND"

  /** Puts chain and journal back to where they were, runs again, and undoes it. */
  async function resume(journal: readonly string[], sent: number): Promise<void> {
    const start = await chain.client.snapshot()
    for (const serializedTransaction of raw.slice(0, sent)) await chain.client.sendRawTransaction({ serializedTransaction })
    // Ignition writes a contract's artifact before its first line: the files of the whole run are there.
    for (const file of ["deployed_addresses.json", "deployment.json"]) rmSync(join(stateDir, file), { force: true })
    writeFileSync(join(stateDir, JOURNAL), journal.map((line) => `\n${line}`).join(""))
    const again = await runDeployment(optionsOf(chain, localParameters(), stateDir))
    expect({ ...again, startBlock: 0 }).deep.equal({ ...whole, startBlock: 0 })
    expect(await chain.client.getTransactionCount({ address: deployer.address }), "each contract was sent once").equal(3)
    await chain.client.revert({ id: start })
  }

  it("has three contracts with seven lines or so each, so that what follows means something", () => {
    expect(raw).length(3)
    expect(lines.length).within(16, 30)
  })

  it("completes from each, with the transactions that were journaled as sent", async () => {
    for (let n = 0; n <= lines.length; n++) await resume(lines.slice(0, n), lines.slice(0, n).filter(isSend).length)
  })

  it("completes from each at which a transaction was sent and not yet journaled", async () => {
    for (const [n, line] of lines.entries()) if (isSend(line)) await resume(lines.slice(0, n), lines.slice(0, n).filter(isSend).length + 1)
  })

  it("completes when the last line was cut short", async () => {
    const n = lines.findIndex(isSend)
    await resume([...lines.slice(0, n), lines[n]!.slice(0, 40)], 1)
  })

  /** A transaction's bytes, signed again: signatures are deterministic. */
  async function rawTransaction(hash: Hex): Promise<Hex> {
    const { to, input, nonce, gas, maxFeePerGas, maxPriorityFeePerGas, chainId } = await chain.client.getTransaction({ hash })
    const fees = { maxFeePerGas: maxFeePerGas!, maxPriorityFeePerGas: maxPriorityFeePerGas! }
    const signed = await deployer.signTransaction({ type: "eip1559", to: to!, data: input, nonce, gas, ...fees, chainId: chainId! })
    expect(keccak256(signed)).equal(hash)
    return signed
  }

  /** Ignition sets it up by a transaction of its own; here it is there from the first block on. */
  async function setUpCreateX(): Promise<void> {
    const other = await startBareChain()
    try {
      await runDeployment(optionsOf(other, localParameters()))
      await chain.client.setCode({ address: CREATE_X, bytecode: (await other.client.getCode({ address: CREATE_X }))! })
    } finally {
      await other.stop()
    }
  }
})
