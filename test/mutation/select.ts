import { createHash } from "node:crypto"
import { Seeded } from "../support/seeded.ts"
import type { Mutant } from "./candidates.ts"

/**
 * The mutants that the seed draws: of every file one for each operator that finds something there, then `percent` of the others. Each
 * file is drawn by itself, so that a change of one changes nothing in the choice for another. The order mixes files and operators.
 */
export function select(all: readonly Mutant[], percent: number, seed: number): Mutant[] {
  const drawn = [...Map.groupBy(all, ({ file }) => file)].map(([file, mutants]) => {
    const shuffled = new Seeded(seedOf(`${seed} ${file}`)).shuffled(mutants)
    const first = [...Map.groupBy(shuffled, ({ operator }) => operator).values()].map((group) => group[0]!)
    const others = shuffled.filter((mutant) => !first.includes(mutant))
    return { first, others: others.slice(0, Math.round((others.length * percent) / 100)) }
  })
  const mixed = (mutants: Mutant[]) => new Seeded(seed).shuffled(mutants)
  return [...mixed(drawn.flatMap(({ first }) => first)), ...mixed(drawn.flatMap(({ others }) => others))]
}

function seedOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE()
}
