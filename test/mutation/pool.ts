import { fork } from "node:child_process"
import { join } from "node:path"
import type { Mutant } from "./candidates.ts"
import type { Job, Outcome, Setting } from "./outcome.ts"
import type { Workplace } from "./workplace.ts"

/** Gives mutants to one worker process for each workplace, the next when it has answered. */
export async function runPool(
  workplaces: readonly Workplace[],
  setting: Setting,
  mutants: readonly Mutant[],
  testFilesFor: (mutant: Mutant) => string[],
  onOutcome: (mutant: Mutant, outcome: Outcome) => void,
): Promise<void> {
  const queue = [...mutants]
  await Promise.all(workplaces.map((workplace) => runWorker(workplace.name, setting, () => nextJob(queue, testFilesFor), onOutcome)))
}

function nextJob(queue: Mutant[], testFilesFor: (mutant: Mutant) => string[]): Job | undefined {
  const mutant = queue.shift()
  return mutant && { mutant, testFiles: testFilesFor(mutant) }
}

function runWorker(
  name: string,
  setting: Setting,
  next: () => Job | undefined,
  onOutcome: (mutant: Mutant, outcome: Outcome) => void,
): Promise<void> {
  let job = next()
  if (!job) return Promise.resolve()
  const child = fork(join(import.meta.dirname, "worker.ts"), [name, JSON.stringify(setting)])
  child.send(job)
  return new Promise((resolve, reject) => {
    child.on("message", (outcome: Outcome) => {
      onOutcome(job!.mutant, outcome)
      job = next()
      if (job) child.send(job)
      else child.disconnect()
    })
    child.once("exit", (code) => {
      if (job) reject(new Error(`Worker ${name} ended with ${code} on ${job.mutant.id}: see above. Start again: what is done is kept.`))
      else resolve()
    })
  })
}
