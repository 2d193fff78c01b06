// `npm run test:traps`: shows for each trap and each invariant that its test turns red when what it is there for is gone.
//   --only TEXT    those whose trap or title contains it; writes no traps.json
//   --again        all, also what has been seen red with these sources and tests
//   --workers 2    how many at a time
// What it does: README.md here.
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Interface } from "ethers"
import { layUnmutated } from "./lay.ts"
import { NAMED, NOT_BUILT } from "./named/all.ts"
import { changedBy, checkComplete, type NamedMutant, testsByTitle } from "./named/named.ts"
import { Proof, type Seen } from "./named/proof.ts"
import { ROOT, Sources } from "./sources.ts"
import { Workplace } from "./workplace.ts"

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    again: { type: "boolean", default: false },
    workers: { type: "string", default: "2" },
  },
})
const tests = testsByTitle()
checkComplete(NAMED, tests)
for (const mutant of NAMED) changedBy(mutant)
const wanted = NAMED.filter(({ trap, title, file }) => `${trap} ${title} ${file}`.includes(values.only))

const sources = new Sources()
const seenPath = join(ROOT, "cache/traps.json")
const seen: Record<string, Seen> = existsSync(seenPath) && !values.again ? JSON.parse(readFileSync(seenPath, "utf8")) : {}
const todo = wanted.filter((mutant) => seen[keyOf(mutant)]?.status !== "red")
if (todo.length > 0) await prove(todo)

const results = wanted.map((mutant) => ({ mutant, verdict: judge(mutant) }))
const faults = results.filter(({ verdict }) => verdict.status !== "red")
for (const { mutant, verdict } of faults) {
  console.log(
    `${verdict.status}: ${mutant.trap}\n  ${tests.get(mutant.title)!.file}: ${mutant.title}\n  expected: ${reasonsOf(mutant).join(" or ")}\n  ${verdict.reason}`,
  )
}
console.log(`${results.length - faults.length} of ${results.length} named mutants turn their test red, for the reason that is expected`)
if (values.only === "") write()
process.exitCode = faults.length === 0 ? 0 : 1

async function prove(mutants: readonly NamedMutant[]): Promise<void> {
  const kinds = new Set(mutants.map(({ title }) => tests.get(title)!.kind))
  if (kinds.has("solidity")) execFileSync("hardhat", ["build", "--quiet"], { cwd: ROOT, stdio: "inherit" })
  const workplaces = Array.from({ length: Number(values.workers) }, (_, i) => Workplace.make(`named-${i}`))
  const profiles = await layUnmutated(sources, workplaces)
  const unmutated = new Map()
  const proofs = workplaces.map((workplace) => new Proof(sources, workplace, profiles, unmutated))
  for (const kind of kinds) {
    const titles = [...new Set(mutants.map(({ title }) => title))].filter((title) => tests.get(title)!.kind === kind)
    await proofs[0]!.checkUnmutated(kind, [...new Set(titles.map((title) => tests.get(title)!.file))], titles)
    console.log(`unmutated: ${titles.length} ${kind} tests pass`)
  }
  const queue = [...mutants]
  const work = async (proof: Proof) => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      seen[keyOf(mutant)] = await proof.see(mutant, tests.get(mutant.title)!)
      const { status, reason } = judge(mutant)
      console.log(`${mutants.length - queue.length}/${mutants.length} ${status}: ${mutant.trap}  [${reason}]`)
      mkdirSync(join(ROOT, "cache"), { recursive: true })
      writeFileSync(seenPath, JSON.stringify(seen))
    }
  }
  await Promise.all(proofs.map(work))
}

/** A test that fails for another reason than the one expected shows nothing. */
function judge(mutant: NamedMutant): { status: Seen["status"] | "red for another reason"; reason: string } {
  const { status, reason: told } = seen[keyOf(mutant)]!
  // A name of 32 bytes is padded with zeros.
  const reason = told
    .replaceAll("\0", "")
    .replace(
      /(?:an unrecognized custom error \(return data:|custom error) (0x.{8}).*$/,
      (_, selector) => `custom error '${errorNames().get(selector)}'`,
    )
  return {
    status: status === "red" && !reasonsOf(mutant).some((part) => reason.includes(part)) ? "red for another reason" : status,
    reason,
  }
}

function reasonsOf({ fails }: NamedMutant): readonly string[] {
  return typeof fails === "string" ? [fails] : fails
}

/** By selector. Hardhat knows the errors of what it has compiled itself, and no mutants. */
function errorNames(): Map<string, string> {
  const names = new Map<string, string>()
  for (const name of ["Berth.sol/Berth", "Reservations.sol/Reservations", "Verifiers.sol/Verifiers", "dev/TestUSD.sol/TestUSD"]) {
    const { abi } = JSON.parse(readFileSync(join(ROOT, `artifacts/contracts/src/${name}.json`), "utf8"))
    new Interface(abi).forEachError((error) => names.set(error.selector, error.name))
  }
  return names
}

/** Changes with the mutant, with anything that it is compiled with, and with its test. */
function keyOf(mutant: NamedMutant): string {
  const { kind, file } = tests.get(mutant.title)!
  const support = kind === "mocha" ? "contracts/test/support/*.ts" : "contracts/test/invariants/*.sol"
  const hash = createHash("sha256")
    .update(JSON.stringify([mutant.edits, mutant.title]))
    .update(sources.hashOf(`contracts/src/${mutant.file}`))
  for (const path of [file, ...globSync(support, { cwd: ROOT }).sort()]) hash.update(readFileSync(join(ROOT, path)))
  return hash.digest("hex").slice(0, 16)
}

function write(): void {
  const result = {
    command: "npm run test:traps",
    date: new Date().toISOString(),
    commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    mutants: results.length,
    red: results.length - faults.length,
    notBuilt: NOT_BUILT,
    results: results.map(({ mutant: { trap, invariant, file, edits, title }, verdict }) => ({
      trap,
      ...(invariant && { invariant }),
      file: `contracts/src/${file}`,
      edits: edits.map(([original, mutated]) => ({ original, mutated })),
      test: `${tests.get(title)!.file}: ${title}`,
      ...verdict,
    })),
  }
  writeFileSync(join(import.meta.dirname, "traps.json"), `${JSON.stringify(result, null, 2)}\n`)
}
