import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { setApart } from "./apart.ts"
import type { AstNode } from "./ast.ts"
import { candidates, type Mutant } from "./candidates.ts"
import { PROFILES, type Profile } from "./profiles.ts"
import { shallow } from "./shallow.ts"

export const ROOT = join(import.meta.dirname, "../..")
/** As Hardhat names the project's files for the compiler: links of libraries go by these names. */
const PREFIX = "project/"

const require = createRequire(import.meta.url)
const solc: {
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string
} = require("solc")

export interface Contract {
  file: string
  name: string
}
interface SolcOutput {
  errors?: { severity: string; formattedMessage: string }[]
  sources: Record<string, { ast: AstNode }>
  contracts?: Record<string, Record<string, SolcContract>>
}
export interface SolcContract {
  abi: unknown[]
  evm: Record<"bytecode" | "deployedBytecode", { object: string; linkReferences: unknown }>
}

/** A file with another text. */
export interface Changed {
  file: string
  text: string
}
export interface Compiled {
  contract?: SolcContract
  errors: string[]
}

/** The contracts as they are: text, trees, and who imports whom. */
export class Sources {
  /** Path from the repository's root -> bytes; all of contracts/src. */
  readonly files = new Map<string, Buffer>()
  readonly deployable: readonly Contract[]
  /** Names of the contracts that others make with `new`. */
  readonly apart: readonly string[]
  readonly #hashes = new Map<string, string>()
  readonly #asts = new Map<string, AstNode>()

  constructor() {
    for (const name of readdirSync(join(ROOT, "contracts/src"), { recursive: true, encoding: "utf8" }).sort()) {
      if (name.endsWith(".sol")) this.files.set(`contracts/src/${name}`, readFileSync(join(ROOT, "contracts/src", name)))
    }
    const output = compile(this.#texts([...this.files.keys()]), {}, { "*": { "": ["ast"] } })
    const error = output.errors?.find(({ severity }) => severity === "error")
    if (error) throw new Error(`The contracts do not compile: ${error.formattedMessage}`)
    for (const [name, { ast }] of Object.entries(output.sources)) this.#asts.set(name.replace(PREFIX, ""), ast)
    this.deployable = this.#findDeployable()
    const made = [...this.files.values()].flatMap((bytes) =>
      [...bytes.toString().matchAll(/\bnew ([A-Z]\w+)\(/g)].map((match) => match[1]!),
    )
    this.apart = this.deployable.map(({ name }) => name).filter((name) => made.includes(name))
  }

  /** Every mutant of every file but interfaces, test tokens and hostile contracts. */
  mutants(): Mutant[] {
    const mutated = [...this.files.keys()].filter((file) => !/^contracts\/src\/(interfaces|dev|test)\//.test(file))
    const enums = this.#enums()
    return mutated.flatMap((file) => candidates(file, this.files.get(file)!, this.#asts.get(file)!, enums))
  }

  /** Contracts that can be deployed and have `file` in them; not those that only make one with it (apart.ts). */
  dependants(file: string): Contract[] {
    return this.deployable.filter((contract) => this.#closure(contract.file, true).has(file))
  }

  /** Changes with any file that a mutant of `file` is compiled with. */
  hashOf(file: string): string {
    const known = this.#hashes.get(file)
    if (known) return known
    const hash = createHash("sha256")
    const needed = new Set(this.dependants(file).flatMap((contract) => [...this.#closure(contract.file, true)]))
    for (const name of [...needed].sort()) hash.update(name).update(this.files.get(name)!)
    this.#hashes.set(file, hash.digest("hex").slice(0, 16))
    return this.#hashes.get(file)!
  }

  /** Compiles one contract, with one file changed; those that it makes are set apart (apart.ts). Errors of the compiler are in what it returns. */
  compile(contract: Contract, profile: Profile, changed?: Changed, codeOf?: (name: string) => string): Compiled {
    const texts = this.#texts([...this.#closure(contract.file, false)])
    if (changed) texts[PREFIX + changed.file] = { content: changed.text }
    for (const text of Object.values(texts))
      text.content = setApart(profile === "legacy" ? shallow(text.content) : text.content, this.apart, codeOf)
    const what = [
      "abi",
      "evm.bytecode.object",
      "evm.bytecode.linkReferences",
      "evm.deployedBytecode.object",
      "evm.deployedBytecode.linkReferences",
    ]
    const output = compile(texts, PROFILES[profile], { [PREFIX + contract.file]: { [contract.name]: what } })
    const errors = (output.errors ?? []).filter(({ severity }) => severity === "error").map(({ formattedMessage }) => formattedMessage)
    const compiled = output.contracts?.[PREFIX + contract.file]?.[contract.name]
    return errors.length === 0 && compiled ? { contract: compiled, errors } : { errors }
  }

  #texts(files: string[]): Record<string, { content: string }> {
    return Object.fromEntries(files.map((file) => [PREFIX + file, { content: this.files.get(file)!.toString() }]))
  }

  #closure(file: string, stopAtApart: boolean, seen = new Set<string>()): Set<string> {
    if (seen.has(file) || !this.files.has(file)) return seen
    seen.add(file)
    for (const node of this.#asts.get(file)!.nodes as AstNode[]) {
      if (node.nodeType !== "ImportDirective") continue
      const imported = (node.absolutePath as string).replace(PREFIX, "")
      const apart = this.deployable.some((contract) => contract.file === imported && this.apart.includes(contract.name))
      if (!(stopAtApart && apart)) this.#closure(imported, stopAtApart, seen)
    }
    return seen
  }

  #findDeployable(): Contract[] {
    return [...this.files.keys()].flatMap((file) =>
      (this.#asts.get(file)!.nodes as AstNode[])
        .filter((node) => node.nodeType === "ContractDefinition" && node.contractKind === "contract" && !node.abstract)
        .map((node) => ({ file, name: node.name as string })),
    )
  }

  #enums(): Map<string, string[]> {
    const definitions = [...this.#asts.values()].flatMap((ast) =>
      (ast.nodes as AstNode[]).flatMap((node) => (node.nodeType === "ContractDefinition" ? (node.nodes as AstNode[]) : [node])),
    )
    return new Map(
      definitions
        .filter((node) => node.nodeType === "EnumDefinition")
        .map((node) => [node.name as string, (node.members as AstNode[]).map((member) => member.name as string)]),
    )
  }
}

export function mutatedText(original: Buffer, { start, end, replacement }: Mutant): string {
  return original.subarray(0, start).toString() + replacement + original.subarray(end).toString()
}

/** The project's files are named with `project/` before their path. */
export function compile(sources: Record<string, { content: string }>, settings: object, outputSelection: object): SolcOutput {
  const input = { language: "Solidity", sources, settings: { ...settings, outputSelection } }
  return JSON.parse(solc.compile(JSON.stringify(input), { import: fromPackage }))
}

function fromPackage(path: string): { contents: string } | { error: string } {
  try {
    return { contents: readFileSync(join(ROOT, "node_modules", path), "utf8") }
  } catch (error) {
    return { error: String(error) }
  }
}
