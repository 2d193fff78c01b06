// `npm run generate`: writes the contracts' ABIs and bytecode into the protocol package, for everyone else to import.
import { mkdir, readFile, writeFile } from "node:fs/promises"

const root = new URL("../../", import.meta.url)
const out = new URL("protocol/src/generated/", root)
const header = "// Written by `npm run generate` from contracts/src. Do not edit.\n"

interface Artifact {
  contractName: string
  sourceName: string
  abi: readonly unknown[]
  bytecode: string
}

async function readArtifact(path: string, name: string): Promise<Artifact> {
  return JSON.parse(await readFile(new URL(`artifacts/contracts/src/${path}/${name}.json`, root), "utf8"))
}

/** Reservations calls the core and the verifiers, whose errors come through it: a client must be able to read them. */
async function withErrorsOf(artifact: Artifact, ...paths: string[]): Promise<Artifact> {
  const called = await Promise.all(paths.map((path) => readArtifact(path, path.replace(".sol", ""))))
  const errors = called.flatMap(({ abi }) => abi).filter((entry) => (entry as { type: string }).type === "error")
  const once = new Map([...artifact.abi, ...errors].map((entry) => [JSON.stringify(entry), entry]))
  return { ...artifact, abi: [...once.values()] }
}

const artifacts = [
  { constant: "berth", artifact: await readArtifact("Berth.sol", "Berth") },
  { constant: "computeRecords", artifact: await readArtifact("ComputeRecords.sol", "ComputeRecords") },
  { constant: "verifiers", artifact: await readArtifact("Verifiers.sol", "Verifiers") },
  {
    constant: "reservations",
    artifact: await withErrorsOf(await readArtifact("Reservations.sol", "Reservations"), "Berth.sol", "Verifiers.sol"),
  },
  { constant: "testUsd", artifact: await readArtifact("dev/TestUSD.sol", "TestUSD") },
]

const abis = artifacts.map(({ constant, artifact }) => {
  const entries = artifact.abi.map((entry) => `  ${JSON.stringify(entry)},`).join("\n")
  return `/** ABI of ${artifact.contractName}. */\nexport const ${constant}Abi = [\n${entries}\n] as const\n`
})

// Kept apart from the ABIs so that a browser which only reads and calls doesn't load it.
// Reservations and Verifiers are made by the core's constructor: nobody deploys them.
const bytecodes = artifacts
  .filter(({ constant }) => constant !== "reservations" && constant !== "verifiers")
  .map(
    ({ constant, artifact }) =>
      `/** Creation code of ${artifact.contractName}. */\nexport const ${constant}Bytecode: \`0x\${string}\` =\n  "${artifact.bytecode}"\n`,
  )

await mkdir(out, { recursive: true })
await writeFile(new URL("abi.ts", out), `${header}\n${abis.join("\n")}`)
await writeFile(new URL("bytecode.ts", out), `${header}\n${bytecodes.join("\n")}`)
