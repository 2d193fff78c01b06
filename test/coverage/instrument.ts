import { type AstNode, walk } from "../mutation/ast.ts"
import { instrumentAssembly } from "./instrument-yul.ts"
import type { Copy } from "./points.ts"

/**
 * Writes hits into a copy of a Solidity file.
 * @param hitsPath where the copy finds the functions of hits.ts; undefined for a file that is not measured, but may call those that are
 */
export function instrument(copy: Copy, ast: AstNode, hitsPath: string | undefined): void {
  walk(ast, (node) => {
    if (node.nodeType === "FunctionDefinition" && node.stateMutability === "pure") makeView(copy, node)
  })
  if (hitsPath === undefined) return
  const pragma = (ast.nodes as AstNode[]).find(({ nodeType }) => nodeType === "PragmaDirective")
  if (!pragma) throw new Error(`${copy.source.file} has no pragma behind which to import`)
  copy.end(copy.source.statement(pragma)[1], ` import {__hit, __branch, __loop} from "${hitsPath}";`)
  walk(ast, (node, parent) => instrumentNode(copy, node, parent))
}

function instrumentNode(copy: Copy, node: AstNode, parent: AstNode | undefined): unknown {
  switch (node.nodeType) {
    // A constant is worked out when it is compiled.
    case "VariableDeclaration":
      return !node.constant
    case "ContractDefinition":
      return contract(copy, node)
    case "FunctionDefinition":
      return definition(copy, node, parent!)
    case "ModifierDefinition":
      return entry(copy, node)
    case "Block":
    case "UncheckedBlock":
      return statements(copy, node)
    case "IfStatement":
      return ifStatement(copy, node)
    case "ForStatement":
    case "WhileStatement":
      return loop(copy, node)
    case "DoWhileStatement":
      return copy.wrap(node.condition, `__branch(${copy.arms(node.condition, "again", "ended")}, `)
    case "Conditional":
      return copy.wrap(node.condition, `__branch(${copy.arms(node.condition, "true", "false")}, `)
    case "BinaryOperation":
      return node.operator === "&&" || node.operator === "||" ? operands(copy, node) : undefined
    case "FunctionCall":
      return isCheck(node) ? copy.wrap(node.arguments[0], `__branch(${copy.arms(node.arguments[0], "holds", "fails")}, `) : undefined
    case "TryCatchClause":
      return tryClause(copy, node, parent!)
    case "InlineAssembly":
      instrumentAssembly(copy, node.AST)
      return false
  }
}

/** Modifiers are seen by a modifier before each of them: who came to it, and who came out. */
function contract(copy: Copy, node: AstNode): void {
  if (!(node.nodes as AstNode[]).some((member) => member.nodeType === "FunctionDefinition" && modifiersOf(member).length > 0)) return
  copy.end(copy.source.range(node)[1] - 1, ` modifier __enter${node.name}(uint256 mark) { __hit(mark); _; } `)
}

function definition(copy: Copy, node: AstNode, contract: AstNode): void {
  if (!node.body) return
  // From the last to the first: each has let through who came to what is behind it.
  let behind = entry(copy, node)
  for (const modifier of modifiersOf(node).toReversed()) {
    const called = copy.mark()
    copy.arm(modifier, "passed", behind)
    copy.arm(modifier, "refused", called, behind)
    copy.start(copy.source.range(modifier)[0], `__enter${contract.name}(${called}) `)
    behind = called
  }
}

/** In a `pure` function no hit could be sent. */
function makeView(copy: Copy, node: AstNode): void {
  const from = copy.source.range(node.parameters)[1]
  const at = copy.source.bytes.indexOf("pure", from)
  const to = node.body ? copy.source.range(node.body)[0] : copy.source.range(node)[1]
  if (at === -1 || at >= to) throw new Error(`${copy.source.file}:${copy.source.line(from)}: a pure function that does not say so`)
  copy.replace(at, at + 4, "view")
}

function entry(copy: Copy, node: AstNode): number {
  const hit = copy.line(node)
  copy.start(copy.source.range(node.body)[0] + 1, ` __hit(${hit});`)
  return hit
}

function statements(copy: Copy, node: AstNode): void {
  for (const statement of node.statements as AstNode[]) {
    if (statement.nodeType === "Block" || statement.nodeType === "UncheckedBlock") continue
    copy.start(copy.source.range(statement)[0], `__hit(${copy.line(statement)}); `)
  }
}

/** A body that is one statement becomes a block. */
function body(copy: Copy, node: AstNode, before = ""): void {
  if (node.nodeType === "Block") {
    if (before) copy.start(copy.source.range(node)[0] + 1, ` ${before}`)
    return
  }
  const [start, end] = copy.source.statement(node)
  copy.start(start, `{ ${before}__hit(${copy.line(node)}); `)
  copy.end(end, " }")
}

function ifStatement(copy: Copy, node: AstNode): void {
  copy.wrap(node.condition, `__branch(${copy.arms(node.condition, "true", "false")}, `)
  body(copy, node.trueBody)
  if (node.falseBody) body(copy, node.falseBody)
}

function loop(copy: Copy, node: AstNode): void {
  // Without a condition it has no way but in.
  if (!node.condition) {
    body(copy, node.body)
    return
  }
  const first = copy.arms(node.condition, "a turn", "the end after a turn", "not one turn")
  const entered = `__entered${first}`
  const [start, end] = copy.source.statement(node)
  copy.start(start, `{ bool ${entered}; `)
  copy.wrap(node.condition, `__loop(${first}, ${entered}, `)
  body(copy, node.body, `${entered} = true; `)
  copy.end(end, " }")
}

/** Each operand that is no such operation itself: true and false. */
function operands(copy: Copy, node: AstNode): void {
  for (const operand of [node.leftExpression, node.rightExpression] as AstNode[]) {
    if (!isLogic(operand)) copy.wrap(operand, `__branch(${copy.arms(operand, "true", "false")}, `)
  }
}

function isLogic(node: AstNode): boolean {
  if (node.nodeType === "TupleExpression" && node.components.length === 1) return isLogic(node.components[0])
  return node.nodeType === "BinaryOperation" && (node.operator === "&&" || node.operator === "||")
}

/** The first clause is what runs when nothing was thrown. */
function tryClause(copy: Copy, node: AstNode, parent: AstNode): void {
  const hit = copy.arm(parent.externalCall, node === parent.clauses[0] ? "returns" : `throws${node.errorName && ` ${node.errorName}`}`)
  copy.start(copy.source.range(node.block)[0] + 1, ` __hit(${hit});`)
}

const modifiersOf = (node: AstNode): AstNode[] => node.modifiers.filter(({ kind }: AstNode) => kind === "modifierInvocation")

function isCheck(call: AstNode): boolean {
  return call.expression.nodeType === "Identifier" && ["require", "assert"].includes(call.expression.name)
}
