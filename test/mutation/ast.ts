/** A node of solc's AST, Solidity's or Yul's: what the operators read of it. */
export interface AstNode {
  nodeType: string
  src: string
  // biome-ignore lint/suspicious/noExplicitAny: solc's JSON has a shape for each of some eighty node types
  [key: string]: any
}

/** Calls `visit` on every node below and at `node`, with its parent. A `false` keeps out what is below. */
export function walk(node: AstNode, visit: (node: AstNode, parent: AstNode | undefined) => unknown, parent?: AstNode): void {
  if (visit(node, parent) === false) return
  for (const [key, value] of Object.entries(node)) {
    // The native tree repeats what `AST` of an assembly block says.
    if (key === "nativeSrc") continue
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child !== null && typeof child === "object" && typeof child.nodeType === "string") walk(child, visit, node)
    }
  }
}

/** A file's bytes with solc's positions, which count bytes. */
export class Source {
  readonly bytes: Buffer
  readonly file: string

  constructor(file: string, content: Buffer) {
    this.file = file
    this.bytes = content
  }

  range(node: AstNode): [start: number, end: number] {
    const [start, length] = node.src.split(":").map(Number)
    return [start!, start! + length!]
  }

  slice(start: number, end: number): string {
    return this.bytes.subarray(start, end).toString()
  }

  text(node: AstNode): string {
    return this.slice(...this.range(node))
  }

  /** The statement with its semicolon: solc leaves it out. */
  statement(node: AstNode): [start: number, end: number] {
    const [start, end] = this.range(node)
    if (this.bytes[end - 1] === "}".charCodeAt(0) || this.bytes[end - 1] === ";".charCodeAt(0)) return [start, end]
    return [start, this.bytes.indexOf(";", end) + 1]
  }

  /** 1-based. */
  line(position: number): number {
    return this.slice(0, position).split("\n").length
  }

  /** The whole lines around a range, on one line, with the range replaced. */
  shown(start: number, end: number, replacement: string): string {
    const from = this.bytes.lastIndexOf("\n", start - 1) + 1
    const newline = this.bytes.indexOf("\n", end)
    const to = newline === -1 ? this.bytes.length : newline
    const line = (this.slice(from, start) + replacement + this.slice(end, to)).replace(/\s+/g, " ").trim()
    return line === "" ? "(nothing)" : line
  }
}
