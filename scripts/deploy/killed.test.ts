import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, watch, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { type BareChain, deployer, localParameters, optionsOf, startBareChain } from "./chain.fixture.ts"
import { dryRun, runDeployment } from "./deploy.ts"

const JOURNAL = "journal.jsonl"

describe("deployment killed with -9, then run again (real chain, real process)", function () {
  this.timeout(120_000)
  let chain: BareChain
  let stateDir: string
  let expected: string[]
  beforeEach(async () => {
    chain = await startBareChain()
    stateDir = join(chain.dir, "state")
    // One transaction a block, and only when told: so that a kill lands between two.
    const told = optionsOf(chain, localParameters())
    await dryRun(told)
    expected = told.lines.filter((line) => line.startsWith("  address")).map((line) => line.split(/\s+/)[2]!)
  })
  afterEach(() => chain.stop())

  const sent = (blockTag: "latest" | "pending") => chain.client.getTransactionCount({ address: deployer.address, blockTag })

  function start(): ChildProcess {
    const args = ["--network", "local", "--rpc", chain.rpcUrl, "--key-file", chain.keyFile, "--state", stateDir]
    return spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { stdio: ["ignore", "pipe", "pipe"] })
  }

  /** Waits until the journal has a line of this type, the `nth`. */
  async function journaled(type: string, nth: number): Promise<void> {
    const file = join(stateDir, JOURNAL)
    const has = () => existsSync(file) && readFileSync(file, "utf8").split(`"type":"${type}"`).length > nth
    const watcher = watch(chain.dir, { recursive: true })
    try {
      while (!has()) await once(watcher, "change")
    } finally {
      watcher.close()
    }
  }

  async function kill(child: ChildProcess): Promise<void> {
    child.kill("SIGKILL")
    await once(child, "close")
  }

  /** A deployment, killed once its journal has so many transactions as sent, of which none is mined. */
  async function killedAfterSending(count: number): Promise<void> {
    await runCreateX()
    await chain.client.setAutomine(false)
    const child = start()
    await journaled("TRANSACTION_SEND", count)
    await kill(child)
  }

  async function completes(): Promise<void> {
    const deployment = await runDeployment(optionsOf(chain, localParameters(), stateDir))
    expect([deployment.reserve, deployment.berth, deployment.computeRecords]).deep.equal(expected)
    expect(await sent("latest"), "each contract was sent once").equal(3)
  }

  it("after the first transactions were sent and not mined", async () => {
    await killedAfterSending(1)
    expect(await chain.client.getCode({ address: expected[1] as `0x${string}` })).equal(undefined)
    await chain.client.setAutomine(true)
    await chain.client.mine({ blocks: 1 })
    await completes()
  })

  it("between two transactions: the first ones mined, Berth not sent", async () => {
    await killedAfterSending(2)
    await chain.client.mine({ blocks: 1 })
    expect(await sent("latest")).equal(2)
    expect(await chain.client.getCode({ address: expected[0] as `0x${string}` })).not.equal(undefined)
    await chain.client.setAutomine(true)
    await completes()
  })

  it("after a transaction was sent and before the journal said so", async () => {
    await killedAfterSending(2)
    await chain.client.mine({ blocks: 1 })
    await chain.client.setAutomine(true)
    // What a kill a moment earlier had left: the line is written after the sending.
    const file = join(stateDir, JOURNAL)
    const lines = readFileSync(file, "utf8").split("\n")
    const kept = lines.filter((line) => !line.includes('"type":"TRANSACTION_SEND"') || !line.includes("ComputeRecords"))
    expect(kept.length).equal(lines.length - 1)
    writeFileSync(file, kept.join("\n"))
    await completes()
  })

  it("StillPending, exit 75, while the deployer's own transaction waits; then it completes", async () => {
    await runCreateX()
    await chain.client.setAutomine(false)
    await chain.client.sendTransaction({ account: deployer, to: deployer.address, value: 1n })
    const child = start()
    let said = ""
    child.stderr!.on("data", (data) => {
      said += data
    })
    const [code] = await once(child, "close")
    expect(said).match(/^StillPending: /)
    expect(code).equal(75)
    await chain.client.mine({ blocks: 1 })
    await chain.client.setAutomine(true)
    const deployment = await runDeployment(optionsOf(chain, localParameters(), stateDir))
    expect(deployment.berth).equal(expected[1])
  })

  /** Ignition sets CreateX up by a transaction of its own, which must be mined before ours. */
  async function runCreateX(): Promise<void> {
    const other = await startBareChain()
    try {
      await runDeployment(optionsOf(other, localParameters()))
      const address = "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed"
      await chain.client.setCode({ address, bytecode: (await other.client.getCode({ address }))! })
    } finally {
      await other.stop()
    }
  }
})
