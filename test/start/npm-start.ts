import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** What a test that failed in the middle has left, and what would stop the next one. */
const running = new Set<ChildProcess>()

export async function endAll(): Promise<void> {
  for (const child of running) {
    child.kill("SIGTERM")
    await once(child, "exit")
  }
}

/** The one command as a user types it, in a process group of its own, as a terminal gives it one. */
export class NpmStart {
  readonly child: ChildProcess
  #output = ""
  #told = () => {}

  constructor(args: readonly string[] = [], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(process.execPath, [join(root, "scripts/start.mjs"), "--no-install", ...args], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    })
    running.add(this.child)
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text
        this.#told()
      })
    this.child.on("exit", () => {
      running.delete(this.child)
      this.#told()
    })
  }

  get output(): string {
    return this.#output
  }

  /** Waits for a text, and no longer than the command lives. */
  async until(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      const { exitCode } = this.child
      if (exitCode !== null) throw new Error(`npm start ended with ${exitCode} before it said "${text}":\n${this.#output}`)
      await new Promise<void>((resolve) => {
        this.#told = resolve
      })
    }
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, "close")
    return this.child.exitCode
  }

  /** Ctrl-C: the terminal tells the whole group. */
  interrupt(): void {
    process.kill(-this.child.pid!, "SIGINT")
  }
}
