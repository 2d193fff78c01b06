import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type AstNode, walk } from "../mutation/ast.ts"
import { compile, ROOT } from "../mutation/sources.ts"

/** A function that can be called from outside, a getter too, as the contract that is deployed has it. */
export interface Callable {
  /** `Berth.topUp`. */
  readonly name: string
  /** Nothing of ours overrides it: its text is not ours to write. */
  readonly inherited: boolean
  readonly changes: boolean
  /** NatSpec, with what it inherits, tags left in; one line. */
  readonly text: string
  /** Names of the custom errors that its code, and all that it calls, can name. */
  readonly errors: ReadonlySet<string>
}

const DEPLOYED = ["Berth", "Verifiers", "ComputeRecords", "Reservations", "ReservationPicture"]
/** For tests, and nobody's callee. */
const APART = ["TestUSD"]

/** Everything that can be called, read from the sources' trees; nothing is compiled. `change` gives a file another text. */
export function callables(change: (file: string, text: string) => string = (_, text) => text): Callable[] {
  const files = readdirSync(join(ROOT, "contracts/src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sol") && !name.startsWith("test/"))
    .map((name) => `contracts/src/${name}`)
  const sources = Object.fromEntries(
    files.map((file) => [`project/${file}`, { content: change(file, readFileSync(join(ROOT, file), "utf8")) }]),
  )
  const output = compile(sources, {}, { "*": { "": ["ast"] } })
  const broken = output.errors?.find(({ severity }) => severity === "error")
  if (broken) throw new Error(broken.formattedMessage)
  const trees = new Trees(Object.entries(output.sources).map(([file, { ast }]) => [file.startsWith("project/"), ast] as const))
  return [...DEPLOYED, ...APART].flatMap((name) => trees.callablesOf(name))
}

/** Declarations by the number that solc gives them. */
class Trees {
  readonly #declarations = new Map<number, AstNode>()
  readonly #contractOf = new Map<number, AstNode>()
  readonly #contracts = new Map<string, AstNode>()
  readonly #ours = new Set<number>()

  constructor(files: (readonly [ours: boolean, ast: AstNode])[]) {
    for (const [ours, ast] of files) {
      walk(ast, (node) => void this.#declarations.set(node.id, node))
      for (const contract of (ast.nodes as AstNode[]).filter(({ nodeType }) => nodeType === "ContractDefinition")) {
        if (ours) this.#contracts.set(contract.name, contract)
        if (ours) this.#ours.add(contract.id)
        for (const member of contract.nodes as AstNode[]) this.#contractOf.set(member.id, contract)
      }
    }
  }

  callablesOf(name: string): Callable[] {
    const found = new Map<string, AstNode>()
    for (const contract of this.#linearized(name)) {
      for (const member of contract.nodes as AstNode[]) {
        const open = member.visibility === "external" || member.visibility === "public"
        // The most derived comes first.
        if (open && member.functionSelector && !found.has(member.functionSelector)) found.set(member.functionSelector, member)
      }
    }
    return [...found.values()].map((member) => ({
      name: `${name}.${member.name}`,
      inherited: !this.#ours.has(this.#contractOf.get(member.id)!.id),
      changes: member.nodeType === "FunctionDefinition" && member.stateMutability !== "view" && member.stateMutability !== "pure",
      text: this.#textOf(member),
      errors: this.#errorsOf(member, name),
    }))
  }

  #linearized(name: string): AstNode[] {
    return (this.#contracts.get(name)!.linearizedBaseContracts as number[]).map((id) => this.#declarations.get(id)!)
  }

  /** All that `member` overrides or implements. */
  #basesOf(member: AstNode): AstNode[] {
    const bases = ((member.baseFunctions ?? []) as number[]).map((id) => this.#declarations.get(id)!)
    return [...bases, ...bases.flatMap((base) => this.#basesOf(base))]
  }

  #textOf(member: AstNode): string {
    const own: string = member.documentation?.text ?? ""
    const from = /@inheritdoc (\w+)/.exec(own)?.[1]
    const base = from && this.#basesOf(member).find(({ id }) => this.#contractOf.get(id)?.name === from)
    return (base ? this.#textOf(base) : own).replace(/\s+/g, " ").trim()
  }

  /** Follows every name in the code that is a function's, a modifier's or an error's: what is called for certain, or perhaps. */
  #errorsOf(member: AstNode, deployed: string): Set<string> {
    const errors = new Set<string>()
    const seen = new Set<number>()
    const follow = (declared: AstNode, within: string, dispatched: boolean): void => {
      const [target, home] = dispatched ? this.#dispatch(declared, within) : [declared, within]
      if (seen.has(target.id)) return
      seen.add(target.id)
      walk(target, (node) => {
        if (typeof node.referencedDeclaration !== "number") return
        const named = this.#declarations.get(node.referencedDeclaration)
        const toSuper = node.nodeType === "MemberAccess" && node.expression.name === "super"
        if (named?.nodeType === "ErrorDefinition") errors.add(named.name)
        else if (named?.nodeType === "FunctionDefinition" || named?.nodeType === "ModifierDefinition") follow(named, home, !toSuper)
      })
    }
    follow(member, deployed, false)
    return errors
  }

  /** What runs when `declared` is named in code of `within`: an override there, or the code of the contract of ours that an interface stands for. */
  #dispatch(declared: AstNode, within: string): [AstNode, string] {
    for (const name of [within, ...DEPLOYED.filter((other) => other !== within)]) {
      for (const contract of this.#linearized(name)) {
        const member = (contract.nodes as AstNode[]).find(
          (one) => one.id === declared.id || this.#basesOf(one).some(({ id }) => id === declared.id),
        )
        // An interface's own declaration says nothing: look on for its code.
        if (member && (member.body || member.nodeType !== "FunctionDefinition")) return [member, name]
      }
    }
    return [declared, within]
  }
}
