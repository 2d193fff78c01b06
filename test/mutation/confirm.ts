import type { Mutant } from "./candidates.ts"
import type { Journal } from "./journal.ts"
import type { Outcome } from "./outcome.ts"
import { mutatedText } from "./sources.ts"
import { type SuiteResult, Workplace } from "./workplace.ts"

/** What mocha's tests let through goes through all tests, Solidity's first, compiled as the contracts are when they are deployed. */
export async function confirm(mutants: readonly Mutant[], journal: Journal): Promise<void> {
  const queue = mutants.filter(({ id }) => journal.get(id)?.status === "survivedMocha")
  if (queue.length === 0) return
  console.log(`${queue.length} mutants are left for the Solidity tests; building with viaIR`)
  await onProduction(queue, async (workplace, mutant) => {
    const outcome = await judge(workplace, mutant)
    journal.add(mutant, outcome)
    console.log(`${outcome.status} ${mutant.file}:${mutant.line} ${mutant.operator}: ${mutant.mutated.slice(0, 80)}  [${outcome.by ?? ""}]`)
  })
}

/** Runs `task` for each mutant, two at a time, each in a workplace where the mutant's source lies. */
async function onProduction(mutants: readonly Mutant[], task: (workplace: Workplace, mutant: Mutant) => Promise<void>): Promise<void> {
  const workplaces = ["all-0", "all-1"].map((name) => Workplace.make(name))
  await workplaces[0]!.build()
  await workplaces[1]!.build(workplaces[0])
  const queue = [...mutants]
  await Promise.all(
    workplaces.map(async (workplace) => {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        const original = workplace.read(mutant.file)
        workplace.write(mutant.file, mutatedText(original, mutant))
        await task(workplace, mutant)
        workplace.write(mutant.file, original)
      }
    }),
  )
}

async function judge(workplace: Workplace, { id }: Mutant): Promise<Outcome> {
  const solidity = await workplace.solidity()
  if (solidity?.notCompiled) return { id, status: "notCompiled" }
  return killedBy(id, solidity) ?? killedBy(id, await workplace.mocha({ files: [], bail: true })) ?? { id, status: "survived" }
}

function killedBy(id: string, result: SuiteResult | undefined): Outcome | undefined {
  if (result === undefined) return { id, status: "killed", by: "time" }
  const [first] = result.failed
  return first && { id, status: "killed", by: first.test, reason: first.reason }
}
