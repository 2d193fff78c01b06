import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import hre from "hardhat"
import { type Address, encodeAbiParameters, type Hex } from "viem"
import { type Child, contracts, madeByBerth } from "../../ignition/contracts.ts"
import { type BuildInfo, type CompilerOutput, closureOf } from "./compiler-input.ts"
import { DeployError } from "./deploy-error.ts"
import type { DeployParameters } from "./parameters.ts"
import type { DeploymentFile } from "./record.ts"

/** What an explorer's form asks for. */
interface VerifiedContract {
  readonly address: Address
  /** "path:Name" as the compiler knows it. */
  readonly contract: string
  readonly compiler: string
  readonly constructorArguments: readonly string[]
}

/**
 * Writes, per contract, the compiler's standard JSON input (only the sources that it needs) and its ABI-encoded constructor arguments, as
 * Etherscan's and Sourcify's forms take them, and contracts.json, which says what goes with what.
 * @returns the folder
 * @throws DeployError `StaleBytecode` when the sources here don't compile to what was deployed
 */
export async function writeVerification(parameters: DeployParameters, deployment: DeploymentFile, stateDir: string): Promise<string> {
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true })
  const dir = join(stateDir, "verification")
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  const index: Record<string, VerifiedContract> = {}
  for (const { name, sourceName, address, args } of deployedContracts(parameters, deployment)) {
    const { input, contract, compiler } = await inputOf(name, sourceName)
    writeFileSync(join(dir, `${name}.json`), `${JSON.stringify(input, null, 1)}\n`)
    writeFileSync(join(dir, `${name}.args.txt`), `${encoded(args).slice(2)}\n`)
    index[name] = { address, contract, compiler, constructorArguments: args }
  }
  writeFileSync(join(dir, "contracts.json"), `${JSON.stringify(index, null, 2)}\n`)
  return dir
}

/** Every constructor of ours takes addresses only. */
function deployedContracts({ reserve, owner }: DeployParameters, deployment: DeploymentFile): Child[] {
  const { berth, computeRecords } = deployment
  return [
    { name: "Berth", ...sourceOf("Berth"), address: berth, args: [deployment.reserve, owner] },
    ...Object.values(madeByBerth(berth)),
    { name: "ComputeRecords", ...sourceOf("ComputeRecords"), address: computeRecords, args: [] },
    ...(reserve ? [] : [{ name: "TestUSD", ...sourceOf("TestUSD"), address: deployment.reserve, args: [] }]),
  ]
}

const sourceOf = (name: keyof typeof contracts) => ({ sourceName: contracts[name].sourceName })

function encoded(args: readonly Address[]): Hex {
  return encodeAbiParameters(
    args.map(() => ({ type: "address" })),
    args,
  )
}

async function inputOf(name: string, sourceName: string) {
  const qualified = `${sourceName}:${name}`
  const artifact = await hre.artifacts.readArtifact(qualified)
  // What Berth makes is part of Berth's own bytes.
  const committed = Object.values(contracts).find((each) => each.contractName === name)?.bytecode
  if (committed && artifact.bytecode !== committed)
    throw new DeployError(
      "StaleBytecode",
      `${sourceName} compiles to other bytes than protocol/src/generated/bytecode.ts holds: npm run generate`,
    )
  const id = (await hre.artifacts.getBuildInfoId(qualified))!
  const read = async <T>(path: Promise<string | undefined>) => JSON.parse(readFileSync((await path)!, "utf8")) as T
  const info = await read<BuildInfo>(hre.artifacts.getBuildInfoPath(id))
  const { output } = await read<{ output: CompilerOutput }>(hre.artifacts.getBuildInfoOutputPath(id))
  const source = info.userSourceNameMap[sourceName]!
  return { input: closureOf(info.input, output, source), contract: `${source}:${name}`, compiler: `v${info.solcLongVersion}` }
}
