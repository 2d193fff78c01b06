import { spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ROOT } from "./sources.ts"

/** What `suite.ts` says of a run. */
export interface SuiteResult {
  /** "file: title" of mocha's, or "contract: test" of Solidity's. */
  passed: string[]
  /** The first only, if it stopped there. */
  failed: { test: string; reason: string }[]
  /** Milliseconds by test file; mocha's only. */
  durations: Record<string, number>
  /** Solidity's only: the compiler refused, so that nothing ran. */
  notCompiled?: true
}

export interface MochaOptions {
  /** In the order in which they are to run. */
  files: string[]
  /** Whether to stop at the first test that fails. */
  bail?: boolean
  /** Regular expressions over full titles. */
  grep?: string
  grepExclude?: string
}

export interface SolidityOptions {
  /** Takes what lies in the artifacts, instead of building what has changed. */
  noCompile?: boolean
  /** All, if not given. */
  files?: string[]
  grep?: string
}

export const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** Beyond this a mutant counts as killed by time: the whole suite takes a fraction of it on a loaded machine. */
const LIMIT_MS = { mocha: 15 * 60_000, solidity: 60 * 60_000, build: 60 * 60_000 }

/**
 * A copy of the project in which contracts/ is real and everything else a link, so that a mutant has sources, artifacts and cache of
 * its own. Tests run in processes of their own there: a mutant leaves nothing behind.
 */
export class Workplace {
  readonly name: string
  readonly path: string

  private constructor(name: string) {
    this.name = name
    this.path = join(tmpdir(), `berth-mutation-${process.getuid?.() ?? 0}`, name)
  }

  /** The one that is there: for a process that did not make it. */
  static at(name: string): Workplace {
    return new Workplace(name)
  }

  /** A new one, with the contracts as they are in the repository now. `config`: text of its hardhat.config.ts, if not the one for mutants. */
  static make(name: string, config?: string): Workplace {
    const workplace = new Workplace(name)
    workplace.#lay(config ?? workplace.#config())
    return workplace
  }

  #lay(config: string): void {
    rmSync(this.path, { recursive: true, force: true })
    mkdirSync(this.path, { recursive: true })
    for (const entry of readdirSync(ROOT)) {
      if (["contracts", "artifacts", "cache", "hardhat.config.ts", "package.json", "coverage"].includes(entry) || entry.startsWith("."))
        continue
      symlinkSync(join(ROOT, entry), join(this.path, entry))
    }
    cpSync(join(ROOT, "contracts"), join(this.path, "contracts"), { recursive: true, verbatimSymlinks: true })
    cpSync(join(ROOT, "package.json"), join(this.path, "package.json"))
    writeFileSync(join(this.path, "hardhat.config.ts"), config)
  }

  /** Takes over what is built in the repository, which must be current. */
  takeArtifacts(): void {
    cpSync(join(ROOT, "artifacts"), join(this.path, "artifacts"), { recursive: true })
  }

  /** Builds contracts and Solidity tests, or takes over what another workplace built. */
  async build(from?: Workplace): Promise<void> {
    if (from) for (const dir of ["artifacts", "cache"]) cpSync(join(from.path, dir), join(this.path, dir), { recursive: true })
    else if ((await this.#run("build", [])) !== 0) throw new Error(`The contracts do not build in ${this.path}: see suite.log there`)
  }

  artifact(file: string, name: string): string {
    return join(this.path, "artifacts", file, `${name}.json`)
  }

  read(file: string): Buffer {
    return readFileSync(join(this.path, file))
  }

  write(file: string, text: string | Buffer): void {
    writeFileSync(join(this.path, file), text)
  }

  /** Mocha's tests, on the artifacts that are there. Undefined: it ran out of time. */
  mocha(options: MochaOptions): Promise<SuiteResult | undefined> {
    return this.#suite("mocha", options)
  }

  /** Solidity's tests. Undefined: it ran out of time. */
  solidity(options: SolidityOptions = {}): Promise<SuiteResult | undefined> {
    return this.#suite("solidity", options)
  }

  async #suite(kind: "mocha" | "solidity", options: MochaOptions | SolidityOptions): Promise<SuiteResult | undefined> {
    const out = join(this.path, `${kind}-result.json`)
    rmSync(out, { force: true })
    const code = await this.#run(kind, [out, JSON.stringify(options)])
    if (code === undefined) return undefined
    // A suite that broke before its first test says nothing about the mutant.
    if (!existsSync(out)) throw new Error(`${kind} ended with ${code} and without a result in ${this.path}: see ${this.path}/suite.log`)
    return JSON.parse(readFileSync(out, "utf8"))
  }

  /** The exit code; undefined when it was ended for taking too long. */
  #run(kind: keyof typeof LIMIT_MS, args: string[]): Promise<number | undefined> {
    const child = spawn(process.execPath, [join(import.meta.dirname, "suite.ts"), kind, ...args], {
      cwd: this.path,
      // Most of a short run is loading Hardhat.
      env: { ...process.env, NODE_COMPILE_CACHE: join(this.path, "../compile-cache") },
      stdio: ["ignore", "pipe", "pipe"],
    })
    let log = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += text))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS[kind])
      child.once("error", reject)
      child.once("close", (code) => {
        clearTimeout(timer)
        writeFileSync(join(this.path, "suite.log"), log)
        resolve(code ?? undefined)
      })
    })
  }

  #config(): string {
    return `import { existsSync, readFileSync } from "node:fs"
import base from ${JSON.stringify(join(ROOT, "hardhat.config.ts"))}
// What apart.ts says: code that lies in every chain before the tests begin.
const newConnection = async (context, next) => {
  const connection = await next(context)
  const codes = existsSync("apart.json") ? JSON.parse(readFileSync("apart.json", "utf8")) : {}
  for (const codeOf of Object.entries(codes)) await connection.provider.request({ method: "hardhat_setCode", params: codeOf })
  return connection
}
const apart = { id: "apart", hookHandlers: { network: async () => ({ default: async () => ({ newConnection }) }) } }
const local = { ...base.networks.local, allowUnlimitedContractSize: existsSync("apart.json") }
// A failed sequence is a failed sequence: nothing is won by looking for a shorter one.
const { solidity } = base.test
const test = { ...base.test, solidity: { ...solidity, invariant: { ...solidity.invariant, shrinkRunLimit: 0 } } }
export default { ...base, plugins: [...base.plugins, apart], networks: { ...base.networks, local }, test }
`
  }
}
