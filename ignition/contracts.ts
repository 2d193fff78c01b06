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

/** A contract that another one's constructor makes. */
export interface Child {
  readonly name: string
  readonly sourceName: string
  readonly address: Address
  readonly args: readonly Address[]
}

/** What Berth's constructor makes, in its order, and what the constructor of `Reservations` makes: their addresses follow from Berth's. */
export function madeByBerth(berth: Address): { verifiers: Child; reservations: Child; picture: Child } {
  const verifiers = getContractAddress({ from: berth, nonce: 1n })
  const reservations = getContractAddress({ from: berth, nonce: 2n })
  const picture = getContractAddress({ from: reservations, nonce: 1n })
  return {
    verifiers: { name: "Verifiers", sourceName: "contracts/src/Verifiers.sol", address: verifiers, args: [berth] },
    reservations: { name: "Reservations", sourceName: "contracts/src/Reservations.sol", address: reservations, args: [berth, verifiers] },
    picture: {
      ...{ name: "ReservationPicture", sourceName: "contracts/src/reservations/ReservationPicture.sol" },
      ...{ address: picture, args: [] },
    },
  }
}
