import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, type WriteStream, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isLeft, markOf, type ProcessMark, signalGroup } from "./process-groups.ts"

interface Mark extends ProcessMark {
  readonly name: string
}

/** What to run. Each gets a log file of its own; nothing it prints reaches the screen. */
export interface Program {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/**
 * Starts the programs of one market, each in a process group of its own so that a terminal's Ctrl-C reaches us alone, and writes down who
 * they are, so that a later run finds them after a kill -9 of this one.
 */
export class Processes {
  readonly #file: string
  readonly #logDir: string
  readonly #children = new Map<string, ChildProcess>()
  readonly #logs = new Map<string, WriteStream>()
  #marks: Mark[] = []
  #stopping = false
  /** Told to end one by one. */
  readonly #asked = new WeakSet<ChildProcess>()
  /** Told when a program ends that nobody asked to end. */
  onExit: (name: string, code: number | null) => void = () => {}

  constructor(stateDir: string) {
    mkdirSync(stateDir, { recursive: true })
    this.#file = join(stateDir, "processes.json")
    this.#logDir = join(stateDir, "logs")
    mkdirSync(this.#logDir, { recursive: true })
  }

  /** Where a program's output is kept. */
  logFile(name: string): string {
    return join(this.#logDir, `${name}.log`)
  }

  /** Ends what a former run left behind, only what it wrote down itself. Returns the names. Throws when that run is still alive. */
  async sweep(): Promise<string[]> {
    const marks: Mark[] = existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, "utf8")) : []
    const alive = marks.filter(isLeft)
    const former = alive.find((m) => m.name === "start")
    if (former)
      throw new Error(
        `npm start already runs in this checkout (process ${former.pid}). Stop it there with Ctrl-C, or run: kill ${former.pid}`,
      )
    await end(alive, 8_000)
    this.#marks = [{ name: "start", ...markOf(process.pid) }]
    this.#save()
    return alive.map((m) => m.name)
  }

  /** Throws once all are being stopped: what was under way would start a program that nobody ends. */
  start(program: Program): ChildProcess {
    if (this.#stopping) throw new Error(`${program.name} is not started: everything is being stopped`)
    const log = createWriteStream(this.logFile(program.name), { flags: "a" })
    log.write(`\n--- ${new Date().toISOString()} ${program.command} ${program.args.join(" ")}\n`)
    const child = spawn(program.command, [...program.args], {
      cwd: program.cwd,
      env: { ...process.env, ...program.env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    })
    child.stdout!.pipe(log, { end: false })
    child.stderr!.pipe(log, { end: false })
    this.#children.set(program.name, child)
    this.#logs.set(program.name, log)
    if (child.pid) this.remember(program.name, child.pid)
    child.on("error", (error) => log.write(`could not start: ${error.message}\n`))
    child.on("exit", (code) => {
      if (this.#children.get(program.name) === child) this.#children.delete(program.name)
      if (!this.#stopping && !this.#asked.has(child)) this.onExit(program.name, code)
    })
    return child
  }

  /** A process that somebody else started for us (the tenant's agent, a container engine) and that ends with us. */
  remember(name: string, pid: number): void {
    this.#marks.push({ name, ...markOf(pid) })
    this.#save()
  }

  /** Asks one to end, and waits until it has. */
  async stopOne(name: string): Promise<void> {
    const child = this.#children.get(name)
    if (!child) return
    this.#children.delete(name)
    this.#asked.add(child)
    const ended = once(child, "exit")
    child.kill("SIGTERM")
    await ended
  }

  /** Asks all to end, the last started first, and makes sure after a while. */
  async stop(): Promise<void> {
    this.#stopping = true
    await end(this.#marks.filter((m) => m.name !== "start").reverse(), 10_000)
    for (const log of this.#logs.values()) log.end()
    rmSync(this.#file, { force: true })
  }

  /** The last lines of a program's log, for an error message. */
  tail(name: string, lines = 12): string {
    try {
      return readFileSync(this.logFile(name), "utf8").trimEnd().split("\n").slice(-lines).join("\n")
    } catch {
      return "(no log)"
    }
  }

  #save(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#marks))
    renameSync(`${this.#file}.new`, this.#file)
  }
}

/** Asks, then makes sure. A kill takes its time too on a busy machine, and what still lives holds its ports. */
async function end(marks: readonly Mark[], graceMs: number): Promise<void> {
  for (const [signal, ms] of [
    ["SIGTERM", graceMs],
    ["SIGKILL", 5_000],
  ] as const) {
    for (const mark of marks) if (isLeft(mark)) signalGroup(mark.pid, signal)
    const deadline = Date.now() + ms
    while (Date.now() < deadline && marks.some(isLeft)) await new Promise((r) => setTimeout(r, 50))
  }
}
