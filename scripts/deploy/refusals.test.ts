import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { getAddress, zeroAddress } from "viem"
import { type BareChain, deployer, localParameters, optionsOf, startBareChain, startForeignChain } from "./chain.fixture.ts"
import { CREATE_X } from "./create-x.ts"
import { dryRun, runDeployment } from "./deploy.ts"
import type { DeployErrorName } from "./deploy-error.ts"
import { deployerKey } from "./key.ts"
import { type DeployParameters, parametersFile, readParameters } from "./parameters.ts"

/** Runtime code that answers every call with 32 bytes of this number. */
const answering = (value: number) => `0x60${value.toString(16).padStart(2, "0")}60005260206000f3` as const
const RESERVE = getAddress("0x00000000000000000000000000000000000c0de5")

describe("deployment refuses by name, and sends nothing", function () {
  this.timeout(60_000)
  let chain: BareChain
  let parameters: DeployParameters
  before(async () => {
    chain = await startBareChain()
    parameters = localParameters()
  })
  after(() => chain.stop())

  async function refused(name: DeployErrorName, changed: Partial<DeployParameters>, saying: RegExp, on = chain): Promise<void> {
    const options = optionsOf(on, { ...parameters, ...changed })
    for (const attempt of [runDeployment, dryRun]) {
      const error = await attempt(options).then(
        () => undefined,
        (thrown: Error) => thrown,
      )
      expect(error?.name, error?.message).equal(name)
      expect(error?.message).match(saying)
    }
    expect(await on.client.getTransactionCount({ address: deployer.address })).equal(0)
  }

  it("WrongChain: parameters of another chain", () => refused("WrongChain", { chainId: 1 }, /serves chain 31337.*for chain 1/))

  it("ZeroOwner", () => refused("ZeroOwner", { owner: zeroAddress }, /owner is the zero address/))

  it("NoCodeAtReserve: a reserve that is no contract", () => refused("NoCodeAtReserve", { reserve: RESERVE }, new RegExp(RESERVE)))

  it("WrongDecimals: a reserve with other than 6, or that says none", async () => {
    await chain.client.setCode({ address: RESERVE, bytecode: answering(18) })
    await refused("WrongDecimals", { reserve: RESERVE }, /has 18 decimals/)
    await chain.client.setCode({ address: RESERVE, bytecode: "0x00" })
    await refused("WrongDecimals", { reserve: RESERVE }, /does not say its decimals/)
  })

  it("NoTransientStorage: a chain by rules older than Cancun's", async () => {
    const old = await startForeignChain(4242, "shanghai")
    try {
      await old.client.setCode({ address: RESERVE, bytecode: answering(6) })
      await refused("NoTransientStorage", { chainId: 4242, reserve: RESERVE }, /chain 4242 does not know transient storage/, old)
    } finally {
      await old.stop()
    }
  })

  it("NotEnoughEther: a deployer who can't pay the gas", async () => {
    const poor = await startBareChain()
    try {
      await poor.client.setBalance({ address: deployer.address, value: 1_000n })
      const error = await runDeployment(optionsOf(poor, parameters)).catch((thrown: Error) => thrown)
      expect((error as Error).name).equal("NotEnoughEther")
      expect(await poor.client.getTransactionCount({ address: deployer.address })).equal(0)
    } finally {
      await poor.stop()
    }
  })

  it("NotConfirmed: who does not say yes", async () => {
    const error = await runDeployment({ ...optionsOf(chain, parameters), confirm: async () => false }).catch((thrown: Error) => thrown)
    expect((error as Error).name).equal("NotConfirmed")
    expect(await chain.client.getTransactionCount({ address: deployer.address })).equal(0)
  })

  it("on another chain than the local one: NoCreateX, and no TestUSD; with both it deploys there", async () => {
    const foreign = await startForeignChain(4242)
    try {
      const there = { chainId: 4242, reserve: RESERVE }
      await foreign.client.setCode({ address: RESERVE, bytecode: answering(6) })
      await refused("NoCreateX", there, /chain 4242 has no CreateX/, foreign)
      await refused("BadParameters", { ...there, reserve: undefined }, /TestUSD is for the local chain/, foreign)
      // CreateX as every chain has it, taken from where Ignition set it up.
      await runDeployment(optionsOf(chain, parameters))
      await foreign.client.setCode({ address: CREATE_X, bytecode: (await chain.client.getCode({ address: CREATE_X }))! })
      const deployment = await runDeployment(optionsOf(foreign, { ...parameters, ...there }))
      expect(await foreign.client.getCode({ address: deployment.berth })).not.equal(undefined)
      expect(deployment.rpcUrl, "what is committed names the parameters' RPC").equal(parameters.rpcUrl)
    } finally {
      await foreign.stop()
    }
  })
})

describe("deployment parameters and keys", () => {
  const dir = mkdtempSync(join(tmpdir(), "berth-deploy-"))
  after(() => rmSync(dir, { recursive: true, force: true }))

  it("BadParameters: an unknown network, naming those there are", () => {
    expect(() => parametersFile("nowhere")).throw(/local, sepolia/)
    expect(() => parametersFile("../../package")).throw(/no network/)
  })

  it("BadParameters: what the file lacks, misspells or mistypes", () => {
    const file = join(dir, "parameters.json")
    const network = { chainId: 31337, rpcUrl: "http://127.0.0.1:1", confirmations: 1 }
    const owner = deployer.address
    const wrong: [unknown, RegExp][] = [
      [{ network, Berth: { owner } }, /Berth\.reserve/],
      [{ network, LocalBerth: { owner, reserve: owner } }, /unknown field LocalBerth\.reserve/],
      [{ network, LocalBerth: { owner: owner.replace("b", "B") } }, /LocalBerth\.owner/],
      [{ network: { ...network, confirmations: 0 }, LocalBerth: { owner } }, /network\.confirmations/],
      [{ network: { ...network, rpcUrl: "ftp://x" }, LocalBerth: { owner } }, /network\.rpcUrl/],
      [{ network }, /two sections/],
      [{ network, Berth: { owner, reserve: owner }, LocalBerth: { owner } }, /two sections/],
      [[], /not an object/],
    ]
    for (const [json, saying] of wrong) {
      writeFileSync(file, JSON.stringify(json))
      expect(() => readParameters(file)).throw(saying)
    }
    expect(() => readParameters(join(dir, "nothing.json"))).throw(/can't be read/)
  })

  it("every network's file in the repository is in the form; Sepolia's waits for an owner", () => {
    expect(readParameters(parametersFile("local"))).to.include({ chainId: 31337, reserve: undefined })
    expect(readParameters(parametersFile("sepolia"))).to.include({ chainId: 11155111, owner: zeroAddress })
  })

  it("NoKey: a key file that others may read; else the file's key is taken", async () => {
    const keyFile = join(dir, "key")
    const key = `0x${"17".repeat(32)}`
    writeFileSync(keyFile, `${key}\n`)
    chmodSync(keyFile, 0o644)
    const error = await deployerKey(keyFile, undefined).catch((thrown: Error) => thrown)
    expect((error as Error).name).equal("NoKey")
    expect((error as Error).message).match(/chmod 600/)
    chmodSync(keyFile, 0o600)
    expect(await deployerKey(keyFile, undefined)).equal(key)
  })
})
