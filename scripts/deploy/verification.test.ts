import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { decodeAbiParameters, getAddress } from "viem"
import { contracts, madeByBerth } from "../../ignition/contracts.ts"
import { deployer, localParameters, optionsOf, startBareChain } from "./chain.fixture.ts"
import { runDeployment } from "./deploy.ts"
import { deploymentsSource } from "./deployments-source.ts"
import { writeVerification } from "./verification.ts"

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string; version(): string }
const berth = getAddress("0x00000000000000000000000000000000000be274")
const deployment = {
  ...{ chainId: 31337, rpcUrl: "http://127.0.0.1:1", startBlock: 7, berth },
  ...{ reservations: madeByBerth(berth).reservations.address, verifiers: madeByBerth(berth).verifiers.address },
  ...{ computeRecords: getAddress(`0x${"5".repeat(40)}`), reserve: getAddress(`0x${"7".repeat(40)}`) },
}

describe("verification inputs", function () {
  // `npm test` on a fresh clone compiles everything first.
  this.timeout(600_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-verification-"))
  let folder: string
  const text = (file: string) => readFileSync(join(folder, file), "utf8")

  before(async () => {
    folder = await writeVerification({ ...localParameters(), owner: deployer.address }, deployment, dir)
  })
  after(() => rmSync(dir, { recursive: true, force: true }))

  it("name every contract, those that Berth makes too, with address, compiler and arguments", () => {
    const index = JSON.parse(text("contracts.json"))
    expect(index.Berth).to.include({
      address: berth,
      contract: "project/contracts/src/Berth.sol:Berth",
      compiler: "v0.8.37+commit.f401782d",
    })
    const { verifiers, reservations, picture } = madeByBerth(berth)
    expect(index.Verifiers).deep.include({ address: verifiers.address, constructorArguments: [berth] })
    expect(index.Reservations).deep.include({ address: reservations.address, constructorArguments: [berth, verifiers.address] })
    expect(index.ReservationPicture).deep.include({ address: picture.address, constructorArguments: [] })
    const args = decodeAbiParameters([{ type: "address" }, { type: "address" }], `0x${text("Berth.args.txt").trim()}`)
    expect(args).deep.equal([deployment.reserve, deployer.address])
    expect(text("ComputeRecords.args.txt").trim()).equal("")
    const names = Object.keys(index)
    expect(readdirSync(folder).sort()).deep.equal(
      ["contracts.json", ...names.flatMap((name) => [`${name}.args.txt`, `${name}.json`])].sort(),
    )
  })

  it("hold no source that the contract does not need", () => {
    const sources = Object.keys(JSON.parse(text("ComputeRecords.json")).sources)
    expect(sources).deep.equal([
      "project/contracts/src/ComputeRecords.sol",
      "project/contracts/src/interfaces/IComputeRecords.sol",
      "project/contracts/src/libraries/RecordVerifier.sol",
    ])
    expect(text("Berth.json")).not.match(/contracts\/src\/(test|dev)\//)
  })

  const compiled = (name: string, source: string): { bytecode: string; deployed: string } => {
    expect(solc.version()).contain("0.8.37+commit.f401782d")
    const output = JSON.parse(solc.compile(text(`${name}.json`)))
    expect((output.errors ?? []).filter((error: { severity: string }) => error.severity === "error")).deep.equal([])
    const { bytecode, deployedBytecode } = output.contracts[`project/${source}`][name].evm
    return { bytecode: bytecode.object, deployed: deployedBytecode.object }
  }

  it("ComputeRecords's compiles, alone and by the stock compiler, to the very bytes that are deployed", () => {
    const { sourceName, bytecode } = contracts.ComputeRecords
    expect(`0x${compiled("ComputeRecords", sourceName).bytecode}` === bytecode).equal(true)
  })

  it("Verifiers's compiles to bytes that Berth's creation code has in it", () => {
    const object = compiled("Verifiers", "contracts/src/Verifiers.sol").bytecode
    expect(object.length).above(4_000)
    expect(contracts.Berth.bytecode.includes(object)).equal(true)
  })

  it("ReservationPicture's compiles to the very code that lies at its address once Berth is deployed", async () => {
    const chain = await startBareChain()
    try {
      const real = await runDeployment(optionsOf(chain, localParameters()))
      const { picture } = madeByBerth(getAddress(real.berth))
      const code = await chain.client.getCode({ address: picture.address })
      expect(code === `0x${compiled(picture.name, picture.sourceName).deployed}`).equal(true)
    } finally {
      await chain.stop()
    }
  })

  // The optimizer needs a minute for the core, and several on a busy machine.
  if (process.env.BERTH_VERIFY_CORE)
    it("Berth's compiles to the very bytes that are deployed", () => {
      expect(`0x${compiled("Berth", contracts.Berth.sourceName).bytecode}` === contracts.Berth.bytecode).equal(true)
    })
})

describe("deployments in protocol/", () => {
  it("are every public one, by its deployment.json; no local one", () => {
    const dir = mkdtempSync(join(tmpdir(), "berth-deployments-"))
    const write = (name: string, content: object) => {
      mkdirSync(join(dir, name))
      writeFileSync(join(dir, name, "deployment.json"), JSON.stringify(content))
    }
    write("local", deployment)
    write("mainnet", { ...deployment, chainId: 1 })
    mkdirSync(join(dir, "begun-only"))
    const source = deploymentsSource(dir)
    rmSync(dir, { recursive: true })
    expect(source).match(new RegExp(`chainId: 1,\\s+berth: "${berth.toLowerCase()}"`))
    expect(source).contain("startBlock: 7n")
    expect(source).not.contain("31337")
    expect(deploymentsSource(dir)).match(/= \[\]\n$/)
  })
})
