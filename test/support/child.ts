import { type ChildProcess, spawn } from "node:child_process"
import { openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Order, Word } from "./entry.ts"

/** A machine that is busy with other tests may take this long for what takes a second. */
const LIMIT_MS = 60_000

/** An OS process of a test, running one of the entries beside this file. */
export class Child<Ready = unknown> {
  readonly name: string
  readonly pid: number
  readonly ready: Ready
  /** Settles when the process is gone, with what ended it. */
  readonly ended: Promise<string>
  readonly #process: ChildProcess
  readonly #logFile: string
  readonly #answers = new Map<number, (value: unknown) => void>()
  #asked = 0

  private constructor(name: string, child: ChildProcess, logFile: string, ready: Ready, ended: Promise<string>) {
    this.name = name
    this.pid = child.pid!
    this.ready = ready
    this.ended = ended
    this.#process = child
    this.#logFile = logFile
    child.on("message", (word: Word) => {
      if ("answer" in word) this.#answers.get(word.answer.id)?.(word.answer.value)
    })
  }

  /** Starts an entry and waits until it is ready. What it prints goes to `<dir>/<name>.log`. */
  static async start<Ready>(entry: string, name: string, dir: string, options: unknown): Promise<Child<Ready>> {
    const logFile = join(dir, `${name}.log`)
    const log = openSync(logFile, "a")
    const child = spawn(process.execPath, [join(import.meta.dirname, entry)], {
      stdio: ["ignore", log, log, "ipc"],
      serialization: "advanced",
      // The tenth start of the same program need not compile it again.
      env: { ...process.env, NODE_COMPILE_CACHE: join(import.meta.dirname, "../../.berth/compile-cache") },
    })
    const ended = new Promise<string>((resolve) => child.on("exit", (code, signal) => resolve(signal ?? `code ${code}`)))
    const first = new Promise<Word>((resolve) => child.once("message", (word: Word) => resolve(word)))
    child.send({ start: options } satisfies Order)
    const word = await Promise.race([first, ended, afterLimit()])
    if (word === undefined || typeof word === "string" || !("ready" in word)) {
      child.kill("SIGKILL")
      const why = word === undefined ? `not ready in ${LIMIT_MS} ms` : typeof word === "string" ? word : JSON.stringify(word)
      throw new Error(`${name} did not start: ${why}\n${tail(logFile)}`)
    }
    return new Child(name, child, logFile, word.ready as Ready, ended)
  }

  /** From now on the process kills itself at this step, after passing it `skip` times. */
  arm(step: string, skip = 0): void {
    this.#process.send({ arm: { step, skip } } satisfies Order)
  }

  /** What ended it; fails when nothing does. */
  async death(): Promise<string> {
    const how = await Promise.race([this.ended, afterLimit()])
    if (how === undefined) throw new Error(`${this.name} still lives after ${LIMIT_MS} ms\n${tail(this.#logFile)}`)
    return how
  }

  async ask<T>(question: unknown): Promise<T> {
    const id = ++this.#asked
    const answer = new Promise<unknown>((resolve) => this.#answers.set(id, resolve))
    this.#process.send({ ask: { id, question } } satisfies Order)
    const value = await Promise.race([answer, this.ended.then((how) => Promise.reject(new Error(`${this.name} ended: ${how}`)))])
    this.#answers.delete(id)
    return value as T
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Resident memory in MiB. */
  get rss(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))![1]) / 1024
  }

  /** The end of what it printed, for a failure's message. */
  get log(): string {
    return tail(this.#logFile)
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL")
    await this.ended
  }

  /** Ends it as its user would; by force when that takes too long. */
  async stop(): Promise<void> {
    if (!this.alive) return
    this.signal("SIGCONT")
    this.#process.send({ stop: true } satisfies Order)
    const force = setTimeout(() => this.signal("SIGKILL"), 10_000)
    await this.ended
    clearTimeout(force)
  }
}

const tail = (file: string): string => readFileSync(file, "utf8").split("\n").slice(-12).join("\n")

function afterLimit(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, LIMIT_MS, undefined).unref())
}
