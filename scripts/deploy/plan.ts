import { type Address, encodeDeployData, type Hex, type PublicClient, size } from "viem"
import { type ContractName, contracts } from "../../ignition/contracts.ts"
import { CREATE_X, creationAddress, creationCall } from "./create-x.ts"
import type { DeployParameters } from "./parameters.ts"

/** One contract of a deployment: what is sent for it, and what results. */
export interface Step {
  readonly name: ContractName
  readonly address: Address
  readonly args: readonly Address[]
  readonly initCode: Hex
  /** Data of the transaction to CreateX. */
  readonly data: Hex
  /** Whether the chain has it already. */
  readonly there: boolean
}

/** The contracts of a deployment in their order, and which the chain has. Reads only. */
export async function planOf(client: PublicClient, { reserve, owner }: DeployParameters): Promise<Step[]> {
  const usd = reserve ?? creationAddress(contracts.TestUSD.bytecode)
  const wanted: [ContractName, readonly Address[]][] = [
    ...(reserve ? [] : [["TestUSD", []] satisfies [ContractName, readonly Address[]]]),
    ["Berth", [usd, owner]],
    ["ComputeRecords", []],
  ]
  return Promise.all(wanted.map(([name, args]) => stepOf(client, name, args)))
}

async function stepOf(client: PublicClient, name: ContractName, args: readonly Address[]): Promise<Step> {
  const { abi, bytecode } = contracts[name]
  const initCode = encodeDeployData({ abi, bytecode, args } as never)
  const address = creationAddress(initCode)
  const there = (await client.getCode({ address })) !== undefined
  return { name, address, args, initCode, data: creationCall(initCode), there }
}

/** Of a step that is not there, what its transaction takes. */
export interface Cost {
  readonly gas: bigint
  /** Without CreateX on the chain the creation alone is estimated: some 5 % less. */
  readonly withoutCreateX: boolean
}

/** Asks the chain for each missing step's gas. Sends nothing. */
export async function costsOf(client: PublicClient, steps: readonly Step[], account: Address): Promise<Map<Step, Cost>> {
  const withoutCreateX = (await client.getCode({ address: CREATE_X })) === undefined
  const costs = new Map<Step, Cost>()
  for (const step of steps.filter(({ there }) => !there)) {
    const call = withoutCreateX ? { data: step.initCode } : { to: CREATE_X, data: step.data }
    costs.set(step, { gas: await client.estimateGas({ account, ...call }), withoutCreateX })
  }
  return costs
}

/** The lines that say what would be sent: to whom, gas, bytes, and the address that results. */
export function describe(steps: readonly Step[], costs: ReadonlyMap<Step, Cost>, gasPrice: bigint): string[] {
  const lines = steps.flatMap((step) => {
    const cost = costs.get(step)
    if (!cost) return [`${step.name} is at ${step.address} already: nothing is sent for it`]
    const args = step.args.length > 0 ? ` (${step.args.join(", ")})` : ""
    return [
      `${step.name}${args}`,
      `  to       ${CREATE_X} (CreateX, deployCreate2${cost.withoutCreateX ? "; set up first, as this local chain lacks it" : ""})`,
      `  gas      ${cost.withoutCreateX ? "above " : ""}${cost.gas}, ${ether(cost.gas * gasPrice)} ETH at ${ether(gasPrice * 1_000_000_000n)} gwei`,
      `  bytes    ${size(step.data)} of calldata, of which init code ${size(step.initCode)}`,
      `  address  ${step.address}`,
    ]
  })
  const total = [...costs.values()].reduce((sum, { gas }) => sum + gas, 0n)
  return [...lines, `${costs.size} transactions, ${total} gas, ${ether(total * gasPrice)} ETH`]
}

/** Wei as ether, six digits. */
function ether(wei: bigint): string {
  return (Number(wei / 1_000_000_000n) / 1e9).toFixed(6)
}
