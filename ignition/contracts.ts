import { berthAbi, computeRecordsAbi, testUsdAbi } from "@berth/protocol/abi"
import { berthBytecode, computeRecordsBytecode, testUsdBytecode } from "@berth/protocol/bytecode"
import type { Abi, Hex } from "viem"

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
