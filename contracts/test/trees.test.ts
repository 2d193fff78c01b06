// Every entry point has its branches drawn in trees/NAME.tree, and its tests are the leaves of that tree, one each and in its order.
import { readdirSync, readFileSync } from "node:fs"
import { expect } from "chai"
import { ethers } from "./support/harbour.ts"

const here = new URL(".", import.meta.url)

/** `given a, when b: it should c` for every leaf. */
function leavesOf(tree: string): string[] {
  const leaves: string[] = []
  const path: string[] = []
  for (const line of tree.trimEnd().split("\n").slice(1)) {
    const [, indent, text] = /^((?:│ {2}| {3})*)[├└]── (.+)$/.exec(line) ?? expect.fail(`not a line of a tree: ${line}`)
    const depth = indent!.length / 3
    path.length = depth
    if (text!.startsWith("it should")) leaves.push(path.length === 0 ? text! : `${path.join(", ")}: ${text}`)
    else {
      expect(text, line).to.match(/^(given|when) /)
      path[depth] = text!
    }
  }
  return leaves
}

/** The titles of the tests in each `describe` of the contracts' tests. */
function testedTitles(): Map<string, string[]> {
  const titles = new Map<string, string[]>()
  for (const file of readdirSync(here).filter((name) => name.endsWith(".test.ts"))) {
    let current: string[] = []
    for (const [, describes, tests] of readFileSync(new URL(file, here), "utf8").matchAll(/^describe\("(.+?)",|^ {2}it\("(.+?)",/gm)) {
      if (describes) {
        current = titles.get(describes) ?? []
        titles.set(describes, current)
      } else current.push(tests!)
    }
  }
  return titles
}

describe("Trees", () => {
  const titles = testedTitles()
  const trees = readdirSync(new URL("trees/", here))

  for (const file of trees) {
    it(`${file}: its leaves are the tests of the entry point`, () => {
      const tree = readFileSync(new URL(`trees/${file}`, here), "utf8")
      expect(`${tree.split("\n", 1)[0]}.tree`).to.equal(file)
      expect(titles.get(file.replace(".tree", "")) ?? []).to.deep.equal(leavesOf(tree))
    })
  }

  for (const name of ["Berth", "Verifiers", "ComputeRecords", "Reservations"]) {
    it(`${name}: every function that writes has a tree`, async () => {
      const { interface: abi } = await ethers.getContractFactory(name)
      const writing = abi.fragments.filter((f) => f.type === "function" && "constant" in f && !f.constant)
      const drawn = writing.map((f) => `${(f as unknown as { name: string }).name}.tree`)
      expect(drawn.filter((tree) => !trees.includes(tree))).to.deep.equal([])
    })
  }
})
