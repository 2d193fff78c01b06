import { resolve } from "node:path"
import type { Deployment } from "@berth/protocol"
import type { Hex } from "viem"
import { readDeployment } from "../chain/deployment.ts"
import type { NodeConfig } from "../config.ts"
import { type NodeKey, readKeyFile, readPassphrase } from "../keystore.ts"

/** Which market, and by which RPC. Throws an Error that says what to set. */
export function placeOf(config: NodeConfig): { readonly rpcUrl: string; readonly deployment: Deployment } {
  const deployment = readDeployment(config.deployment)
  const rpcUrl = config.rpcUrls[0] ?? deployment.rpcUrl
  if (!rpcUrl) throw new Error("No RPC endpoint: set rpcUrl in the config, or give --rpc-url.")
  return { rpcUrl, deployment }
}

/** The operator's key, for one command. */
export async function operatorOf(file: string, passphraseFile: string | undefined): Promise<NodeKey> {
  return readKeyFile(resolve(file), passphraseFile ? await readPassphrase(resolve(passphraseFile)) : undefined)
}

/** Bytes that a flag names. Throws an Error that says which flag and how to write it. */
export function hexOf(flag: string, text: string, bytes: number): Hex {
  if (new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`).test(text)) return text as Hex
  throw new Error(`${flag} ${text}: write 0x and ${bytes * 2} hex digits.`)
}
