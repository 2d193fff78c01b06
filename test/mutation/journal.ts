import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Mutant } from "./candidates.ts"
import type { Outcome } from "./outcome.ts"
import { ROOT, type Sources } from "./sources.ts"

type Entry = Outcome & { file: string; sources: string }

/**
 * Outcomes as they come, a line each; a later line replaces an earlier one. An outcome counts as long as every file that a mutant was
 * compiled with is the same. Changed tests do not undo it: a killed mutant may be taken as killed, and survivors can be asked for again.
 */
export class Journal {
  readonly #path = join(ROOT, "cache/mutation.jsonl")
  readonly #entries = new Map<string, Entry>()
  readonly #sources: Sources

  constructor(sources: Sources) {
    this.#sources = sources
    mkdirSync(join(ROOT, "cache"), { recursive: true })
    if (!existsSync(this.#path)) return
    for (const line of readFileSync(this.#path, "utf8").split("\n").filter(Boolean)) {
      const entry: Entry = JSON.parse(line)
      if (entry.sources === sources.hashOf(entry.file)) this.#entries.set(entry.id, entry)
    }
  }

  get(id: string): Outcome | undefined {
    return this.#entries.get(id)
  }

  add({ file }: Mutant, outcome: Outcome): void {
    const entry = { ...outcome, file, sources: this.#sources.hashOf(file) }
    this.#entries.set(entry.id, entry)
    appendFileSync(this.#path, `${JSON.stringify(entry)}\n`)
  }

  forgetSurvivors(): void {
    for (const [id, { status }] of this.#entries) if (status.startsWith("survived")) this.#entries.delete(id)
    writeFileSync(this.#path, [...this.#entries.values()].map((entry) => `${JSON.stringify(entry)}\n`).join(""))
  }

  /** Test file -> how many mutants of `file` it has killed. */
  killsByTestFile(file: string): Map<string, number> {
    const kills = new Map<string, number>()
    for (const entry of this.#entries.values()) {
      if (entry.file !== file || entry.by === undefined) continue
      const testFile = entry.by.split(": ")[0]!
      kills.set(testFile, (kills.get(testFile) ?? 0) + 1)
    }
    return kills
  }
}
