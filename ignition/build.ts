import { buildModule } from "@nomicfoundation/hardhat-ignition/modules"
import type { ContractFuture, IgnitionModuleBuilder } from "@nomicfoundation/ignition-core"
import { artifactOf } from "./artifact.ts"
import type { ContractName } from "./contracts.ts"

/** Contracts that the chain has already though this deployment did not make them, by address. */
export type Present = Partial<Record<ContractName, string>>

/** Berth over a reserve that is there already. */
export function berthModule(present: Present = {}) {
  return buildModule("Berth", (m) => ({
    berth: contract(m, present, "Berth", [m.getParameter<string>("reserve"), m.getParameter<string>("owner")]),
    computeRecords: contract(m, present, "ComputeRecords"),
  }))
}

/** Berth over a TestUSD of its own. */
export function localBerthModule(present: Present = {}) {
  return buildModule("LocalBerth", (m) => {
    const reserve = contract(m, present, "TestUSD")
    return {
      reserve,
      berth: contract(m, present, "Berth", [reserve, m.getParameter<string>("owner")]),
      computeRecords: contract(m, present, "ComputeRecords"),
    }
  })
}

type Args = NonNullable<Parameters<IgnitionModuleBuilder["contract"]>[2]>

function contract(m: IgnitionModuleBuilder, present: Present, name: ContractName, args: Args = []): ContractFuture<string> {
  const address = present[name]
  return address === undefined ? m.contract(name, artifactOf(name), args) : m.contractAt(name, artifactOf(name), address)
}
