import { createPublicClient, http, type PublicClient, parseAbi } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { madeByBerth } from "../../ignition/contracts.ts"
import { checkParameters } from "./checks.ts"
import { DeployError } from "./deploy-error.ts"
import type { DeployParameters } from "./parameters.ts"
import { type Cost, costsOf, describe, planOf, type Step } from "./plan.ts"
import { type DeploymentFile, recordDeployment } from "./record.ts"
import { overRpc } from "./rpc-error.ts"
import { send } from "./send.ts"

export interface DeployOptions {
  readonly parameters: DeployParameters
  readonly rpcUrl: string
  /** Where journal and deployment.json lie. */
  readonly stateDir: string
  /** Asked only when there is something to send. */
  readonly key: () => Promise<`0x${string}`>
  /** Whether to go on, having seen what would be sent. */
  readonly confirm: () => Promise<boolean>
  readonly log: (line: string) => void
}

/**
 * Says what would be sent. Sends and writes nothing, needs no key.
 * @throws DeployError
 */
export function dryRun({ parameters, rpcUrl, log }: Pick<DeployOptions, "parameters" | "rpcUrl" | "log">): Promise<void> {
  return overRpc(rpcUrl, parameters.network, async () => {
    const client = clientOf(rpcUrl)
    await checkParameters(client, parameters)
    await show(client, await planOf(client, parameters), parameters, log)
    log("Dry run: nothing was sent.")
  })
}

/**
 * Deploys what the chain lacks and writes deployment.json. A run after a finished one sends nothing.
 * @throws DeployError
 */
export function runDeployment(options: DeployOptions): Promise<DeploymentFile> {
  return overRpc(options.rpcUrl, options.parameters.network, () => deployMissing(options))
}

async function deployMissing({ parameters, rpcUrl, stateDir, key, confirm, log }: DeployOptions): Promise<DeploymentFile> {
  const client = clientOf(rpcUrl)
  await checkParameters(client, parameters)
  const steps = await planOf(client, parameters)
  if (steps.some(({ there }) => !there)) {
    const costs = await show(client, steps, parameters, log)
    if (!(await confirm())) throw new DeployError("NotConfirmed", "nothing was sent")
    const privateKey = await key()
    const deployer = privateKeyToAccount(privateKey).address
    await checkFunds(client, deployer, costs)
    await send(client, steps, parameters, { rpcUrl, key: privateKey, deployer, journalDir: stateDir })
  } else log("Every contract is there already: nothing is sent.")
  await checkDeployed(client, await planOf(client, parameters), parameters)
  return recordDeployment(client, steps, parameters, { stateDir, usedRpc: rpcUrl })
}

/** The timeout lets a slow public RPC answer; a wrong URL is an error at once. */
function clientOf(url: string): PublicClient {
  return createPublicClient({ transport: http(url, { retryCount: 0, timeout: 30_000 }) })
}

async function show(
  client: PublicClient,
  steps: readonly Step[],
  { owner }: DeployParameters,
  log: DeployOptions["log"],
): Promise<Map<Step, Cost>> {
  const costs = await costsOf(client, steps, owner)
  for (const line of describe(steps, costs, await client.getGasPrice())) log(line)
  const contract = (await client.getCode({ address: owner })) !== undefined
  log(`owner ${owner}: ${contract ? "a contract" : "a plain account; for a market with money in it let it be a multisig's"}`)
  return costs
}

async function checkFunds(client: PublicClient, deployer: `0x${string}`, costs: ReadonlyMap<Step, Cost>): Promise<void> {
  const gas = [...costs.values()].reduce((sum, cost) => sum + cost.gas, 0n)
  const [balance, price] = [await client.getBalance({ address: deployer }), await client.getGasPrice()]
  if (balance < gas * price)
    throw new DeployError("NotEnoughEther", `the deployer ${deployer} has ${balance} wei and needs about ${gas * price}: send it some`)
}

const ownAbi = parseAbi([
  ...["function owner() view returns (address)", "function reserve() view returns (address)"],
  ...["function verifiers() view returns (address)", "function reservations() view returns (address)"],
  "function picture() view returns (address)",
] as const)

/** What lies there must say itself what it was told. */
async function checkDeployed(client: PublicClient, steps: readonly Step[], { owner }: DeployParameters): Promise<void> {
  const missing = steps.find(({ there }) => !there)
  if (missing) throw new DeployError("WrongContract", `${missing.name} is not at ${missing.address}, where it should be by now: run again`)
  const { address, args } = steps.find(({ name }) => name === "Berth")!
  const reserve = await client.readContract({ address, abi: ownAbi, functionName: "reserve" })
  if (reserve !== args[0]) throw new DeployError("WrongContract", `Berth at ${address} says its reserve is ${reserve}, not ${args[0]}`)
  const { verifiers, reservations, picture } = madeByBerth(address)
  const made = [
    ["verifiers", address, "Berth", verifiers],
    ["reservations", address, "Berth", reservations],
    ["picture", reservations.address, "Reservations", picture],
  ] as const
  for (const [functionName, maker, makerName, child] of made) {
    const said = await client.readContract({ address: maker, abi: ownAbi, functionName })
    if (said !== child.address)
      throw new DeployError("WrongContract", `${makerName} at ${maker} says its ${child.name} is ${said}, not ${child.address}`)
  }
  const now = await client.readContract({ address, abi: ownAbi, functionName: "owner" })
  // Not an error: it can have been handed over since.
  if (now !== owner) console.error(`Note: the owner of Berth is ${now} by now, not ${owner} as the parameters say.`)
}
