// A worker of the first phase: compiles one mutant after another in this process and runs mocha's tests on each. Started by pool.ts.
import { readFileSync, writeFileSync } from "node:fs"
import type { Job, Outcome } from "./outcome.ts"
import { PROFILES } from "./profiles.ts"
import { mutatedText, type SolcOutput, Sources } from "./sources.ts"
import { Workplace } from "./workplace.ts"

const workplace = Workplace.at(process.argv[2]!, "fast")
const sources = new Sources()
let queue = Promise.resolve()

process.on("message", (job: Job) => {
  queue = queue.then(async () => {
    process.send!(await outcomeOf(job))
  })
})

async function outcomeOf({ mutant, testFiles }: Job): Promise<Outcome> {
  const text = mutatedText(sources.files.get(mutant.file)!, mutant)
  const contracts = sources.dependants(mutant.file)
  const output = compile(contracts, { file: mutant.file, text })
  if (output === undefined) return { id: mutant.id, status: "notCompiled" }
  const originals = contracts
    .map(({ file, name }) => workplace.artifact(file, name))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }))
  for (const [i, contract] of contracts.entries()) {
    const { abi, evm } = sources.contractOf(output, contract)!
    writeFileSync(
      originals[i]!.path,
      JSON.stringify({
        ...JSON.parse(originals[i]!.text),
        abi,
        bytecode: `0x${evm.bytecode.object}`,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        linkReferences: evm.bytecode.linkReferences,
        deployedLinkReferences: evm.deployedBytecode.linkReferences,
      }),
    )
  }
  const result = await workplace.mocha(testFiles, true)
  for (const { path, text } of originals) writeFileSync(path, text)
  if (result === undefined) return { id: mutant.id, status: "killed", by: "time" }
  const [first] = result.failed
  return first ? { id: mutant.id, status: "killed", by: first.test, reason: first.reason } : { id: mutant.id, status: "survivedMocha" }
}

/** Some mutants need viaIR's way with a deep stack, as the contracts may themselves one day. */
function compile(contracts: { file: string; name: string }[], changed: { file: string; text: string }): SolcOutput | undefined {
  for (const profile of ["fast", "production"] as const) {
    const output = sources.compile(contracts, changed, PROFILES[profile])
    const errors = (output.errors ?? []).filter(({ severity }) => severity === "error")
    if (errors.length === 0) return output
    if (!errors.every(({ formattedMessage }) => formattedMessage.includes("Stack too deep"))) return undefined
  }
  return undefined
}
