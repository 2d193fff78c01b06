import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { PublicClient } from "viem"
import { madeByBerth } from "../../ignition/contracts.ts"
import type { ContractAddresses } from "../local-chain/deploy.ts"
import { LOCAL_CHAIN } from "./checks.ts"
import { findCreation } from "./creation.ts"
import { readJournal } from "./journal.ts"
import type { DeployParameters } from "./parameters.ts"
import type { Step } from "./plan.ts"

/** What deployment.json holds: all that a node, an agent, a recorder or an indexer must know of a chain. */
export interface DeploymentFile extends ContractAddresses {
  readonly chainId: number
  readonly rpcUrl: string
}

/** Writes deployment.json. */
export async function recordDeployment(
  client: PublicClient,
  steps: readonly Step[],
  { chainId, reserve, rpcUrl }: DeployParameters,
  { stateDir, usedRpc }: { readonly stateDir: string; readonly usedRpc: string },
): Promise<DeploymentFile> {
  const at = (name: Step["name"]) => steps.find((step) => step.name === name)!.address
  const hash = readJournal(stateDir).creation("Berth") ?? (await findCreation(client, at("Berth")))
  const { blockNumber } = await client.getTransactionReceipt({ hash })
  const { reservations, verifiers } = madeByBerth(at("Berth"))
  const deployment: DeploymentFile = {
    ...{ chainId, berth: at("Berth"), computeRecords: at("ComputeRecords"), reserve: reserve ?? at("TestUSD") },
    ...{ reservations: reservations.address, verifiers: verifiers.address },
    // A public chain's file is committed, and an RPC given on the command line may have a secret in its path.
    ...{ startBlock: Number(blockNumber), rpcUrl: chainId === LOCAL_CHAIN ? usedRpc : rpcUrl },
  }
  mkdirSync(stateDir, { recursive: true })
  writeFileSync(join(stateDir, "deployment.json"), `${JSON.stringify(deployment, null, 2)}\n`)
  return deployment
}
