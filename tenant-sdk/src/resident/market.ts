import { existsSync, readFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { type Deployment, deployments } from "@berth/protocol"
import { hostsOnly } from "@berth/protocol/hosts-only"
import { parse } from "smol-toml"
import { z } from "zod"
import type { Config } from "../config.ts"
import { readDeployment } from "../deployment.ts"
import { BerthError } from "../errors.ts"

const fileSchema = z.strictObject({
  rpc: z.url().optional(),
  /** Path of a deployment file, from the config file's folder. */
  deployment: z.string().optional(),
})

/** Which market a profile trades on, and by which RPC: flags and environment, then config.toml, then the deployment file itself. */
export function loadMarket(config: Config): { readonly deployment: Deployment; readonly rpc: string } {
  const file = readConfigFile(config.configFile)
  const path = config.deployment ?? (file.deployment && resolve(dirname(config.configFile), file.deployment))
  const deployment = path ? readDeployment(path) : deployments[0]
  if (!deployment)
    throw new BerthError("usage", "no market is named", {
      hint: `give --deployment FILE, set BERTH_DEPLOYMENT, or write deployment = "FILE" into ${config.configFile}`,
    })
  const rpc = config.rpc ?? file.rpc ?? ("rpcUrl" in deployment ? (deployment.rpcUrl as string | undefined) : undefined)
  if (!rpc)
    throw new BerthError("usage", `no RPC is named for chain ${deployment.chainId}`, {
      hint: `give --rpc URL, set BERTH_RPC, or write rpc = "URL" into ${config.configFile}`,
    })
  return { deployment, rpc }
}

function readConfigFile(path: string): z.output<typeof fileSchema> {
  if (!existsSync(path)) return {}
  try {
    return fileSchema.parse(parse(readFileSync(path, "utf8")))
  } catch (cause) {
    // TOML's errors quote the line that is wrong: it may be the RPC's, and this goes into the agent's log.
    const why = hostsOnly(cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message)
    throw new BerthError("malformed", `${path} is not a config file: ${why}`, { cause })
  }
}
