import type { Profile } from "./profiles.ts"
import type { Changed, Compiled, Contract, Sources } from "./sources.ts"

/** By the quickest pipeline that can compile the contract. A mutant may need viaIR where its original does not ("stack too deep"). */
export function compileQuickest(
  sources: Sources,
  profiles: Record<string, Profile>,
  contract: Contract,
  changed?: Changed,
  codeOf?: (name: string) => string,
): Compiled {
  let last: Compiled | undefined
  for (const profile of new Set([profiles[contract.name]!, "quick", "production"] as const)) {
    last = sources.compile(contract, profile, changed, codeOf)
    if (last.contract || !last.errors.every((error) => error.includes("Stack too deep"))) break
  }
  return last!
}
