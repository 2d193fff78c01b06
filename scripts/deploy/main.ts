// `npm run deploy -- --network NAME [--dry-run]`: deploys Berth on a chain by Hardhat Ignition. docs/deployment.md says how.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline/promises"
import { parseArgs } from "node:util"
import { LOCAL_CHAIN } from "./checks.ts"
import { dryRun, runDeployment } from "./deploy.ts"
import { DeployError, TRY_AGAIN } from "./deploy-error.ts"
import { deployerKey } from "./key.ts"
import { type DeployParameters, parametersFile, readParameters } from "./parameters.ts"
import { writeVerification } from "./verification.ts"

const USAGE = `npm run deploy -- --network NAME [options]
  --network NAME          ignition/parameters/NAME.json
  --dry-run               say what would be sent (to whom, gas, bytes, resulting address); send nothing, need no key
  --key-file FILE         the deployer's key, in hex or as a V3 keystore, readable by its owner only; asked for when left out
  --passphrase-file FILE  of the keystore; asked for when left out
  --rpc URL               instead of the parameters' rpcUrl
  --yes                   don't ask before sending
  --verification          write verification inputs on a local chain too
  --parameters FILE       instead of ignition/parameters/NAME.json
  --state DIR             instead of ignition/deployments/NAME: journal, deployment.json, verification/`

const root = join(import.meta.dirname, "../..")
const log = (line: string) => console.log(line)

const { values: flags } = parseArgs({
  options: {
    ...{
      network: { type: "string" },
      "dry-run": { type: "boolean" },
      "key-file": { type: "string" },
      "passphrase-file": { type: "string" },
    },
    ...{
      rpc: { type: "string" },
      yes: { type: "boolean" },
      verification: { type: "boolean" },
      parameters: { type: "string" },
      state: { type: "string" },
      help: { type: "boolean" },
    },
  },
})

try {
  process.exit(await main())
} catch (error) {
  const named = error instanceof DeployError
  console.error(`${named ? `${error.name}: ` : ""}${(error as Error).message}`)
  if (!named) console.error((error as Error).stack)
  process.exit(named && TRY_AGAIN.includes(error.name) ? 75 : 1)
}

async function main(): Promise<number> {
  if (flags.help || !flags.network) {
    log(USAGE)
    return flags.help ? 0 : 1
  }
  const parameters = readParameters(flags.parameters ?? parametersFile(flags.network))
  const rpcUrl = flags.rpc ?? parameters.rpcUrl
  if (flags["dry-run"]) {
    await dryRun({ parameters, rpcUrl, log })
    return 0
  }
  const stateDir = flags.state ?? join(root, "ignition/deployments", flags.network)
  const key = () => deployerKey(flags["key-file"], flags["passphrase-file"])
  const deployment = await runDeployment({ parameters, rpcUrl, stateDir, key, confirm: () => confirm(parameters), log })
  log(`${join(stateDir, "deployment.json")}: ${JSON.stringify(deployment)}`)
  const local = parameters.chainId === LOCAL_CHAIN
  if (!local || flags.verification) log(`verification inputs in ${await writeVerification(parameters, deployment, stateDir)}`)
  if (!local && !flags.state) generate()
  return 0
}

async function confirm({ chainId }: DeployParameters): Promise<boolean> {
  if (flags.yes || chainId === LOCAL_CHAIN) return true
  if (!process.stdin.isTTY) throw new DeployError("NotConfirmed", "there is no terminal to ask: give --yes to send this")
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await lines.question(`Send this to chain ${chainId}? Type ${flags.network} to go on: `)
  lines.close()
  return answer.trim() === flags.network
}

/** Puts a public deployment into protocol/. */
function generate(): void {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, "generate.ts")], { stdio: "inherit" })
  if (status !== 0) throw new Error("deployed, but protocol/src/generated/deployments.ts was not written: npm run generate")
  log("protocol/src/generated/deployments.ts has it: commit it with ignition/deployments")
}
