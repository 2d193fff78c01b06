import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** Files of one build, by paths from the repository's root. */
export interface Built {
  /** All that was read, the build's own source and the lock file included. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

type Seen = Readonly<Record<string, readonly [size: number, mtimeMs: number]>>

/** Remembers of which files a build was made and what it wrote, as a file, so that the next one is spared while none of them is another. */
export class BuildStamp {
  readonly #root: string
  readonly #file: string

  constructor(root: string, file: string) {
    this.#root = root
    this.#file = file
  }

  /** Whether everything is there as the last whole build read and wrote it. */
  get holds(): boolean {
    const seen = this.#seen()
    if (!seen) return false
    return Object.entries(seen).every(([path, [size, mtimeMs]]) => {
      const now = statSync(join(this.#root, path), { throwIfNoEntry: false })
      return now?.size === size && now.mtimeMs === mtimeMs
    })
  }

  /** Undefined where there is none, or only a part: its writer was killed. */
  #seen(): Seen | undefined {
    if (!existsSync(this.#file)) return undefined
    try {
      return JSON.parse(readFileSync(this.#file, "utf8")) as Seen
    } catch {
      return undefined
    }
  }

  /** Before a build: one that is cut off must not pass for whole. */
  forget(): void {
    rmSync(this.#file, { force: true })
  }

  /** After a build that began at `began`, Unix milliseconds. Says nothing of one while which a source was written: nobody knows which it read. */
  keep({ inputs, outputs }: Built, began: number): void {
    const stat = (path: string) => statSync(join(this.#root, path))
    if (inputs.some((path) => stat(path).mtimeMs >= began)) return
    const seen: Seen = Object.fromEntries(
      [...inputs, ...outputs].map((path) => {
        const { size, mtimeMs } = stat(path)
        return [path, [size, mtimeMs]] as const
      }),
    )
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(this.#file, JSON.stringify(seen))
  }
}
