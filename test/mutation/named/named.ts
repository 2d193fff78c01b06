import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Changed, ROOT } from "../sources.ts"

/** A text of the source, and what stands in its place. */
export type Edit = [original: string, mutated: string]

/** A contract without one protection, written by hand, and the test that is there because of it. */
export interface NamedMutant {
  /** What the contract does wrong. */
  trap: string
  /** Of design/2's seven, if it is about one of them. */
  invariant?: number
  /** Below contracts/src. */
  file: string
  /** Each original stands in the file once. */
  edits: Edit[]
  /** Of a test of mocha's, without its describe, or the name of a function of Solidity's. There is one of that name. */
  title: string
  /**
   * Part of the message with which that test fails: another failure would be for another reason. Several where it depends on the walk which of
   * the checks that are about the same comes first.
   */
  fails: string | readonly string[]
}

export interface NamedTest {
  kind: "mocha" | "solidity"
  /** From the repository's root. */
  file: string
}

/** The file with the edits made. */
export function changedBy({ trap, file, edits }: NamedMutant): Changed {
  let text = readFileSync(join(ROOT, "contracts/src", file), "utf8")
  for (const [original, mutated] of edits) {
    const count = text.split(original).length - 1
    if (count !== 1)
      throw new Error(
        `"${trap}": its original stands in ${file} ${count} times, not once. Write it anew in test/mutation/named:\n${original}`,
      )
    text = text.replace(original, () => mutated)
  }
  return { file: `contracts/src/${file}`, text }
}

/** Title -> test, of all tests of the contracts. A title that stands there twice is left out. */
export function testsByTitle(): Map<string, NamedTest> {
  const tests = new Map<string, NamedTest[]>()
  for (const file of globSync("contracts/test/**/*.{test.ts,t.sol}", { cwd: ROOT })) {
    const kind = file.endsWith(".sol") ? "solidity" : "mocha"
    const titles = readFileSync(join(ROOT, file), "utf8").matchAll(
      kind === "mocha" ? /^ *it\("((?:[^"\\]|\\.)*)"/gm : /^ *function ((?:test|invariant_)\w*)\(/gm,
    )
    for (const [, title] of titles) tests.set(title!, [...(tests.get(title!) ?? []), { kind, file }])
  }
  return new Map([...tests].filter(([, { length }]) => length === 1).map(([title, [test]]) => [title, test!]))
}

/** Throws if a trap's test or an invariant is no mutant's. */
export function checkComplete(mutants: readonly NamedMutant[], tests: Map<string, NamedTest>): void {
  const named = new Set(mutants.map(({ title }) => title))
  const missing = [
    ...[...named].filter((title) => !tests.has(title)).map((title) => `no test, or more than one, is called "${title}"`),
    ...[...tests]
      .filter(([title, { file }]) => (/\/traps-/.test(file) || /^testFuzz_invariant_/.test(title)) && !named.has(title))
      .map(([title, { file }]) => `no mutant is named for ${file}: "${title}"`),
    ...[1, 2, 3, 4, 5, 6, 7].filter((n) => !mutants.some(({ invariant }) => invariant === n)).map((n) => `no mutant breaks invariant ${n}`),
  ]
  if (missing.length > 0) throw new Error(`test/mutation/named is not complete:\n${missing.join("\n")}`)
}
