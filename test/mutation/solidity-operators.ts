import type { AstNode, Source } from "./ast.ts"
import type { Edit, Operator } from "./candidates.ts"

const COMPARISON: Record<string, string[]> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
}
const LOGIC: Record<string, string[]> = { "&&": ["||"], "||": ["&&"] }
const ARITHMETIC: Record<string, string[]> = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "<<": [">>"],
  ">>": ["<<"],
  "&": ["|"],
  "|": ["&"],
  "^": ["&"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
  "/=": ["*="],
  "<<=": [">>="],
  ">>=": ["<<="],
  "&=": ["|="],
  "|=": ["&="],
  "++": ["--"],
  "--": ["++"],
  "~": [""],
}

/** The changes that start at `node`, a node of Solidity's AST. */
export function solidityEdits(node: AstNode, parent: AstNode | undefined, source: Source, enums: Map<string, string[]>): Edit[] {
  switch (node.nodeType) {
    case "BinaryOperation":
      return between(node, node.leftExpression, node.rightExpression, source)
    case "Assignment":
      return between(node, node.leftHandSide, node.rightHandSide, source)
    case "UnaryOperation":
      return unary(node, source)
    case "IfStatement":
      return [...negate(node.condition, source), ...dropGuard(node, source)]
    case "WhileStatement":
    case "ForStatement":
    case "Conditional":
      return node.condition ? negate(node.condition, source) : []
    case "ExpressionStatement":
      return dropStatement(node, parent, source)
    case "EmitStatement":
      return [drop("drop-emit", node, source)]
    case "FunctionDefinition":
      return node.modifiers
        .filter((modifier: AstNode) => modifier.kind === "modifierInvocation")
        .map((modifier: AstNode) => edit("drop-modifier", source.range(modifier), ""))
    case "FunctionCall":
      return [...swapArguments(node, source), ...(isCheck(node) ? negate(node.arguments[0], source) : [])]
    case "Literal":
      return parent?.nodeType === "ArrayTypeName" ? [] : literal("literal", node, source)
    case "MemberAccess":
      return otherMember(node, source, enums)
    case "VariableDeclaration":
      return node.constant && node.value ? constant(node.value, source) : []
    default:
      return []
  }
}

export function edit(operator: Operator, [start, end]: [number, number], replacement: string): Edit {
  return { operator, start, end, replacement }
}

function drop(operator: Operator, statement: AstNode, source: Source): Edit {
  return edit(operator, source.statement(statement), "{}")
}

function between(node: AstNode, left: AstNode, right: AstNode, source: Source): Edit[] {
  const [from, to] = [source.range(left)[1], source.range(right)[0]]
  const gap = source.slice(from, to)
  const at = gap.indexOf(node.operator)
  const range: [number, number] = [from + at, from + at + node.operator.length]
  const replace = (operator: Operator, table: Record<string, string[]>) =>
    (table[node.operator] ?? []).map((replacement) => edit(operator, range, replacement))
  return [...replace("comparison", COMPARISON), ...replace("logic", LOGIC), ...replace("arithmetic", ARITHMETIC)]
}

function unary(node: AstNode, source: Source): Edit[] {
  const [start, end] = source.range(node)
  const size = node.operator.length
  if (node.operator === "!") return [edit("negate", [start, start + 1], "")]
  return (ARITHMETIC[node.operator] ?? []).map((replacement) =>
    edit("arithmetic", node.prefix ? [start, start + size] : [end - size, end], replacement),
  )
}

/** Not for a single comparison: there it is one of the comparison's own mutants. */
function negate(condition: AstNode, source: Source): Edit[] {
  if (COMPARISON[condition.operator] !== undefined) return []
  return [edit("negate", source.range(condition), `!(${source.text(condition)})`)]
}

function isCheck(call: AstNode): boolean {
  return call.expression.nodeType === "Identifier" && (call.expression.name === "require" || call.expression.name === "assert")
}

/** An `if` that only leaves: without it, what it keeps out goes on. */
function dropGuard(node: AstNode, source: Source): Edit[] {
  if (node.falseBody) return []
  const body: AstNode = node.trueBody.nodeType === "Block" ? node.trueBody.statements[0] : node.trueBody
  const leaves = ["RevertStatement", "Return", "Continue", "Break"].includes(body?.nodeType)
  return leaves ? [drop("drop-check", node, source)] : []
}

function dropStatement(node: AstNode, parent: AstNode | undefined, source: Source): Edit[] {
  const { expression } = node
  // The step of a `for` has no semicolon of its own.
  if (parent?.nodeType === "ForStatement") return [edit("drop-write", source.range(node), "")]
  if (expression.nodeType === "Assignment" || expression.nodeType === "UnaryOperation") return [drop("drop-write", node, source)]
  if (expression.nodeType !== "FunctionCall") return []
  return [drop(isCheck(expression) ? "drop-check" : "drop-call", node, source)]
}

/** Neighbours of the same type change places; in calls, events, errors and structs alike. */
function swapArguments(node: AstNode, source: Source): Edit[] {
  if (node.kind === "typeConversion") return []
  const args: AstNode[] = node.arguments
  return args.slice(1).flatMap((second, i) => {
    const first = args[i]!
    if (first.typeDescriptions?.typeString !== second.typeDescriptions?.typeString) return []
    const [start, firstEnd] = source.range(first)
    const [secondStart, end] = source.range(second)
    return [edit("swap-arguments", [start, end], source.text(second) + source.slice(firstEnd, secondStart) + source.text(first))]
  })
}

/** One more and one less. Written as a number where it is one, because assembly takes no expressions. */
export function literal(operator: Operator, node: AstNode, source: Source): Edit[] {
  const text = source.text(node)
  const range = source.range(node)
  if (node.kind === "bool") return [edit("constant", range, text === "true" ? "false" : "true")]
  if (node.kind !== "number") return []
  const digits = text.replaceAll("_", "")
  if (!/^(0x[0-9a-f]+|[0-9]+)$/i.test(digits)) return ["+", "-"].map((sign) => edit(operator, range, `(${text} ${sign} 1)`))
  const value = BigInt(digits)
  return (value === 0n ? [1n] : [value + 1n, value - 1n]).map((next) => edit(operator, range, next.toString()))
}

function constant(value: AstNode, source: Source): Edit[] {
  if (value.nodeType === "Literal") return literal("constant", value, source)
  const text = source.text(value)
  // keccak256("A(...)"): another name of the struct or event
  const quoted = text.indexOf('"')
  if (quoted !== -1) {
    const at = source.range(value)[0] + Buffer.byteLength(text.slice(0, quoted + 1))
    return [edit("constant", [at, at], "X")]
  }
  return [edit("constant", source.range(value), `(${text} - 1)`)]
}

function otherMember(node: AstNode, source: Source, enums: Map<string, string[]>): Edit[] {
  const name = /^type\(enum (?:\w+\.)*(\w+)\)$/.exec(node.expression.typeDescriptions?.typeString ?? "")?.[1]
  const members = name === undefined ? undefined : enums.get(name)
  if (!members) return []
  const next = members[(members.indexOf(node.memberName) + 1) % members.length]!
  const end = source.range(node)[1]
  return [edit("constant", [end - node.memberName.length, end], next)]
}
