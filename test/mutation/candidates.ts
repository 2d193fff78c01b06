import { type AstNode, Source, walk } from "./ast.ts"
import { solidityEdits } from "./solidity-operators.ts"
import { yulEdits } from "./yul-operators.ts"

export const OPERATORS = [
  "comparison",
  "negate",
  "logic",
  "arithmetic",
  "literal",
  "constant",
  "drop-check",
  "drop-write",
  "drop-call",
  "drop-emit",
  "drop-modifier",
  "swap-arguments",
] as const
export type Operator = (typeof OPERATORS)[number]

/** One change of one place: bytes `start` to `end` (`end` not included) become `replacement`. */
export interface Edit {
  operator: Operator
  start: number
  end: number
  replacement: string
}

export interface Mutant extends Edit {
  /** The same in every run over the same sources. */
  id: string
  /** From the repository's root. */
  file: string
  line: number
  original: string
  mutated: string
}

/** Every change that the operators know for a file, in the order of its bytes. */
export function candidates(file: string, content: Buffer, ast: AstNode, enums: Map<string, string[]>): Mutant[] {
  const source = new Source(file, content)
  const edits: Edit[] = []
  walk(ast, (node, parent) => {
    if (node.nodeType === "ImportDirective" || node.nodeType === "PragmaDirective") return false
    if (node.nodeType.startsWith("Yul")) edits.push(...yulEdits(node, source))
    else edits.push(...solidityEdits(node, parent, source, enums))
    // A constant's value is changed by an operator of its own, once.
    return !(node.nodeType === "VariableDeclaration" && node.constant)
  })
  const mutants = edits
    .filter(({ start, end, replacement }) => source.slice(start, end) !== replacement)
    .map((edit) => ({
      ...edit,
      id: `${file}:${edit.start}-${edit.end}:${edit.replacement}`,
      file,
      line: source.line(edit.start),
      original: source.shown(edit.start, edit.end, source.slice(edit.start, edit.end)),
      mutated: source.shown(edit.start, edit.end, edit.replacement),
    }))
  // The same text can come from two operators (dropping `x++` and dropping a write): one mutant is enough.
  const byId = new Map(mutants.map((mutant) => [mutant.id, mutant]))
  return [...byId.values()].sort((a, b) => a.start - b.start || a.end - b.end || (a.replacement < b.replacement ? -1 : 1))
}
