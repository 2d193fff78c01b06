import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { berthAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import { getAddress } from "viem"
import { type BareChain, deployer, localParameters, optionsOf, startBareChain } from "./chain.fixture.ts"
import { dryRun, runDeployment } from "./deploy.ts"

describe("deployment (real local chain)", function () {
  this.timeout(60_000)
  let chain: BareChain
  beforeEach(async () => {
    chain = await startBareChain()
  })
  afterEach(() => chain.stop())

  const sent = () => chain.client.getTransactionCount({ address: deployer.address })

  it("a dry run says to whom, gas, bytes and the addresses that result, and sends and writes nothing", async () => {
    const options = optionsOf(chain, localParameters())
    const before = await chain.client.getBlockNumber()
    await dryRun(options)
    expect(await chain.client.getBlockNumber()).equal(before)
    expect(await sent()).equal(0)
    expect(existsSync(options.stateDir)).equal(false)
    const said = options.lines.join("\n")
    const { berth, computeRecords, reserve } = await runDeployment(optionsOf(chain, localParameters()))
    for (const address of [berth, computeRecords, reserve]) expect(said).contain(`address  ${getAddress(address)}`)
    expect(said.match(/to {7}0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed/g)).length(3)
    expect(said.match(/gas {6}above \d{6,8}/g)).length(3)
    expect(said.match(/bytes {4}\d+ of calldata/g)).length(3)
    expect(said).contain("3 transactions")
  })

  it("deploys what the parameters say, at the block that it names, and says it in deployment.json", async () => {
    const options = optionsOf(chain, localParameters())
    const deployment = await runDeployment(options)
    expect(JSON.parse(readFileSync(join(options.stateDir, "deployment.json"), "utf8"))).deep.equal(deployment)
    const read = (functionName: "owner" | "reserve" | "verifiers" | "reservations") =>
      chain.client.readContract({ address: deployment.berth, abi: berthAbi, functionName } as never) as Promise<string>
    expect(await read("owner")).equal(options.parameters.owner)
    for (const made of ["reserve", "verifiers", "reservations"] as const) expect(await read(made)).equal(deployment[made])
    const at = (blockNumber: number) => chain.client.getCode({ address: deployment.berth, blockNumber: BigInt(blockNumber) })
    expect(await at(deployment.startBlock - 1)).equal(undefined)
    expect(await at(deployment.startBlock)).not.equal(undefined)
    expect(deployment.rpcUrl).equal(chain.rpcUrl)
  })

  it("two fresh chains get the same addresses, whoever deploys", async () => {
    const other = await startBareChain()
    try {
      // The other chain is older, and the deployer has sent before.
      await other.client.mine({ blocks: 7 })
      await other.client.sendTransaction({ account: deployer, to: deployer.address, value: 1n })
      const [a, b] = await Promise.all([
        runDeployment(optionsOf(chain, localParameters())),
        runDeployment(optionsOf(other, localParameters())),
      ])
      expect([b.berth, b.computeRecords, b.reserve]).deep.equal([a.berth, a.computeRecords, a.reserve])
      expect(b.startBlock).above(a.startBlock)
    } finally {
      await other.stop()
    }
  })

  it("another owner is another market", async () => {
    const first = await runDeployment(optionsOf(chain, localParameters()))
    const parameters = { ...localParameters(), owner: deployer.address }
    const second = await runDeployment(optionsOf(chain, parameters, join(chain.dir, "second")))
    expect(second.berth).not.equal(first.berth)
    expect([second.computeRecords, second.reserve]).deep.equal([first.computeRecords, first.reserve])
    expect(await sent()).equal(4)
  })

  it("a second run sends nothing, with its journal or without", async () => {
    const options = optionsOf(chain, localParameters())
    const first = await runDeployment(options)
    const key = () => Promise.reject(new Error("no key is needed"))
    expect(await runDeployment({ ...options, key })).deep.equal(first)
    rmSync(options.stateDir, { recursive: true })
    expect(await runDeployment({ ...options, key })).deep.equal(first)
    expect(await sent()).equal(3)
  })

  it("drops the journal of another local chain", async () => {
    const options = optionsOf(chain, localParameters())
    const first = await runDeployment(options)
    const other = await startBareChain()
    try {
      const again = await runDeployment({ ...optionsOf(other, localParameters()), stateDir: options.stateDir })
      expect(again.berth).equal(first.berth)
      expect(await other.client.getCode({ address: again.berth })).not.equal(undefined)
    } finally {
      await other.stop()
    }
  })

  it("leaves no key behind", async () => {
    const options = optionsOf(chain, localParameters())
    await runDeployment(options)
    const key = (await options.key()).slice(2)
    const files = readdirSync(options.stateDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files).not.empty
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), "utf8").includes(key), file.name).equal(false)
    expect(options.lines.join("\n").includes(key)).equal(false)
  })
})
