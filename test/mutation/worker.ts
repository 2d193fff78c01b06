// A worker of the first phase: compiles one mutant after another in this process and runs mocha's tests on each. Started by pool.ts with
// the name of its workplace and a Setting.
import { compileQuickest } from "./compile.ts"
import { lay } from "./lay.ts"
import type { Job, Outcome, Setting } from "./outcome.ts"
import { type Changed, type Contract, mutatedText, type SolcContract, Sources } from "./sources.ts"
import { Workplace } from "./workplace.ts"

const workplace = Workplace.at(process.argv[2]!)
const { profiles, unfit }: Setting = JSON.parse(process.argv[3]!)
const sources = new Sources()
const unmutated = new Map<string, SolcContract>()
let queue = Promise.resolve()

process.on("message", (job: Job) => {
  queue = queue.then(async () => {
    process.send!(await outcomeOf(job))
  })
})

async function outcomeOf({ mutant, testFiles }: Job): Promise<Outcome> {
  const { id, file } = mutant
  const contracts = sources.dependants(file)
  const text = mutatedText(sources.files.get(file)!, mutant)
  const mutated = contracts.map((contract) => compile(contract, { file, text }))
  if (!mutated.every((compiled) => compiled !== undefined)) return { id, status: "notCompiled" }
  for (const [i, contract] of contracts.entries()) lay(sources, workplace, contract, mutated[i]!)
  const result = await workplace.mocha({ files: testFiles, bail: true, grepExclude: unfit })
  for (const contract of contracts) lay(sources, workplace, contract, original(contract))
  if (result === undefined) return { id, status: "killed", by: "time" }
  const [first] = result.failed
  return first ? { id, status: "killed", by: first.test, reason: first.reason } : { id, status: "survivedMocha" }
}

function original(contract: Contract): SolcContract {
  const known = unmutated.get(contract.name)
  if (known) return known
  unmutated.set(contract.name, compile(contract)!)
  return unmutated.get(contract.name)!
}

function compile(contract: Contract, changed?: Changed): SolcContract | undefined {
  return compileQuickest(sources, profiles, contract, changed).contract
}
