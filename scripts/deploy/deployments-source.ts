import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { LOCAL_CHAIN } from "./checks.ts"
import type { DeploymentFile } from "./record.ts"

const HEADER = "// Written by `npm run generate` from ignition/deployments. Do not edit."

/** The source of protocol's generated deployments: every folder's deployment.json but those of local chains, which end with their machine. */
export function deploymentsSource(dir: string): string {
  const names = existsSync(dir) ? readdirSync(dir).sort() : []
  const files = names.map((name) => join(dir, name, "deployment.json")).filter((file) => existsSync(file))
  const deployments = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as DeploymentFile)
  const entries = deployments.filter(({ chainId }) => chainId !== LOCAL_CHAIN).map(entryOf)
  const list = entries.length === 0 ? "[]" : `[\n${entries.join("\n")}\n]`
  return `${HEADER}\nimport type { Deployment } from "../deployments.ts"\n\nexport const publicDeployments: readonly Deployment[] = ${list}\n`
}

/** Addresses in lower case, as everything in protocol/ has them. */
function entryOf({ chainId, startBlock, ...deployment }: DeploymentFile): string {
  const keys = ["berth", "computeRecords", "reserve", "reservations", "verifiers"] as const
  const addresses = keys.map((key) => `    ${key}: "${deployment[key].toLowerCase()}",`)
  return ["  {", `    chainId: ${chainId},`, ...addresses, `    startBlock: ${startBlock}n,`, "  },"].join("\n")
}
