import type { Mutant } from "./candidates.ts"
import type { Profile } from "./profiles.ts"

/** What all mutants of a run share. */
export interface Setting {
  /** Contract -> how it compiles unmutated. */
  profiles: Record<string, Profile>
  /** Regular expression over the titles of tests that fail without a mutant; empty if there are none. */
  unfit: string
}

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
