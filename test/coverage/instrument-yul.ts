import { type AstNode, walk } from "../mutation/ast.ts"
import { YUL_HITS } from "./hits.ts"
import type { Copy } from "./points.ts"

/** Writes hits into one assembly block. Each has the functions that send them: a block sees no other's. */
export function instrumentAssembly(copy: Copy, block: AstNode): void {
  copy.start(copy.source.range(block)[0] + 1, YUL_HITS)
  walk(block, (node) => instrumentNode(copy, node))
}

function instrumentNode(copy: Copy, node: AstNode): unknown {
  switch (node.nodeType) {
    case "YulBlock":
      return statements(copy, node)
    case "YulFunctionDefinition":
      return copy.start(copy.source.range(node.body)[0] + 1, ` __yhit(${copy.line(node)})`)
    case "YulIf":
      return copy.wrap(node.condition, `__ybranch(${copy.arms(node.condition, "true", "false")}, `)
    case "YulForLoop":
      return loop(copy, node)
    case "YulSwitch":
      return cases(copy, node)
  }
}

function statements(copy: Copy, node: AstNode): void {
  for (const statement of node.statements as AstNode[]) {
    if (statement.nodeType === "YulFunctionDefinition" || statement.nodeType === "YulBlock") continue
    copy.start(copy.source.range(statement)[0], `__yhit(${copy.line(statement)}) `)
  }
}

function loop(copy: Copy, node: AstNode): void {
  // `for {} 1 {}`: its condition is none.
  if (node.condition.nodeType === "YulLiteral") return
  const first = copy.arms(node.condition, "a turn", "the end after a turn", "not one turn")
  const entered = `__entered${first}`
  const [start, end] = copy.source.range(node)
  copy.start(start, `{ let ${entered} := 0 `)
  copy.wrap(node.condition, `__yloop(${first}, ${entered}, `)
  copy.start(copy.source.range(node.body)[0] + 1, ` ${entered} := 1 `)
  copy.end(end, " }")
}

function cases(copy: Copy, node: AstNode): void {
  for (const each of node.cases as AstNode[]) {
    const arm = each.value === "default" ? "default" : `case ${copy.source.text(each.value)}`
    copy.start(copy.source.range(each.body)[0] + 1, ` __yhit(${copy.arm(node.expression, arm)})`)
  }
  if ((node.cases as AstNode[]).some(({ value }) => (value as unknown) === "default")) return
  copy.end(copy.source.range(node)[1], ` default { __yhit(${copy.arm(node.expression, "default")}) }`)
}
