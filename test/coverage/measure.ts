import { createHash } from "node:crypto"
import { cpSync, existsSync, globSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ROOT } from "../mutation/sources.ts"
import { type SuiteResult, Workplace } from "../mutation/workplace.ts"
import { Collected } from "./collected.ts"
import { makeCopies } from "./copies.ts"
import { hardhatConfig } from "./hardhat-config.ts"
import type { Point } from "./points.ts"

const NAME = "coverage"
const HITS = "contracts/src/CoverageHits.sol"
const isMeasured = (file: string) => !/^contracts\/src\/(interfaces|dev|test)\//.test(file)

/** What the tests reached, and which of them the instrumented contracts failed. */
export interface Measured {
  points: Point[]
  /** Positions in `points`. */
  reached: Set<number>
  suites: Record<string, SuiteResult>
}

/** Lays instrumented copies in a workplace and compiles them, which takes minutes; those that are there already are taken as they are. */
export async function layCopies(): Promise<Workplace> {
  const files = new Map(solidityIn("contracts/src").map((file) => [file, readFileSync(join(ROOT, file))]))
  const { texts, points } = makeCopies(files, isMeasured, HITS)
  // Solidity's tests may call from pure functions what a copy made a view.
  for (const file of solidityIn("contracts/test")) texts.set(file, readFileSync(join(ROOT, file), "utf8").replace(/\bpure\b/g, "view"))
  const config = hardhatConfig()
  const built = createHash("sha256")
    .update(JSON.stringify([...texts, config]))
    .digest("hex")
  const there = Workplace.at(NAME)
  const seal = join(there.path, "built")
  if (existsSync(seal) && readFileSync(seal, "utf8") === built) {
    const filter = (path: string) => !path.endsWith(".sol")
    cpSync(join(ROOT, "contracts/test"), join(there.path, "contracts/test"), { recursive: true, filter })
    there.write("points.json", JSON.stringify(points))
    return there
  }
  const workplace = Workplace.make(NAME, config)
  for (const [file, text] of texts) workplace.write(file, text)
  workplace.write("points.json", JSON.stringify(points))
  await workplace.build()
  workplace.write("built", built)
  return workplace
}

/** Runs the named mocha files, all if none is named, then Solidity's tests if `solidity`. */
export async function measure(workplace: Workplace, files: string[], solidity: boolean): Promise<Measured> {
  const points: Point[] = JSON.parse(workplace.read("points.json").toString())
  const mochaFiles = files.length > 0 ? files : globSync("contracts/test/**/*.test.ts", { cwd: ROOT })
  const suites: Record<string, SuiteResult> = { mocha: done(await workplace.mocha({ files: mochaFiles })) }
  const reached = new Set<number>(JSON.parse(workplace.read("reached.json").toString()))
  if (!solidity) return { points, reached, suites }
  suites.solidity = done(await workplace.solidity({ noCompile: true }))
  const collected = new Collected(points)
  // Hardhat tells its own coverage alone what Solidity's tests sent.
  const data = join(workplace.path, "coverage/data/solidity")
  for (const name of readdirSync(data)) collected.mixed(Object.keys(JSON.parse(readFileSync(join(data, name), "utf8"))))
  for (const index of collected.reached()) reached.add(index)
  return { points, reached, suites }
}

function done(result: SuiteResult | undefined): SuiteResult {
  if (!result || result.notCompiled || result.passed.length === 0)
    throw new Error("The tests did not run on the instrumented contracts: see suite.log in the workplace")
  return result
}

function solidityIn(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
  return names
    .filter((name) => name.endsWith(".sol"))
    .sort()
    .map((name) => `${folder}/${name}`)
}
