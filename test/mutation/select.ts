import { createHash } from "node:crypto"
import { Seeded } from "../support/seeded.ts"
import type { Mutant } from "./candidates.ts"

/**
 * The mutants that the seed draws: of every file one for each operator that finds something there, and `percent` of the others. Each file
 * is drawn by itself, so that a change of one changes nothing in the choice for another. The order of the result mixes files and
 * operators: a run that is cut short has seen some of everything.
 */
export function select(all: readonly Mutant[], percent: number, seed: number): Mutant[] {
  const chosen = [...Map.groupBy(all, ({ file }) => file)].flatMap(([file, mutants]) => {
    const shuffled = new Seeded(seedOf(`${seed} ${file}`)).shuffled(mutants)
    const first = [...Map.groupBy(shuffled, ({ operator }) => operator).values()].map((group) => group[0]!)
    const others = shuffled.filter((mutant) => !first.includes(mutant))
    return [...first, ...others.slice(0, Math.round((others.length * percent) / 100))]
  })
  return new Seeded(seed).shuffled(chosen)
}

function seedOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE()
}
