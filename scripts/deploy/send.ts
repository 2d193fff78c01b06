import { type DeploymentResult, deploy, trackTransaction } from "@nomicfoundation/ignition-core"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"
import type { Address, Hex, PublicClient } from "viem"
import { berthModule, localBerthModule, type Present } from "../../ignition/build.ts"
import type { ContractName } from "../../ignition/contracts.ts"
import { SALT } from "../../ignition/salt.ts"
import { LOCAL_CHAIN } from "./checks.ts"
import { findCreation } from "./creation.ts"
import { DeployError } from "./deploy-error.ts"
import { readJournal, repairJournal } from "./journal.ts"
import { ofThisChain } from "./local-instance.ts"
import type { DeployParameters } from "./parameters.ts"
import type { Step } from "./plan.ts"

export interface Sending {
  readonly rpcUrl: string
  readonly key: Hex
  readonly deployer: Address
  /** Where Ignition's journal lies. It holds transactions, never keys. */
  readonly journalDir: string
}

/** Ignition's errors that go away by themselves: transactions of the deployer that have too few confirmations. */
const PENDING = [10_402, 10_403]

/**
 * Sends what is missing, by Ignition, which journals each transaction before and after it is sent: a run that was killed is taken up by the
 * next one where it was.
 * @throws DeployError `StillPending` (run again later), `DeploymentFailed`
 */
export async function send(client: PublicClient, steps: readonly Step[], parameters: DeployParameters, sending: Sending): Promise<void> {
  const { rpcUrl, key, deployer, journalDir } = sending
  const { chainId, reserve, owner, confirmations } = parameters
  const local = chainId === LOCAL_CHAIN
  const hre = await createHardhatRuntimeEnvironment({ networks: { target: { type: "http", url: rpcUrl, accounts: [key], chainId } } })
  const connection = await hre.network.create("target")
  const { provider } = connection
  try {
    if (local) await ofThisChain(client, journalDir)
    repairJournal(journalDir, await neverSent(client, steps, deployer, journalDir))
    const present = await presentOf(client, steps, (hash) => trackTransaction(journalDir, hash, provider, confirmations), journalDir)
    const result = await deploy({
      ...{ provider, deploymentDir: journalDir, accounts: [deployer], artifactResolver: noArtifacts },
      ...{ strategy: "create2", strategyConfig: { salt: SALT } },
      config: { requiredConfirmations: confirmations, blockPollingInterval: local ? 100 : 1_000 },
      ignitionModule: reserve ? berthModule(present) : localBerthModule(present),
      deploymentParameters: reserve ? { Berth: { reserve, owner } } : { LocalBerth: { owner } },
    })
    if (result.type !== "SUCCESSFUL_DEPLOYMENT") throw new DeployError("DeploymentFailed", whyFailed(result, journalDir))
  } catch (error) {
    const number = (error as { number?: number }).number
    if (number === undefined || !PENDING.includes(number)) throw error
    throw new DeployError(
      "StillPending",
      `transactions of ${deployer} have too few confirmations yet: run the same command again in a minute`,
      { cause: error },
    )
  } finally {
    await connection.close()
  }
}

function stillPending(deployer: Address, cause?: unknown): DeployError {
  const message = `transactions of ${deployer} have too few confirmations yet: run the same command again in a minute`
  return new DeployError("StillPending", message, { cause })
}

/**
 * Contracts whose transaction was about to be sent when a run was killed, and was not: nothing of the deployer's waits, and they are not
 * there. One that got out unseen all the same could only make the same contract at the same address, once.
 */
async function neverSent(client: PublicClient, steps: readonly Step[], deployer: Address, journalDir: string): Promise<ContractName[]> {
  const journal = readJournal(journalDir)
  const unsent = steps.filter(({ name, there }) => !there && journal.unsure(name)).map(({ name }) => name)
  if (unsent.length === 0) return []
  const [pending, latest] = await Promise.all(
    (["pending", "latest"] as const).map((blockTag) => client.getTransactionCount({ address: deployer, blockTag })),
  )
  if (pending !== latest) throw stillPending(deployer)
  return unsent
}

/**
 * Contracts that lie on the chain though no line of our journal is about making them: an earlier run whose journal is gone made them, or
 * somebody else did, and at these addresses only these very bytes can lie. One that was sent, but killed before it was journaled as sent, is
 * told to Ignition here.
 */
async function presentOf(
  client: PublicClient,
  steps: readonly Step[],
  track: (hash: Hex) => Promise<unknown>,
  journalDir: string,
): Promise<Present> {
  const journal = readJournal(journalDir)
  const present: Present = {}
  for (const { name, address } of steps.filter(({ there }) => there)) {
    if (!journal.begun(name)) present[name] = address
    else if (!journal.sent(name)) await track(await findCreation(client, address))
  }
  return present
}

// Every artifact is in the module itself.
const noArtifacts = {
  loadArtifact: (name: string) => Promise.reject(new Error(`no artifact of ${name} outside of the module`)),
  getBuildInfo: () => Promise.resolve(undefined),
}

function whyFailed(result: Exclude<DeploymentResult, { type: "SUCCESSFUL_DEPLOYMENT" }>, journalDir: string): string {
  const reasons =
    "errors" in result
      ? Object.entries(result.errors).flatMap(([future, errors]) => errors.map((error) => `${future}: ${error}`))
      : [
          ...result.failed.map(({ futureId, error }) => `${futureId}: ${error}`),
          ...result.timedOut.map(({ futureId }) => `${futureId}: not mined in time, even with higher fees`),
        ]
  return `Ignition gave up (${result.type}). ${reasons.join("; ")}. When the cause is gone and it still refuses, remove ${journalDir} and run again: contracts that are there are found by their address`
}
