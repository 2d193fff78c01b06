import type { AstNode, Source } from "./ast.ts"
import type { Edit } from "./candidates.ts"
import { edit, literal } from "./solidity-operators.ts"

const ARITHMETIC: Record<string, string> = {
  add: "sub",
  sub: "add",
  mul: "div",
  div: "mul",
  mod: "mul",
  shl: "shr",
  shr: "shl",
  and: "or",
  or: "and",
  xor: "and",
  not: "iszero",
}
const COMMUTATIVE = new Set(["add", "mul", "and", "or", "xor", "eq"])
const WRITES = /^(sstore|mstore|mstore8|tstore|calldatacopy|codecopy|returndatacopy|mcopy)$/

/** The changes that start at `node`, a node of an assembly block. Yul needs no semicolons and has no operators but functions. */
export function yulEdits(node: AstNode, source: Source): Edit[] {
  switch (node.nodeType) {
    case "YulFunctionCall":
      return [...otherFunction(node, source), ...swapArguments(node, source)]
    case "YulLiteral":
      return literal("literal", node, source)
    case "YulIf":
      return [negate(node.condition, source), edit("drop-check", source.range(node), "{}")]
    case "YulForLoop":
      return [negate(node.condition, source)]
    case "YulAssignment":
      return [edit("drop-write", source.range(node), "{}")]
    case "YulExpressionStatement":
      return [edit(operatorOf(node.expression.functionName?.name ?? ""), source.range(node), "{}")]
    default:
      return []
  }
}

function operatorOf(name: string): Edit["operator"] {
  if (WRITES.test(name)) return "drop-write"
  if (/^log[0-4]$/.test(name)) return "drop-emit"
  return /^(revert|invalid|return|stop)$/.test(name) ? "drop-check" : "drop-call"
}

function negate(condition: AstNode, source: Source): Edit {
  return edit("negate", source.range(condition), `iszero(${source.text(condition)})`)
}

function otherFunction(node: AstNode, source: Source): Edit[] {
  const name: string = node.functionName.name
  const range = source.range(node.functionName)
  if (ARITHMETIC[name] !== undefined) return [edit("arithmetic", range, ARITHMETIC[name])]
  const call = source.range(node)
  const rest = source.text(node).slice(name.length)
  if (name === "lt" || name === "gt") {
    const other = name === "lt" ? "gt" : "lt"
    return [edit("comparison", range, other), edit("comparison", call, `iszero(${other}${rest})`)]
  }
  if (name === "eq") return [edit("comparison", call, `iszero(eq${rest})`)]
  if (name === "iszero") return [edit("negate", call, `iszero(iszero${rest})`)]
  return []
}

function swapArguments(node: AstNode, source: Source): Edit[] {
  if (COMMUTATIVE.has(node.functionName.name)) return []
  const args: AstNode[] = node.arguments
  return args.slice(1).map((second, i) => {
    const [start, firstEnd] = source.range(args[i]!)
    const [secondStart, end] = source.range(second)
    return edit("swap-arguments", [start, end], source.text(second) + source.slice(firstEnd, secondStart) + source.text(args[i]!))
  })
}
