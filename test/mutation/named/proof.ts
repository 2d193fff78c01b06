import { compileQuickest } from "../compile.ts"
import { lay } from "../lay.ts"
import type { Profile } from "../profiles.ts"
import type { Changed, Contract, SolcContract, Sources } from "../sources.ts"
import { escapeRegExp, type SuiteResult, type Workplace } from "../workplace.ts"
import { changedBy, type NamedMutant, type NamedTest } from "./named.ts"

/** What became of a mutant. `red`: its test failed, with `reason`. */
export interface Seen {
  status: "red" | "green" | "not compiled" | "not ended"
  reason: string
}

/** Tries mutants one after another, in one workplace whose artifacts are the unmutated ones in between. */
export class Proof {
  readonly #sources: Sources
  readonly #workplace: Workplace
  readonly #profiles: Record<string, Profile>
  /** Contracts as they are, compiled: those set apart, and whole. */
  readonly #unmutated: Map<string, SolcContract>

  /** `unmutated` is filled as compilations are needed, and can be shared. */
  constructor(sources: Sources, workplace: Workplace, profiles: Record<string, Profile>, unmutated: Map<string, SolcContract>) {
    this.#unmutated = unmutated
    this.#sources = sources
    this.#workplace = workplace
    this.#profiles = profiles
  }

  async see(mutant: NamedMutant, test: NamedTest): Promise<Seen> {
    const changed = changedBy(mutant)
    const dependants = this.#sources.dependants(changed.file)
    // A Solidity test makes core and records itself, from their artifacts: all that the core makes must be in there.
    const records = dependants.filter(({ name }) => name === "ComputeRecords")
    const contracts = test.kind === "solidity" ? [...this.#cores(), ...records] : dependants
    const compiled = contracts.map((contract) => this.#compile(contract, test.kind, changed))
    const errors = compiled.flatMap((result) => (typeof result === "string" ? [result] : []))
    if (errors.length > 0) return { status: "not compiled", reason: errors.join("\n") }
    for (const [i, contract] of contracts.entries()) lay(this.#sources, this.#workplace, contract, compiled[i] as SolcContract)
    const result = await this.#run(test.kind, [test.file], [mutant.title])
    for (const contract of contracts) lay(this.#sources, this.#workplace, contract, this.#original(contract, "mocha"))
    if (result === undefined) return { status: "not ended", reason: "" }
    const [failed] = result.failed
    return failed ? { status: "red", reason: failed.reason } : { status: "green", reason: "" }
  }

  /** Runs tests on the contracts as they are; all must pass. */
  async checkUnmutated(kind: NamedTest["kind"], files: string[], titles: string[]): Promise<void> {
    if (kind === "solidity") for (const core of this.#cores()) lay(this.#sources, this.#workplace, core, this.#original(core, kind))
    const result = await this.#run(kind, files, titles)
    if (kind === "solidity") for (const core of this.#cores()) lay(this.#sources, this.#workplace, core, this.#original(core, "mocha"))
    const faults = result?.failed.map(({ test, reason }) => `${test}: ${reason}`) ?? ["it did not end"]
    if (faults.length > 0 || result!.passed.length !== titles.length)
      throw new Error(`On the contracts as they are ${result?.passed.length} of ${titles.length} tests pass:\n${faults.join("\n")}`)
  }

  #run(kind: NamedTest["kind"], files: string[], titles: string[]): Promise<SuiteResult | undefined> {
    const names = titles.map(escapeRegExp).join("|")
    if (kind === "solidity") return this.#workplace.solidity({ noCompile: true, files, grep: `^(${names})` })
    return this.#workplace.mocha({ files, grep: ` (${names})$` })
  }

  #cores(): Contract[] {
    return this.#sources.deployable.filter(({ name }) => name === "Berth")
  }

  #original(contract: Contract, kind: NamedTest["kind"]): SolcContract {
    const key = `${kind} ${contract.name}`
    const known = this.#unmutated.get(key)
    if (known) return known
    const compiled = this.#compile(contract, kind)
    if (typeof compiled === "string") throw new Error(compiled)
    this.#unmutated.set(key, compiled)
    return compiled
  }

  /** Errors of the compiler as a text. */
  #compile(contract: Contract, kind: NamedTest["kind"], changed?: Changed): SolcContract | string {
    const codeOf = (name: string): string => {
      const made = this.#sources.deployable.find((other) => other.name === name)!
      const reached = changed && this.#sources.dependants(changed.file).some((other) => this.#makes(made, other))
      const code = reached ? this.#compile(made, kind, changed) : this.#original(made, kind)
      if (typeof code === "string") throw new Error(code)
      return code.evm.bytecode.object
    }
    const { contract: compiled, errors } = compileQuickest(
      this.#sources,
      this.#profiles,
      contract,
      changed,
      kind === "solidity" ? codeOf : undefined,
    )
    return compiled ?? errors.join("\n")
  }

  /** Whether `other` is `contract` or is made by it. */
  #makes(contract: Contract, other: Contract): boolean {
    return contract.name === other.name || (contract.name === "Reservations" && other.name === "ReservationPicture")
  }
}
