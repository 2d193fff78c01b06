import type { Artifact } from "@nomicfoundation/ignition-core"
import { type ContractName, contracts } from "./contracts.ts"

/** A contract in the form of Hardhat's artifacts, from the committed bytecode. */
export function artifactOf(name: ContractName): Artifact {
  const { contractName, sourceName, abi, bytecode } = contracts[name]
  return {
    ...{ _format: "hh3-artifact-1", contractName, sourceName, abi, bytecode },
    // Ignition sends creation code only; none of ours is linked.
    ...{ deployedBytecode: "0x", linkReferences: {}, deployedLinkReferences: {} },
  }
}
