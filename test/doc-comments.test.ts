// A doc comment belongs to one declaration: of two that stand over one, tools show the last, which may be another's.
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import ts from "typescript"

const root = join(import.meta.dirname, "..")
const files = globSync("{protocol,provider-node,tenant-sdk,indexer}/**/*.ts", {
  cwd: root,
  exclude: ["**/node_modules/**", "**/generated/**"],
})

/** Declarations with two doc comments, and declarations of one file's top that share their words. */
function faultsOf(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const place = (node: ts.Node) => `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
  const faults: string[] = []
  const said = new Map<string, string>()
  const visit = (node: ts.Node): void => {
    const docs = (node as { jsDoc?: ts.JSDoc[] }).jsDoc ?? []
    if (docs.length > 1) faults.push(`${place(node)} has ${docs.length} doc comments`)
    const words = docs.at(-1)?.getText()
    if (words !== undefined && node.parent === source) {
      const other = said.get(words)
      if (other) faults.push(`${place(node)} has the words of ${other}`)
      said.set(words, place(node))
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return faults
}

describe("doc comments", function () {
  this.timeout(120_000)

  it("are one a declaration, and each its own", () => {
    expect(files.length).to.be.above(300)
    expect(files.flatMap((file) => faultsOf(file, readFileSync(join(root, file), "utf8")))).to.deep.equal([])
  })

  it("a doubled one would be seen", () => {
    expect(faultsOf("a.ts", "/** A. */\n/** B. */\nexport interface X {}\n")).to.deep.equal(["a.ts:3 has 2 doc comments"])
    expect(faultsOf("a.ts", "/** A. */\nexport interface X {}\n/** A. */\nexport interface Y {}\n")).to.deep.equal([
      "a.ts:4 has the words of a.ts:2",
    ])
  })
})
