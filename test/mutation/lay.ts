import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { addressOf } from "./apart.ts"
import type { Profile } from "./profiles.ts"
import { type Contract, ROOT, type SolcContract, type Sources } from "./sources.ts"
import type { Workplace } from "./workplace.ts"

/** Puts a compiled contract where the tests take it from: into its artifact, and if others make it, into what lies in the chain. */
export function lay(sources: Sources, workplace: Workplace, { file, name }: Contract, { abi, evm }: SolcContract): void {
  const path = workplace.artifact(file, name)
  const artifact = {
    ...JSON.parse(readFileSync(path, "utf8")),
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
    linkReferences: evm.bytecode.linkReferences,
    deployedLinkReferences: evm.deployedBytecode.linkReferences,
  }
  writeFileSync(path, JSON.stringify(artifact))
  if (!sources.apart.includes(name)) return
  const apartPath = join(workplace.path, "apart.json")
  const apart = existsSync(apartPath) ? JSON.parse(readFileSync(apartPath, "utf8")) : {}
  writeFileSync(apartPath, JSON.stringify({ ...apart, [addressOf(name)]: artifact.bytecode }))
}

/** Builds the repository and lays every mutable contract in the workplaces as mutants will be laid. Returns the profile that each compiles under. */
export async function layUnmutated(sources: Sources, workplaces: readonly Workplace[]): Promise<Record<string, Profile>> {
  execFileSync("hardhat", ["build", "--quiet", "--no-tests"], { cwd: ROOT, stdio: "inherit" })
  for (const workplace of workplaces) workplace.takeArtifacts()
  const profiles: Record<string, Profile> = {}
  for (const contract of sources.deployable.filter(({ file }) => !/\/(dev|test)\//.test(file))) {
    for (const profile of ["legacy", "quick", "production"] as const) {
      const { contract: compiled } = sources.compile(contract, profile)
      if (!compiled) continue
      for (const workplace of workplaces) lay(sources, workplace, contract, compiled)
      profiles[contract.name] = profile
      break
    }
  }
  return profiles
}
