import { berthAbi, computeRecordsAbi, testUsdAbi } from "@berth/protocol/abi"
import { berthBytecode, computeRecordsBytecode, testUsdBytecode } from "@berth/protocol/bytecode"
import { type Abi, type Address, getContractAddress, type Hex } from "viem"

/** A contract as Ignition takes it. */
export interface DeployableContract {
  readonly contractName: string
  readonly sourceName: string
  readonly abi: Abi
  readonly bytecode: Hex
}

/** The committed bytecode, so that what is deployed is what was reviewed and tested, whatever a compiler on this machine would make. */
export const contracts = {
  Berth: { contractName: "Berth", sourceName: "contracts/src/Berth.sol", abi: berthAbi, bytecode: berthBytecode },
  ComputeRecords: {
    contractName: "ComputeRecords",
    sourceName: "contracts/src/ComputeRecords.sol",
    abi: computeRecordsAbi,
    bytecode: computeRecordsBytecode,
  },
  TestUSD: { contractName: "TestUSD", sourceName: "contracts/src/dev/TestUSD.sol", abi: testUsdAbi, bytecode: testUsdBytecode },
} as const satisfies Record<string, DeployableContract>

export type ContractName = keyof typeof contracts

/** What Berth's constructor makes, in its order, each with Berth's address as its only argument: their addresses follow from Berth's. */
const children = [{ name: "Verifiers", sourceName: "contracts/src/Verifiers.sol" }] as const

/** Those, and where they lie. */
export function madeByBerth(berth: Address): { name: string; sourceName: string; address: Address }[] {
  return children.map((child, index) => ({ ...child, address: getContractAddress({ from: berth, nonce: BigInt(index + 1) }) }))
}
