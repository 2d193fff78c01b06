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

/** A contract that Berth's constructor makes. */
export interface Child {
  readonly name: string
  readonly sourceName: string
  readonly address: Address
  readonly args: readonly Address[]
}

/** What Berth's constructor makes, in its order: their addresses follow from Berth's. */
export function madeByBerth(berth: Address): { verifiers: Child; reservations: Child } {
  const [first, second] = [1n, 2n].map((nonce) => getContractAddress({ from: berth, nonce })) as [Address, Address]
  return {
    verifiers: { name: "Verifiers", sourceName: "contracts/src/Verifiers.sol", address: first, args: [berth] },
    reservations: { name: "Reservations", sourceName: "contracts/src/Reservations.sol", address: second, args: [berth, first] },
  }
}
