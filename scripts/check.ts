// `npm run check`: format and lint, the contracts' lint, types, dead code, and generated files equal to what their generators write now. Runs all of them
// before it fails, so that one run tells everything.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { ticking } from "./engine/ticking.ts"

const root = join(import.meta.dirname, "..")
// Not src/test: hostile on purpose.
const CONTRACTS = ["contracts/src/*.sol", "contracts/src/{dev,interfaces,libraries,parts,reservations}/**/*.sol"]
const GENERATED = ["protocol/src/generated", "protocol/src/wire/generated", "protocol/vectors"]

function run(title: string, command: string, ...args: string[]): boolean {
  console.log(`--- ${title}`)
  return spawnSync(command, args, { cwd: root, stdio: "inherit" }).status === 0
}

function contents(): Map<string, string> {
  const files = GENERATED.flatMap((dir) => readdirSync(join(root, dir)).map((name) => join(dir, name)))
  return new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]))
}

/** What takes longest of generating, and writes nothing that is checked: goes on beside the other checks. What it complains of, `generate` says again. */
const compiled = once(spawn("hardhat", ["build", "--quiet", "--no-tests"], { cwd: root, stdio: "ignore" }), "exit")

async function generatedIsCurrent(): Promise<boolean> {
  await ticking(console.log, "the contracts are compiled", compiled, 15_000)
  const before = contents()
  if (!run("generated files", "npm", "run", "--silent", "generate")) return false
  const after = contents()
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file))
  for (const file of changed) console.error(`${file} was not what its generator writes. It is now: look at the difference and commit it.`)
  return changed.length === 0
}

const results = {
  "format and lint (npm run format)": run("format and lint", "biome", "ci", "."),
  contracts: run("contracts (solhint)", "solhint", "-c", "contracts/solhint.yaml", "--max-warnings", "0", "--noPoster", ...CONTRACTS),
  "contracts' tests": run(
    "contracts' tests (solhint)",
    "solhint",
    ...["-c", "contracts/test/solhint.yaml", "--max-warnings", "0", "--noPoster", "contracts/test/**/*.sol"],
  ),
  types: run("types", "tsc", "--noEmit", "-p", "."),
  "dead code": run("dead code", "knip"),
  "generated files": await generatedIsCurrent(),
}
const failed = Object.entries(results).filter(([, ok]) => !ok)
for (const [name] of failed) console.error(`check failed: ${name}`)
if (failed.length === 0) console.log("check: all is well")
process.exit(failed.length === 0 ? 0 : 1)
