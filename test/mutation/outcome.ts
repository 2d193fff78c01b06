import type { Mutant } from "./candidates.ts"

export interface Job {
  mutant: Mutant
  /** In the order in which they are to run. */
  testFiles: string[]
}

/** What became of a mutant. `survivedMocha` waits for the Solidity tests. */
export interface Outcome {
  id: string
  status: "killed" | "survived" | "survivedMocha" | "notCompiled"
  /** The first test that failed, or "time". */
  by?: string
  reason?: string
}
