import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"
import { bytesToHex, type Hex } from "viem"
import { DEV_MNEMONIC, devAccount } from "../local-chain/accounts.ts"
import { type ChainClient, connectChain } from "../local-chain/client.ts"
import { spawnChain } from "../local-chain/spawn.ts"
import { type DeployParameters, parametersFile, readParameters } from "./parameters.ts"

/** A fresh chain without any contract, and a folder that goes with it. */
export interface BareChain {
  readonly rpcUrl: string
  readonly client: ChainClient
  readonly dir: string
  /** Path of the deployer's key, dev account 3. */
  readonly keyFile: string
  stop(): Promise<void>
}

export const deployer = devAccount(3)
const deployerKey = bytesToHex(deployer.getHdKey().privateKey!)

/** Of chain 31337, a block per transaction. */
export async function startBareChain(): Promise<BareChain> {
  const chain = await spawnChain(0, 0)
  return withFolder(`http://127.0.0.1:${chain.port}`, chain.stop)
}

/** Of another id, as public chains are, within this process; by the rules of an older fork if one is named. */
export async function startForeignChain(chainId: number, hardfork?: "shanghai"): Promise<BareChain> {
  const accounts = { mnemonic: DEV_MNEMONIC, count: 20 }
  const foreign = { type: "edr-simulated" as const, chainType: "l1" as const, chainId, accounts, ...(hardfork && { hardfork }) }
  const hre = await createHardhatRuntimeEnvironment({ networks: { foreign } })
  const server = await hre.network.createServer("foreign", "127.0.0.1", 0)
  const { port } = await server.listen()
  return withFolder(`http://127.0.0.1:${port}`, () => server.close())
}

function withFolder(rpcUrl: string, end: () => Promise<void>): BareChain {
  const dir = mkdtempSync(join(tmpdir(), "berth-deploy-"))
  const keyFile = join(dir, "key")
  writeFileSync(keyFile, `${deployerKey}\n`, { mode: 0o600 })
  const stop = async () => {
    await end()
    rmSync(dir, { recursive: true, force: true })
  }
  return { rpcUrl, client: connectChain(rpcUrl), dir, keyFile, stop }
}

export const localParameters = (): DeployParameters => readParameters(parametersFile("local"))

/** What a run of ours would need to say and ask. */
export function optionsOf(chain: BareChain, parameters: DeployParameters, stateDir = join(chain.dir, "state")) {
  const lines: string[] = []
  const key = async (): Promise<Hex> => deployerKey
  return { parameters, rpcUrl: chain.rpcUrl, stateDir, key, confirm: async () => true, log: (line: string) => void lines.push(line), lines }
}
